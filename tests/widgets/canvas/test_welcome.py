"""An empty canvas says how to begin; a canvas with anything on it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QLabel

from widgets.canvas.looks import CanvasLook, NoteLook
from widgets.canvas.view import CanvasView

if TYPE_CHECKING:
    from tests.widgets.canvas.conftest import Hand

Listen = Callable[[object], list[tuple[object, ...]]]


def test_it_is_said_while_there_is_nothing_on_the_canvas(view: CanvasView) -> None:
    view.set_welcome("Press Tab to add a node.")
    label = view.findChild(QLabel, "canvas-welcome")
    assert label is not None and not label.isVisible()
    full = view.graph.look
    view.set_look(CanvasLook())
    assert label.isVisible() and label.text() == "Press Tab to add a node."
    middle = label.geometry().center() - view.viewport().rect().center()
    assert middle.manhattanLength() <= 2
    view.set_look(CanvasLook(notes={"n": NoteLook("n", 0, 0)}))
    assert not label.isVisible()
    view.set_look(full)
    assert not label.isVisible()


def test_its_links_are_reported_and_the_canvas_around_it_works(
    view: CanvasView, hand: Hand, heard: Listen
) -> None:
    chosen, added = heard(view.welcome_chosen), heard(view.add_requested)
    view.set_welcome("Start from <a href='digits'>Digits</a>.")
    view.set_look(CanvasLook())
    label = view.findChild(QLabel, "canvas-welcome")
    assert label is not None
    label.linkActivated.emit("digits")
    assert chosen == [("digits",)]
    QApplication.processEvents()
    hand.double_click(hand.at(60, 60))
    assert [QPointF(*place[:2]) for place in added] == [QPointF(60, 60)]
