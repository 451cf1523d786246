"""Nodes on wires and remedies in the whole window: one step of undo each, by mouse and by keyboard."""

from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu

from app.workspace import Selection


@pytest.fixture
def network(person: Any) -> Any:
    person.canvas.fit_all(animated=False)
    return person


def middle(person: Any) -> Any:
    """The middle of the wire from dropout to logits."""
    return (person.port("dropout", "y") + person.port("logits", "x")) / 2


def test_a_loose_node_is_dropped_on_a_wire(network: Any) -> None:
    person = network
    low = person.canvas.mapToScene(QPoint(300, 500))
    person.app.canvas.add("Relu", low.x(), low.y())
    before = person.app.document.project
    start = person.header("relu")
    person.drag(start, middle(person) - (person.canvas.node_rect("relu").center() - start))
    assert {"dropout.y > relu.x", "relu.y > logits.x"} <= person.wires
    assert "dropout.y > logits.x" not in person.wires
    rects = [person.canvas.node_rect(name) for name in ("dropout", "relu", "logits", "loss")]
    assert all(a.right() < b.left() for a, b in pairwise(rects))
    assert person.app.document.undo_label == "Insert relu"
    person.keys("Ctrl+Z")
    assert person.app.document.project == before


def test_what_does_not_fit_is_only_moved(network: Any) -> None:
    person = network
    low = person.canvas.mapToScene(QPoint(300, 500))
    person.app.canvas.add("Conv2D", low.x(), low.y())
    wires = person.wires
    start = person.header("conv2d")
    person.drag(start, middle(person) - (person.canvas.node_rect("conv2d").center() - start))
    assert person.wires == wires
    assert person.app.document.undo_label == "Move conv2d"


def test_a_node_is_inserted_by_keyboard(network: Any) -> None:
    person = network
    person.app.workspace.select(Selection(wires=(("logits", "x"),)))
    person.keys("Ctrl+I")
    box = person.app.adding.box
    assert "Conv2D" not in box.titles()
    person.type("Tanh", box.field)
    person.keys("Return", box.field)
    assert {"dropout.y > tanh.x", "tanh.y > logits.x"} <= person.wires
    assert person.canvas.selected_nodes() == ["tanh"]


def test_a_refused_wire_is_mended_with_one_key(network: Any) -> None:
    person = network
    low = person.canvas.mapToScene(QPoint(300, 500))
    person.app.canvas.add("Conv2D", low.x(), low.y())
    before = person.app.document.project
    person.drag(person.port("digits", "images"), person.port("conv2d", "x"))
    menu = person.window.findChild(QMenu, "menu-mend")
    assert menu is not None and menu.isVisible()
    assert menu.activeAction().text().startswith("Insert ExpandDims")
    person.keys("Return", menu)
    QApplication.processEvents()
    assert {"digits.images > expand_dims.x", "expand_dims.y > conv2d.x"} <= person.wires
    person.app.document.undo()
    assert person.app.document.project == before


def test_a_menu_that_is_left_changes_nothing(network: Any) -> None:
    person = network
    before = person.app.document.project
    person.drag(person.port("digits", "labels"), person.port("hidden", "x"))
    menu = person.window.findChild(QMenu, "menu-mend")
    assert menu is not None
    person.keys("Esc", menu)
    assert person.app.document.project == before
