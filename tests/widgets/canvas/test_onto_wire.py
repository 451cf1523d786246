"""A node that is held over a wire: the wire that takes it is lit, and asked for when one lets go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from widgets.canvas.looks import OP_MIME, NodeLook, PortLook
from widgets.canvas.view import CanvasView

if TYPE_CHECKING:
    from tests.widgets.canvas.conftest import Hand

Listen = Callable[[object], list[tuple[object, ...]]]
COPY, LEFT = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier
WIRE = ("hidden", "x")


@pytest.fixture
def loose(view: CanvasView) -> CanvasView:
    """The canvas with a node that has no wires; every wire takes it."""
    relu = NodeLook("relu", "Relu", "Activation", 200, 280, "", "", (PortLook("x"),), (PortLook("y"),))
    look = view.graph.look
    view.set_look(replace(look, nodes={**look.nodes, "relu": relu}))
    view.questions.takes_node = lambda _node, _wire: True
    view.questions.takes_op = lambda _op, _wire: True
    return view


def middle(view: CanvasView) -> QPoint:
    """The middle of the wire, in the viewport."""
    return (view.port_position("digits", "images") + view.port_position("hidden", "x")) / 2


def test_a_node_is_let_go_of_over_a_wire(loose: CanvasView, hand: Hand, heard: Listen) -> None:
    inserted, moved = heard(loose.insert_requested), heard(loose.nodes_moved)
    start = hand.header("relu")
    goal = middle(loose) - (loose.node_rect("relu").center() - start)
    hand.press(start)
    hand.move((start + goal) / 2)
    assert not loose.graph.wires[WIRE].offered
    hand.move(goal)
    assert loose.graph.wires[WIRE].offered
    assert "wire" in loose.pill.text
    hand.release(goal)
    assert [said[:2] for said in inserted] == [("relu", WIRE)]
    assert moved == []
    assert not loose.graph.wires[WIRE].offered
    assert not loose.pill.isVisible()


def test_a_wire_that_does_not_take_it_stays_dark(loose: CanvasView, hand: Hand, heard: Listen) -> None:
    asked: list[object] = []

    def refuse(_node: str, wire: object) -> bool:
        asked.append(wire)
        return False

    loose.questions.takes_node = refuse
    inserted, moved = heard(loose.insert_requested), heard(loose.nodes_moved)
    start = hand.header("relu")
    hand.drag(start, middle(loose) - (loose.node_rect("relu").center() - start))
    assert inserted == []
    assert len(moved) == 1
    assert asked == [WIRE]


@pytest.mark.parametrize("held", [Qt.KeyboardModifier.AltModifier])
def test_alt_moves_it_without_wiring(
    loose: CanvasView, hand: Hand, heard: Listen, held: Qt.KeyboardModifier
) -> None:
    inserted = heard(loose.insert_requested)
    start = hand.header("relu")
    hand.drag(start, middle(loose) - (loose.node_rect("relu").center() - start), held)
    assert inserted == []


def test_a_node_with_wires_is_only_moved(loose: CanvasView, hand: Hand, heard: Listen) -> None:
    inserted = heard(loose.insert_requested)
    hand.drag(hand.header("loss"), middle(loose))
    hand.drag(hand.header("hidden"), hand.at(150, 60))
    assert [said[0] for said in inserted] == ["loss"]


def test_escape_puts_it_back_and_the_light_out(loose: CanvasView, hand: Hand, heard: Listen) -> None:
    inserted = heard(loose.insert_requested)
    start = hand.header("relu")
    hand.press(start)
    hand.move(middle(loose) - (loose.node_rect("relu").center() - start))
    hand.key(Qt.Key.Key_Escape)
    assert inserted == []
    assert not loose.graph.wires[WIRE].offered
    assert loose.graph.nodes["relu"].pos() == QPointF(200, 280)


def carried(op: bytes) -> QMimeData:
    data = QMimeData()
    data.setData(OP_MIME, op)
    return data


def test_an_op_from_the_palette_lights_the_wire_and_lands_on_it(loose: CanvasView, heard: Listen) -> None:
    dropped, on_wire = heard(loose.node_dropped), heard(loose.node_dropped_on_wire)
    viewport, at, data = loose.viewport(), middle(loose), carried(b"Relu")
    QApplication.sendEvent(viewport, QDragEnterEvent(at, COPY, data, LEFT, NO_KEY))
    QApplication.sendEvent(viewport, QDragMoveEvent(at, COPY, data, LEFT, NO_KEY))
    assert loose.graph.wires[WIRE].offered
    QApplication.sendEvent(viewport, QDropEvent(QPointF(at), COPY, data, LEFT, NO_KEY))
    assert [said[:2] for said in on_wire] == [("Relu", WIRE)]
    assert dropped == []
    assert not loose.graph.wires[WIRE].offered


def test_an_op_that_leaves_the_canvas_leaves_no_light(loose: CanvasView) -> None:
    viewport, at, data = loose.viewport(), middle(loose), carried(b"Relu")
    QApplication.sendEvent(viewport, QDragEnterEvent(at, COPY, data, LEFT, NO_KEY))
    QApplication.sendEvent(viewport, QDragMoveEvent(at, COPY, data, LEFT, NO_KEY))
    QApplication.sendEvent(viewport, QDragLeaveEvent())
    assert not loose.graph.wires[WIRE].offered
    assert not loose.pill.isVisible()


def test_tab_over_a_wire_asks_for_a_node_on_it(loose: CanvasView, hand: Hand, heard: Listen) -> None:
    on_wire, anywhere = heard(loose.add_on_wire_requested), heard(loose.add_requested)
    hand.move(middle(loose))
    hand.key(Qt.Key.Key_Tab)
    assert on_wire == [(WIRE,)]
    hand.move(hand.at(100, 400))
    hand.key(Qt.Key.Key_Tab)
    assert len(on_wire) == len(anywhere) == 1
