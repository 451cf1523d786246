"""Drawing, refusing, detaching and re-plugging wires, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt

from widgets.canvas.looks import WireLook, canvas_look
from widgets.canvas.view import CanvasView

if TYPE_CHECKING:
    from tests.widgets.canvas.conftest import Hand

Listen = Callable[[object], list[tuple[object, ...]]]


def test_a_wire_is_requested_from_output_to_input(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.wire_requested)
    hand.drag(view.port_position("hidden", "y"), view.port_position("loss", "logits"))
    assert said == [("hidden", "y", "loss", "logits")]


def test_a_wire_can_be_drawn_from_its_input(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.wire_requested)
    hand.drag(view.port_position("loss", "labels"), view.port_position("digits", "labels"))
    assert said == [("digits", "labels", "loss", "labels")]


def test_the_wire_snaps_to_a_port_within_24_px(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.wire_requested)
    hand.drag(view.port_position("hidden", "y"), view.port_position("loss", "logits") + QPoint(-16, -10))
    assert said == [("hidden", "y", "loss", "logits")]


def test_a_body_takes_the_wire_with_the_first_port_that_fits(
    view: CanvasView, hand: Hand, heard: Listen
) -> None:
    view.set_can_connect(lambda *ends: "" if ends[3] == "labels" else "Wrong rank.")
    said = heard(view.wire_requested)
    hand.drag(view.port_position("digits", "labels"), hand.header("loss"))
    assert said == [("digits", "labels", "loss", "labels")]


def test_a_refused_wire_says_why_and_requests_nothing(view: CanvasView, hand: Hand, heard: Listen) -> None:
    reason = "needs rank 2, has batch x 8 x 8. Insert Flatten?"
    view.set_can_connect(lambda *_: reason)
    said = heard(view.wire_requested)
    target = view.port_position("loss", "logits")
    hand.press(view.port_position("digits", "images"))
    hand.move(target + QPoint(-60, 0))
    hand.move(target)
    assert view.pill.isVisible()
    assert view.pill.text == reason
    hand.release(target)
    assert said == []
    assert not view.pill.isVisible()


def test_a_refused_wire_that_can_be_mended_says_with_what_and_asks(
    view: CanvasView, hand: Hand, heard: Listen
) -> None:
    view.set_can_connect(lambda *_: "needs rank 2, has batch x 8 x 8. Insert Flatten?")
    view.questions.remedies = lambda *_: ("Flatten, all but the batch",)
    mend, wired = heard(view.mend_requested), heard(view.wire_requested)
    target = view.port_position("loss", "logits")
    hand.press(view.port_position("digits", "images"))
    hand.move(target + QPoint(-60, 0))
    hand.move(target)
    assert view.pill.text == "needs rank 2, has batch x 8 x 8. Let go to insert Flatten."
    hand.release(target)
    assert [said[:2] for said in mend] == [(("digits", "images", "loss", "logits"), None)]
    assert wired == []


def test_keyboard_wiring_reaches_a_port_that_needs_something_between(
    view: CanvasView, hand: Hand, heard: Listen
) -> None:
    view.set_can_connect(lambda *ends: "No." if ends[3] == "logits" else "")
    view.questions.remedies = lambda *_: ("Flatten",)
    mend = heard(view.mend_requested)
    view.focus_node("digits")
    hand.key(Qt.Key.Key_C)
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_Up)
    assert "Enter inserts Flatten" in view.pill.text
    hand.key(Qt.Key.Key_Return)
    assert [said[0] for said in mend] == [("digits", "images", "loss", "logits")]


def test_keyboard_wiring_adds_a_node_with_tab(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.add_requested)
    view.focus_node("digits")
    hand.key(Qt.Key.Key_C)
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_Tab)
    assert [words[2] for words in said] == [("digits", "images", "output")]
    assert view.gesture is None


def test_ports_that_cannot_take_the_wire_fade_while_it_is_dragged(view: CanvasView, hand: Hand) -> None:
    view.set_can_connect(lambda *ends: "" if ends[3] == "logits" else "No.")
    hand.press(view.port_position("hidden", "y"))
    hand.move(view.port_position("hidden", "y") + QPoint(40, 30))
    takes = view.around.takes
    assert takes is not None
    assert takes(("loss", "logits", "input"))
    assert not takes(("loss", "labels", "input"))
    hand.release(hand.at(500, 400))
    assert view.around.takes is None


def test_each_port_is_asked_once_in_a_drag(view: CanvasView, hand: Hand) -> None:
    asked: list[tuple[str, ...]] = []

    def ask(*ends: str) -> str:
        asked.append(ends)
        return ""

    view.set_can_connect(ask)
    hand.drag(view.port_position("hidden", "y"), view.port_position("loss", "logits"))
    assert len(asked) == len(set(asked))


def test_a_wire_dropped_in_the_empty_asks_for_a_node(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.add_requested)
    hand.drag(view.port_position("hidden", "y"), hand.at(560, 400))
    assert said == [(560.0, 400.0, ("hidden", "y", "output"))]


def test_a_connected_input_gives_its_wire_into_the_hand(view: CanvasView, hand: Hand, heard: Listen) -> None:
    removed, requested = heard(view.wire_removed), heard(view.wire_requested)
    hand.drag(view.port_position("hidden", "x"), hand.at(240, 300))
    assert removed == [("hidden", "x")]
    assert requested == []
    assert not view.graph.wires["hidden", "x"].detached


def test_a_detached_wire_can_be_put_on_another_input(view: CanvasView, hand: Hand, heard: Listen) -> None:
    moved, removed = heard(view.wire_moved), heard(view.wire_removed)
    hand.drag(view.port_position("hidden", "x"), view.port_position("loss", "logits"))
    assert moved == [("hidden", "x", "loss", "logits")]
    assert removed == []


def test_a_click_on_a_connected_input_moves_no_wire(view: CanvasView, hand: Hand, heard: Listen) -> None:
    removed = heard(view.wire_removed)
    hand.click(view.port_position("hidden", "x"))
    assert removed == []
    assert view.selected_nodes() == ["hidden"]


def test_escape_gives_the_wire_back(view: CanvasView, hand: Hand, heard: Listen) -> None:
    removed, requested = heard(view.wire_removed), heard(view.wire_requested)
    hand.press(view.port_position("hidden", "x"))
    hand.move(hand.at(240, 300))
    assert view.graph.wires["hidden", "x"].detached
    hand.key(Qt.Key.Key_Escape)
    assert view.gesture is None
    assert not view.graph.wires["hidden", "x"].detached
    hand.release(hand.at(240, 300))
    assert removed == requested == []


def test_keyboard_wiring_chooses_port_then_target(view: CanvasView, hand: Hand, heard: Listen) -> None:
    view.set_can_connect(lambda *ends: "" if ends[2] == "loss" else "No.")
    said = heard(view.wire_requested)
    view.focus_node("digits")
    hand.key(Qt.Key.Key_C)
    hand.key(Qt.Key.Key_Down)  # from images to labels
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Return)
    assert said == [("digits", "labels", "loss", "labels")]
    assert view.gesture is None


def test_keyboard_wiring_ends_with_escape(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.wire_requested)
    view.focus_node("digits")
    hand.key(Qt.Key.Key_C)
    assert view.pill.isVisible()
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_Escape)
    assert view.gesture is None
    assert not view.pill.isVisible()
    assert said == []


def test_keyboard_wiring_says_when_no_port_takes_the_wire(
    view: CanvasView, hand: Hand, heard: Listen
) -> None:
    view.set_can_connect(lambda *_: "No.")
    said = heard(view.wire_requested)
    view.focus_node("digits")
    hand.key(Qt.Key.Key_C)
    hand.key(Qt.Key.Key_Return)
    assert "No port" in view.pill.text
    hand.key(Qt.Key.Key_Return)
    assert said == []


def test_a_line_with_alt_cuts_the_wires_it_crosses(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.delete_requested)
    hand.drag(hand.at(250, -30), hand.at(250, 200), Qt.KeyboardModifier.AltModifier)
    assert said == [([], [("hidden", "x")], [])]


def test_a_stroke_may_bend_and_marks_what_it_will_cut(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.delete_requested)
    held, right = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.RightButton
    hand.press(hand.at(200, -30), held, right)
    hand.move(hand.at(220, -20), held, right)
    assert not view.graph.wires["hidden", "x"].doomed
    hand.move(hand.at(240, 200), held, right)
    assert view.graph.wires["hidden", "x"].doomed
    hand.move(hand.at(300, 220), held, right)
    hand.release(hand.at(300, 220), held, right)
    assert said == [([], [("hidden", "x")], [])]
    assert not view.graph.wires["hidden", "x"].doomed


def test_the_tool_waits_for_a_press_and_cuts(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.delete_requested)
    view.cut_wires()
    assert "stroke" in view.pill.text
    hand.move(hand.at(240, 200))
    hand.drag(hand.at(250, -30), hand.at(250, 200))
    assert said == [([], [("hidden", "x")], [])]
    assert view.gesture is None
    view.cut_wires()
    hand.key(Qt.Key.Key_Escape)
    assert view.gesture is None
    assert not view.pill.isVisible()


def test_a_stroke_that_is_given_up_cuts_nothing(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.delete_requested)
    hand.press(hand.at(250, -30), Qt.KeyboardModifier.AltModifier)
    hand.move(hand.at(250, 200), Qt.KeyboardModifier.AltModifier)
    hand.key(Qt.Key.Key_Escape)
    assert said == []
    assert not view.graph.wires["hidden", "x"].doomed


def both_wired(view: CanvasView) -> None:
    """Gives the loss a wire at each of its inputs."""
    look = view.graph.look
    logits = WireLook("hidden", "y", "loss", "logits", "float32")
    labels = WireLook("digits", "labels", "loss", "labels", "int64")
    wires = {**look.wires, logits.key: logits, labels.key: labels}
    view.set_look(replace(look, wires=wires))


def test_on_another_input_of_its_node_a_wire_swaps_places(
    view: CanvasView, hand: Hand, heard: Listen
) -> None:
    both_wired(view)
    view.set_can_connect(lambda *_: "No.")
    swapped, moved = heard(view.swap_requested), heard(view.wire_moved)
    hand.press(view.port_position("loss", "logits"))
    hand.move(view.port_position("loss", "labels") + QPoint(-8, 0))
    hand.move(view.port_position("loss", "labels"))
    assert view.pill.text == "Let go to swap logits and labels."
    hand.release(view.port_position("loss", "labels"))
    assert swapped == [("loss", "logits", "labels")]
    assert moved == []


def test_keys_swap_inputs_and_take_wires_off(view: CanvasView, hand: Hand, heard: Listen) -> None:
    both_wired(view)
    swapped, removed = heard(view.swap_requested), heard(view.wire_removed)
    view.focus_node("loss")
    hand.key(Qt.Key.Key_C)
    hand.key(Qt.Key.Key_Down)  # from the output to logits
    assert "Delete" in view.pill.text
    hand.key(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert swapped == [("loss", "logits", "labels")]
    assert view.gesture is None
    hand.key(Qt.Key.Key_C)
    hand.key(Qt.Key.Key_Up)
    hand.key(Qt.Key.Key_Delete)
    assert removed == [("loss", "labels")]


def test_the_curve_follows_a_wire_that_got_another_source(view: CanvasView) -> None:
    look = view.graph.look
    nodes = tuple(look.nodes.values())
    view.set_look(canvas_look(nodes, (WireLook("digits", "labels", "hidden", "x", "int64"),)))
    wire = view.graph.wires["hidden", "x"]
    assert view.mapFromScene(wire.line()[0]) == view.port_position("digits", "labels")
    view.set_look(replace(look, wires={}))
    assert view.graph.wires == {}
