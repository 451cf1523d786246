"""Wires that run through dots, and portals: bent, moved and named by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from widgets.canvas import hits
from widgets.canvas.view import CanvasView

if TYPE_CHECKING:
    from tests.widgets.canvas.conftest import Hand

Listen = Callable[[object], list[tuple[object, ...]]]
WIRE = ("hidden", "x")


def redraw(view: CanvasView, **changes: Any) -> None:
    """Gives the wire another look."""
    look = view.graph.look
    view.set_look(replace(look, wires={**look.wires, WIRE: replace(look.wires[WIRE], **changes)}))


def portal(view: CanvasView) -> None:
    """Makes a portal of the wire, whose ends lie far apart."""
    look = view.graph.look
    view.set_look(replace(look, nodes={**look.nodes, "hidden": replace(look.nodes["hidden"], x=600.0)}))
    redraw(view, portal="pictures")


def middle(view: CanvasView) -> QPoint:
    return (view.port_position("digits", "images") + view.port_position("hidden", "x")) / 2


def test_a_wire_is_bent_by_its_body(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.dot_added)
    hand.press(middle(view))
    hand.move(middle(view) + QPoint(0, 60))
    bent = view.graph.wires[WIRE]
    assert len(bent.dots) == 1
    assert len(bent.route) == 2
    hand.release(middle(view) + QPoint(0, 60))
    ((key, index, x, y),) = said
    assert (key, index) == (WIRE, 0)
    assert (float(str(x)) % 8, float(str(y)) % 8) == (0, 0)
    assert view.graph.wires[WIRE].dots == []


def test_a_click_selects_the_wire_and_bends_nothing(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.dot_added)
    hand.click(middle(view))
    assert view.selected_wires() == [WIRE]
    assert said == []


def test_escape_straightens_what_was_bent(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.dot_added)
    hand.press(middle(view))
    hand.move(middle(view) + QPoint(0, 60))
    hand.key(Qt.Key.Key_Escape)
    assert said == []
    assert view.graph.wires[WIRE].dots == []


def test_a_dot_is_moved_and_a_new_one_comes_where_the_wire_was_held(
    view: CanvasView, hand: Hand, heard: Listen
) -> None:
    redraw(view, dots=((240.0, 200.0),))
    moved, added = heard(view.dot_moved), heard(view.dot_added)
    hand.drag(hand.at(240, 200), hand.at(264, 240))
    assert moved == [(WIRE, 0, 264.0, 240.0)]
    wire = view.graph.wires[WIRE]
    behind = wire.route[1]
    held = view.mapFromScene((behind[0] + behind[3]) / 2)
    hand.drag(held, held + QPoint(0, 40))
    assert [said[:2] for said in added] == [(WIRE, 1)]


def test_a_double_click_takes_a_dot_away(view: CanvasView, hand: Hand, heard: Listen) -> None:
    redraw(view, dots=((240.0, 200.0),))
    removed, watched = heard(view.dot_removed), heard(view.watch_requested)
    hand.double_click(hand.at(240, 200))
    assert removed == [(WIRE, 0)]
    assert watched == []


def test_dots_go_along_while_both_nodes_are_dragged(view: CanvasView, hand: Hand) -> None:
    redraw(view, dots=((240.0, 200.0),))
    view.select(["digits", "hidden"])
    hand.press(hand.header("digits"))
    hand.move(hand.header("digits") + QPoint(40, 0))
    assert view.graph.wires[WIRE].dots == [QPointF(280, 200)]
    hand.key(Qt.Key.Key_Escape)
    assert view.graph.wires[WIRE].dots == [QPointF(240, 200)]


def test_a_portal_is_only_its_two_tags(view: CanvasView, hand: Hand) -> None:
    portal(view)
    wire = view.graph.wires[WIRE]
    behind, before = wire.tags()
    assert hits.target_at(view.graph, behind.center()).id == WIRE
    assert hits.target_at(view.graph, before.center()).id == WIRE
    assert hits.target_at(view.graph, (behind.center() + before.center()) / 2).kind == "canvas"
    assert wire.boundingRect().contains(behind) and wire.boundingRect().contains(before)
    hand.click(view.mapFromScene(before.center()))
    assert view.selected_wires() == [WIRE]


def test_a_portal_is_renamed_at_its_tag(view: CanvasView, hand: Hand, heard: Listen) -> None:
    portal(view)
    said = heard(view.portal_renamed)
    hand.double_click(view.mapFromScene(view.graph.wires[WIRE].tags()[0].center()))
    field = view.edit.field
    assert isinstance(field, QLineEdit)
    assert field.text() == "pictures"
    field.selectAll()
    QTest.keyClicks(field, "digits")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert said == [(WIRE, "digits")]


def test_a_stroke_cuts_a_portal_at_its_tag_and_not_between(
    view: CanvasView, hand: Hand, heard: Listen
) -> None:
    portal(view)
    said = heard(view.delete_requested)
    behind, before = view.graph.wires[WIRE].tags()
    alt = Qt.KeyboardModifier.AltModifier
    gap = (behind.right() + before.left()) / 2
    hand.drag(hand.at(gap, -30), hand.at(gap, 300), alt)
    assert said == []
    hand.drag(hand.at(behind.center().x(), -30), hand.at(behind.center().x(), 300), alt)
    assert said == [([], [WIRE], [])]
