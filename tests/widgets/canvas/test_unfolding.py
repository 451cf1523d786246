"""Optional inputs without a wire are tucked behind a mark; a click, a wire or a key brings them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt

from widgets.canvas import hits
from widgets.canvas.geometry import layout
from widgets.canvas.looks import CanvasLook, PortLook, WireLook
from widgets.canvas.tips import tip_for
from widgets.canvas.view import CanvasView

if TYPE_CHECKING:
    from tests.widgets.canvas.conftest import Hand

Listen = Callable[[object], list[tuple[object, ...]]]
MASK, WEIGHTS = PortLook("mask", optional=True), PortLook("weights_of_each_class", optional=True)


@pytest.fixture(autouse=True)
def tucked(view: CanvasView) -> None:
    """The loss has two further inputs, and one wire."""
    look = view.graph.look
    wire = WireLook("hidden", "y", "loss", "logits")
    loss = replace(look.nodes["loss"], tucked=(MASK, WEIGHTS), is_block=True)
    view.set_look(
        CanvasLook({**look.nodes, "loss": loss}, {**look.wires, wire.key: wire}, density=look.density)
    )


def shown(view: CanvasView) -> list[str]:
    return [port.name for port in view.graph.nodes["loss"].shown.inputs]


def mark(view: CanvasView) -> QPoint:
    item = view.graph.nodes["loss"]
    assert item.form.fold is not None
    return view.mapFromScene(item.pos() + item.form.fold)


FOLDED, UNFOLDED = ["logits", "labels"], ["logits", "labels", "mask", "weights_of_each_class"]


def test_a_click_on_the_mark_brings_them_out_and_a_second_tucks_them_away(
    view: CanvasView, hand: Hand
) -> None:
    assert shown(view) == FOLDED
    hand.click(mark(view))
    assert shown(view) == UNFOLDED
    hand.click(mark(view))
    assert shown(view) == FOLDED
    assert view.selected_nodes() == []


def test_a_double_click_on_the_mark_opens_no_block(view: CanvasView, hand: Hand, heard: Listen) -> None:
    opened = heard(view.open_requested)
    hand.click(mark(view))
    hand.double_click(mark(view))
    assert opened == []


def test_what_was_drawn_stays_where_it_was(view: CanvasView, hand: Hand) -> None:
    node, wire = view.graph.nodes["loss"], view.graph.wires["loss", "logits"]
    before = (node.form.width, node.form.inputs, node.form.outputs, wire.line())
    hand.click(mark(view))
    after = (node.form.width, node.form.inputs[:2], node.form.outputs, wire.line())
    assert after == before
    assert len(node.form.inputs) == 4


def test_the_tucked_ones_take_no_room_in_a_layout(view: CanvasView) -> None:
    look = view.graph.nodes["loss"].look
    assert layout(look, "build").height == layout(replace(look, tucked=()), "build").height
    assert layout(look.unfold(), "build").height == layout(look, "build").height + 44


def test_selecting_and_dragging_a_node_leaves_them_tucked(
    view: CanvasView, hand: Hand, heard: Listen
) -> None:
    moved = heard(view.nodes_moved)
    hand.drag(hand.header("loss"), hand.header("loss") + QPoint(40, 16))
    assert view.selected_nodes() == ["loss"]
    assert shown(view) == FOLDED
    assert len(moved) == 1


def test_a_wire_over_the_node_brings_out_what_can_take_it(
    view: CanvasView, hand: Hand, heard: Listen
) -> None:
    requested = heard(view.wire_requested)
    hand.press(view.port_position("digits", "images"))
    hand.move(mark(view) + QPoint(-80, 0))
    assert shown(view) == FOLDED
    hand.move(mark(view) + QPoint(-10, 0))
    assert shown(view) == UNFOLDED
    hand.move(view.port_position("loss", "mask"))
    hand.release(view.port_position("loss", "mask"))
    assert requested == [("digits", "images", "loss", "mask")]
    assert shown(view) == FOLDED


def test_they_go_in_again_when_the_wire_leaves_or_is_given_up(view: CanvasView, hand: Hand) -> None:
    hand.press(view.port_position("digits", "images"))
    hand.move(hand.header("loss"))
    assert shown(view) == UNFOLDED
    hand.move(hand.at(500, 400))
    assert shown(view) == FOLDED
    hand.move(hand.header("loss"))
    assert shown(view) == UNFOLDED
    hand.key(Qt.Key.Key_Escape)
    assert shown(view) == FOLDED


def test_a_wire_that_none_of_them_takes_leaves_them_tucked(view: CanvasView, hand: Hand) -> None:
    view.set_can_connect(lambda *ends: "" if ends[3] == "logits" else "Wrong dtype.")
    hand.press(view.port_position("digits", "images"))
    hand.move(hand.header("loss"))
    assert shown(view) == FOLDED
    hand.release(hand.at(500, 400))


def test_a_node_that_was_unfolded_by_hand_stays_so_after_a_wire(view: CanvasView, hand: Hand) -> None:
    hand.click(mark(view))
    hand.drag(view.port_position("digits", "images"), view.port_position("loss", "mask"))
    assert shown(view) == UNFOLDED


def test_the_keyboard_reaches_them_from_an_output(view: CanvasView, hand: Hand, heard: Listen) -> None:
    requested = heard(view.wire_requested)
    view.set_can_connect(lambda *ends: "" if ends[3] == "mask" else "No.")
    view.focus_node("digits")
    hand.key(Qt.Key.Key_C)
    hand.key(Qt.Key.Key_Return)
    assert shown(view) == UNFOLDED
    hand.key(Qt.Key.Key_Return)
    assert requested == [("digits", "images", "loss", "mask")]
    assert shown(view) == FOLDED


def test_the_keyboard_starts_a_wire_at_a_tucked_input(view: CanvasView, hand: Hand, heard: Listen) -> None:
    requested = heard(view.wire_requested)
    view.focus_node("loss")
    hand.key(Qt.Key.Key_C)
    assert shown(view) == UNFOLDED
    for _ in range(3):  # past the output, logits and labels
        hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_Return)
    assert [ends[2:] for ends in requested] == [("loss", "mask")]
    assert shown(view) == FOLDED


def test_the_mark_says_what_is_tucked(view: CanvasView) -> None:
    target = hits.target_at(view.graph, view.mapToScene(mark(view)))
    assert target.kind == "fold"
    tip = tip_for(view.graph, target)
    assert "2 optional inputs without a wire: mask, weights_of_each_class" in tip
    assert "A click shows them." in tip
