"""Adding nodes in the whole window: one box by every way, filtered to a wire, remembering what is used."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt

from app.settings import SettingsStore


@pytest.fixture
def arithmetic(person: Any) -> Any:
    person.app.filing.open_demo("arithmetic")
    person.canvas.fit_all(animated=False)
    return person


def beside(person: Any) -> QPoint:
    """A place on the canvas below the first node, where nothing is."""
    first = person.canvas.node_rect(person.nodes[0])
    return QPoint(first.left() + 60, first.bottom() + 60)


def test_tab_opens_the_box_at_the_pointer_and_enter_adds_there(person: Any) -> None:
    person.canvas.fit_all(animated=False)
    at = beside(person)
    person.move(at)
    person.canvas.viewport().setAttribute(Qt.WidgetAttribute.WA_UnderMouse)  # as the pointer's coming does
    person.keys("Tab")
    box = person.app.adding.box
    assert box.isVisible()
    person.type("sigm", box.field)
    person.keys("Return", box.field)
    assert person.canvas.node_rect("sigmoid").adjusted(-20, -20, 20, 20).contains(at)


def test_a_wire_is_offered_only_what_takes_it(person: Any) -> None:
    person.canvas.fit_all(animated=False)
    person.drag(person.port("digits", "images"), beside(person))
    box = person.app.adding.box
    assert "Flatten" in box.titles()
    assert "Adam" not in box.titles()
    person.type("Flatten", box.field)
    person.keys("Return", box.field)
    assert "digits.images > flatten_1.x" in person.wires
    assert person.app.document.undo_label == "Add Flatten"
    person.keys("Ctrl+Z")
    assert "flatten_1" not in person.nodes


def test_a_wire_is_drawn_backwards_out_of_an_input(arithmetic: Any) -> None:
    person = arithmetic
    person.app.filing.new()
    person.app.canvas.add("Add", 0.0, 0.0)
    person.canvas.fit_all(animated=False)
    start = person.port("add", "b")
    person.drag(start, start + QPoint(-120, 90))
    box = person.app.adding.box
    assert "Adam" not in box.titles()
    person.type("Constant", box.field)
    person.keys("Return", box.field)
    assert person.wires == {"constant.y > add.b"}
    assert person.canvas.node_rect("constant").right() < start.x()


def test_what_is_used_most_stands_first_also_after_a_restart(person: Any, settings: SettingsStore) -> None:
    box = person.app.adding.box
    for _ in range(2):
        person.keys("Tab")
        person.type("Tanh", box.field)
        person.keys("Return", box.field)
    person.app.add_in_view("Sigmoid")
    person.keys("Tab")
    assert box.titles()[:2] == ["Tanh", "Sigmoid"]
    person.keys("Esc", box.field)
    assert SettingsStore(Path(settings.path)).current.used == {"Tanh": 2, "Sigmoid": 1}


def test_inside_a_block_nothing_is_offered(person: Any) -> None:
    person.app.canvas.open("hidden")
    person.keys("Tab")
    assert not person.app.adding.box.isVisible()
    assert "not edited" in person.status


def test_escape_gives_the_keyboard_back(person: Any) -> None:
    person.canvas.setFocus()
    person.keys("Tab")
    person.keys("Esc", person.app.adding.box.field)
    assert person.canvas.hasFocus()
    person.qtbot.keyClick(person.canvas, Qt.Key.Key_Tab)
    assert person.app.adding.box.isVisible()
