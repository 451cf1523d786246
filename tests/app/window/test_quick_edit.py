"""Settings edited on the node: opened by mouse and keys; Tab goes on, Enter keeps, Esc drops."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.workspace import Selection

Key = Qt.Key


def units(person: Any) -> Any:
    return person.app.document.project.graph.nodes["hidden"].attributes.get("units")


def settings_line(person: Any, node: str) -> QPoint:
    rect = person.canvas.node_rect(node)
    return QPoint(rect.left() + 20, person.canvas.settings_place(node).y() + 6)


def names(person: Any) -> list[str]:
    return [row.look().name for row in person.app.quick.box.form.rows()]


def focused() -> str:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget.objectName()


def line() -> QLineEdit:
    widget = QApplication.focusWidget()
    assert isinstance(widget, QLineEdit)
    return widget


def press(key: Key) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key)


def test_a_double_click_on_the_settings_edits_the_few_that_one_changes_often(person: Any) -> None:
    person.double_click(settings_line(person, "hidden"))
    assert person.app.quick.box.isVisible() and names(person) == ["units", "activation"]
    assert focused() == "field-units"
    line().selectAll()
    person.type("2*50", QApplication.focusWidget())
    press(Key.Key_Tab)
    assert focused() == "field-activation" and units(person) == 100
    press(Key.Key_Tab)
    assert focused() == "field-units"
    press(Key.Key_Backtab)
    press(Key.Key_Down)
    assert person.app.document.project.graph.nodes["hidden"].attributes.get("activation") != "relu"
    press(Key.Key_Return)
    assert not person.app.quick.box.isVisible() and person.canvas.hasFocus()
    assert not person.app.workspace.is_inside


def test_a_double_click_on_the_header_still_opens_the_block(person: Any) -> None:
    person.double_click(person.header("hidden"))
    assert person.app.workspace.is_inside and not person.app.quick.box.isVisible()


def test_a_key_opens_it_enter_keeps_and_esc_drops(person: Any) -> None:
    before = units(person)
    person.app.workspace.select(Selection(("hidden",)))
    person.keys("E")
    person.type("9", QApplication.focusWidget())
    press(Key.Key_Escape)
    assert units(person) == before and not person.app.quick.box.isVisible() and person.canvas.hasFocus()
    person.keys("E")
    line().selectAll()
    person.type("33", QApplication.focusWidget())
    press(Key.Key_Return)
    assert units(person) == 33 and not person.app.quick.box.isVisible()


def test_what_cannot_be_is_said_there_and_the_field_stays(person: Any) -> None:
    before = units(person)
    person.app.workspace.select(Selection(("hidden",)))
    person.keys("E")
    line().selectAll()
    person.type("0", QApplication.focusWidget())
    press(Key.Key_Return)
    assert (
        person.app.quick.box.isVisible()
        and "between 1 and" in person.app.quick.box.form.row("units").sentence()
    )
    assert units(person) == before


def test_clicking_elsewhere_keeps_what_was_typed_and_closes(person: Any) -> None:
    person.double_click(settings_line(person, "hidden"))
    line().selectAll()
    person.type("44", QApplication.focusWidget())
    person.click(person.header("adam"))
    assert units(person) == 44 and not person.app.quick.box.isVisible()


@pytest.mark.parametrize(("node", "expected"), [("dropout", ["rate"]), ("adam", ["learning_rate"])])
def test_an_op_says_which_of_its_attributes_are_edited_there(
    person: Any, node: str, expected: list[str]
) -> None:
    person.app.workspace.select(Selection((node,)))
    person.keys("E")
    assert names(person) == expected


def test_it_goes_with_its_node_and_when_the_canvas_moves(person: Any) -> None:
    person.app.workspace.select(Selection(("hidden",)))
    person.keys("E")
    person.app.document.undo()
    person.canvas.camera.pan(40, 0)
    assert not person.app.quick.box.isVisible()
    person.keys("E")
    assert person.app.quick.box.isVisible()
    person.app.workspace.select(Selection(()))
    assert not person.app.quick.box.isVisible()


def test_the_inside_of_a_block_is_not_edited(person: Any) -> None:
    person.app.workspace.open("hidden")
    name = next(iter(person.app.workspace.graph.nodes))
    person.app.workspace.select(Selection((name,)))
    person.keys("E")
    assert not person.app.quick.box.isVisible()
