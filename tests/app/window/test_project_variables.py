"""Project variables in the window: defined and changed in the project's form, referred to in a node's."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.workspace import Selection
from engine.project.files import read_project, write_project


def type_into(person: Any, name: str, text: str) -> QLineEdit:
    person.wait(lambda: (found := person.window.findChild(QLineEdit, name)) and found.isVisible())
    field = person.window.findChild(QLineEdit, name)
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    return field


def show_project(person: Any) -> None:
    person.app.workspace.select(Selection())


def define(person: Any, name: str, value: str) -> None:
    show_project(person)
    type_into(person, "variable-new-name", name)
    type_into(person, "variable-new-value", value)


def units(person: Any, node: str = "hidden") -> Any:
    return person.app.document.project.graph.nodes[node].attributes.get("units")


def test_a_variable_is_defined_used_changed_and_undone_by_keyboard(person: Any) -> None:
    before = person.app.document.project
    define(person, "width", "16")
    person.app.workspace.select(Selection(("hidden",)))
    person.fill("units", "2*width")
    assert units(person) == 32
    assert "32" in person.canvas.graph.nodes["hidden"].look.settings
    editor = person.window.properties.form.row("units").editor
    assert (editor.text(), editor._hint) == ("2*width", "= 32")
    show_project(person)
    type_into(person, "variable-0-value", "10")
    assert units(person) == 20
    assert person.app.document.undo_label == "Set width = 10"
    type_into(person, "variable-0-name", "wide")
    assert person.app.document.project.graph.nodes["hidden"].expressions == {"units": "2*wide"}
    person.canvas.setFocus()
    for _ in range(4):
        person.keys("Ctrl+Z")
    assert person.app.document.project == before


def test_both_may_be_written_in_one_line_and_the_next_is_typed_at_once(person: Any) -> None:
    show_project(person)
    first = type_into(person, "variable-new-name", "width = 16")
    assert first.text() == "" and first.hasFocus()
    type_into(person, "variable-new-name", "twice=2*width")
    assert dict(person.app.document.project.named_values) == {"width": "16", "twice": "2*width"}
    assert person.window.properties.variables.row("twice").expression._hint == "= 32"


def test_what_cannot_be_is_said_in_its_place(person: Any) -> None:
    define(person, "width", "16")
    define(person, "width", "17")
    variables = person.window.properties.variables
    assert "already a project variable called 'width'" in variables.new.sentence()
    assert person.app.document.project.named_values == {"width": "16"}
    type_into(person, "variable-0-value", "width+1")
    assert "depends on itself" in variables.row("width").sentence()
    QTest.keyClick(variables.row("width").expression, Qt.Key.Key_Escape)
    person.app.workspace.select(Selection(("hidden",)))
    before = person.app.document.project
    person.fill("units", "2*wide")
    assert "no project variable called 'wide'" in person.window.properties.form.row("units").sentence()
    assert person.app.document.project == before


def test_removing_a_variable_makes_a_problem_of_what_refers_to_it(person: Any) -> None:
    define(person, "width", "16")
    person.app.workspace.select(Selection(("hidden",)))
    person.fill("units", "width")
    show_project(person)
    button = person.window.properties.variables.row("width").remove
    person.wait(button.isVisible)
    person.press_button("variable-0-remove")
    assert any(p.node == "hidden" and "has no value" in p.what for p in person.app.workspace.problems)
    person.app.workspace.select(Selection(("hidden",)))
    assert "no project variable called 'width'" in person.window.properties.form.row("units").sentence()
    person.fill("units", "12")
    assert units(person) == 12 and not person.app.workspace.problems


def test_a_file_brings_its_variables_into_the_form(
    person: Any, make_window: Any, use: Any, tmp_path: Path
) -> None:
    define(person, "width", "16")
    person.app.workspace.select(Selection(("hidden", "logits")))
    person.fill("units", "width")
    file = tmp_path / "with.flowscope"
    write_project(file, person.app.document.project)
    assert read_project(file).project == person.app.document.project
    other = use(make_window(file))
    show_project(other)
    type_into(other, "variable-0-value", "8")
    assert (units(other), units(other, "logits")) == (8, 8)
