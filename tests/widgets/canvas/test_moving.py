"""Selecting, moving, resizing and deleting by mouse and keys; nothing moves until the look says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt

from widgets.canvas.looks import CanvasLook, FrameLook, NoteLook, WatchLook
from widgets.canvas.view import CanvasView

if TYPE_CHECKING:
    from tests.widgets.canvas.conftest import Hand

Listen = Callable[[object], list[tuple[object, ...]]]
Shift, Ctrl = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def moved(look: CanvasLook, places: dict[str, tuple[float, float]]) -> CanvasLook:
    """The look after nodes went elsewhere."""
    nodes = {
        name: replace(node, x=places[name][0], y=places[name][1]) if name in places else node
        for name, node in look.nodes.items()
    }
    return replace(look, nodes=nodes)


@pytest.fixture
def with_cards(view: CanvasView) -> CanvasView:
    """The canvas with a note, a frame around `hidden`, and a watch card."""
    view.set_look(
        replace(
            view.graph.look,
            notes={"note": NoteLook("note", 0, 240, 160, 96, "Text")},
            frames={"frame": FrameLook("frame", 296, -48, 240, 176, "Classifier", "9,610 parameters")},
            watches={"watch": WatchLook("watch", "digits", "images", 176, -96, "batch x 8 x 8")},
        )
    )
    return view


def test_a_drag_moves_by_the_exact_delta_on_the_raster(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.nodes_moved)
    start = hand.header("hidden")
    hand.drag(start, start + QPoint(48, -24))
    assert said == [({"hidden": (368.0, -24.0)}, {})]


def test_a_drag_snaps_to_8_px_and_alt_lets_go(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.nodes_moved)
    start = hand.header("hidden")
    hand.drag(start, start + QPoint(30, 13))
    hand.drag(start, start + QPoint(30, 13), Qt.KeyboardModifier.AltModifier)
    assert said == [({"hidden": (352.0, 16.0)}, {}), ({"hidden": (350.0, 13.0)}, {})]


def test_at_half_scale_the_drag_counts_double(view: CanvasView, hand: Hand, heard: Listen) -> None:
    view.set_place(400, 200, 0.5)
    said = heard(view.nodes_moved)
    start = hand.header("hidden")
    hand.drag(start, start + QPoint(40, 20))
    assert said == [({"hidden": (400.0, 40.0)}, {})]


def test_a_refused_move_goes_back_and_an_accepted_one_stays(view: CanvasView, hand: Hand) -> None:
    start, before = hand.header("hidden"), view.node_rect("hidden")
    hand.drag(start, start + QPoint(48, 0))
    assert view.node_rect("hidden") == before
    view.nodes_moved.connect(lambda nodes, _: view.set_look(moved(view.graph.look, nodes)))
    hand.drag(start, start + QPoint(48, 0))
    assert view.node_rect("hidden") == before.translated(48, 0)


def test_the_preview_takes_wires_along(view: CanvasView, hand: Hand) -> None:
    start = hand.header("hidden")
    hand.press(start)
    hand.move(start + QPoint(80, 80))
    wire = view.graph.wires["hidden", "x"]
    assert view.mapFromScene(wire.line()[-1]) == view.port_position("hidden", "x")
    hand.key(Qt.Key.Key_Escape)
    assert view.graph.nodes["hidden"].pos().x() == 320


def test_all_selected_nodes_move_together(view: CanvasView, hand: Hand, heard: Listen) -> None:
    view.select(["digits", "hidden"])
    said = heard(view.nodes_moved)
    start = hand.header("digits")
    hand.drag(start, start + QPoint(0, 64))
    assert said == [({"digits": (0.0, 64.0), "hidden": (320.0, 64.0)}, {})]


def test_click_selects_ctrl_adds_and_takes_away(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.selection_changed)
    hand.click(hand.header("digits"))
    hand.click(hand.header("hidden"), Ctrl)
    hand.click(hand.header("digits"), Ctrl)
    hand.click(hand.at(300, 400))
    names = [nodes for nodes, _ in said]
    assert names == [["digits"], ["digits", "hidden"], ["hidden"], []]


def test_a_click_on_one_of_many_selects_it_alone(view: CanvasView, hand: Hand) -> None:
    view.select_all()
    hand.click(hand.header("hidden"))
    assert view.selected_nodes() == ["hidden"]


def test_a_box_selects_what_it_touches(view: CanvasView, hand: Hand) -> None:
    hand.drag(hand.at(260, -60), hand.at(600, 60))
    assert view.selected_nodes() == ["hidden"]
    hand.drag(hand.at(-40, -60), hand.at(20, 20), Shift)
    assert view.selected_nodes() == ["digits", "hidden"]


def test_escape_undoes_a_box(view: CanvasView, hand: Hand) -> None:
    view.select(["loss"])
    hand.press(hand.at(260, -60))
    hand.move(hand.at(600, 60))
    assert view.selected_nodes() == ["hidden"]
    hand.key(Qt.Key.Key_Escape)
    assert view.selected_nodes() == ["loss"]


def test_a_wire_is_selected_by_a_click_and_deleted(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.delete_requested)
    wire = view.graph.wires["hidden", "x"]
    hand.click(view.mapFromScene(wire.line()[12]))
    assert view.selected_wires() == [("hidden", "x")]
    hand.key(Qt.Key.Key_Delete)
    assert said == [([], [("hidden", "x")], [])]


def test_delete_asks_and_removes_nothing_itself(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.delete_requested)
    view.select(["hidden", "digits"])
    hand.key(Qt.Key.Key_Delete)
    assert said == [(["digits", "hidden"], [], [])]
    assert "hidden" in view.graph.nodes


def test_a_frame_takes_its_nodes_along(with_cards: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(with_cards.nodes_moved)
    start = hand.at(320, -40)
    hand.drag(start, start + QPoint(16, 32))
    assert said == [({"hidden": (336.0, 32.0)}, {"frame": (312.0, -16.0)})]


def test_a_note_moves_and_resizes(with_cards: CanvasView, hand: Hand, heard: Listen) -> None:
    moves, sizes = heard(with_cards.nodes_moved), heard(with_cards.card_resized)
    start = hand.at(60, 280)
    hand.drag(start, start + QPoint(40, 8))
    corner = hand.at(157, 333)
    hand.drag(corner, corner + QPoint(80, 40))
    assert moves == [({}, {"note": (40.0, 248.0)})]
    assert sizes == [("note", 240.0, 136.0)]
    assert with_cards.graph.notes["note"].body().width() == 160


def test_a_watch_card_drags_freely_and_its_ring_stays_on_the_wire(
    with_cards: CanvasView, hand: Hand, heard: Listen
) -> None:
    said = heard(with_cards.watch_moved)
    card = with_cards.graph.watches["watch"]
    wire = with_cards.graph.wires["hidden", "x"]
    start = with_cards.mapFromScene(card.body().center())
    hand.press(start)
    hand.move(start + QPoint(32, 200))
    assert min((card.anchor - point).manhattanLength() for point in wire.line()) < 12
    hand.release(start + QPoint(32, 200))
    assert said == [("watch", 208.0, 104.0)]


def test_a_selected_watch_card_is_removed_by_delete(
    with_cards: CanvasView, hand: Hand, heard: Listen
) -> None:
    said = heard(with_cards.watch_removed)
    hand.click(with_cards.mapFromScene(with_cards.graph.watches["watch"].body().center()))
    hand.key(Qt.Key.Key_Delete)
    assert said == [("watch",)]


def test_a_gesture_ends_when_its_node_is_removed_meanwhile(
    view: CanvasView, hand: Hand, heard: Listen
) -> None:
    said = heard(view.nodes_moved)
    start = hand.header("hidden")
    hand.press(start)
    hand.move(start + QPoint(40, 40))
    rest = {name: node for name, node in view.graph.look.nodes.items() if name != "hidden"}
    view.set_look(replace(view.graph.look, nodes=rest, wires={}))
    hand.release(start + QPoint(40, 40))
    assert view.gesture is None
    assert said == []
