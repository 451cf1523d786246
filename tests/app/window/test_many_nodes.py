"""The form of several nodes: what they have in common, edited for all of them in one step."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


def attributes(person: Any, name: str) -> dict[str, Any]:
    nodes = person.app.document.project.graph.nodes
    return {node: nodes[node].attributes.get(name) for node in ("hidden", "logits")}


def select_both(person: Any) -> None:
    person.click(person.header("hidden"))
    person.click(person.header("logits"), Qt.KeyboardModifier.ShiftModifier)


def test_the_form_shows_what_several_nodes_have_in_common(person: Any) -> None:
    select_both(person)
    form = person.window.properties.form
    assert person.window.properties.title.accessibleName().startswith("2 nodes, Dense")
    looks = {row.look().name: row.look() for row in form.rows()}
    assert looks["units"].mixed and looks["activation"].mixed and not looks["use_bias"].mixed
    person.click(person.header("dropout"), Qt.KeyboardModifier.ShiftModifier)
    names = [row.look().name for row in form.rows()]
    assert names == ["device", "precision", "flow"]  # Dense and Dropout share no other setting


def test_a_value_is_set_for_all_in_one_step(person: Any) -> None:
    before = attributes(person, "units")
    select_both(person)
    person.fill("units", "2*16")
    assert attributes(person, "units") == {"hidden": 32, "logits": 32}
    assert person.app.document.undo_label == "Set units of 2 nodes"
    person.canvas.setFocus()
    person.keys("Ctrl+Z")
    assert attributes(person, "units") == before


def test_a_choice_of_the_keyboard_is_for_all(person: Any) -> None:
    select_both(person)
    editor = person.window.properties.form.row("activation").editor
    editor.setFocus()
    QTest.keyClicks(editor, "tanh")
    assert attributes(person, "activation") == {"hidden": "tanh", "logits": "tanh"}


def test_what_one_node_refuses_changes_none_and_is_said_in_its_place(person: Any) -> None:
    select_both(person)
    before = person.app.document.project
    person.fill("units", "0")
    row = person.window.properties.form.row("units")
    assert "between 1 and" in row.sentence()
    assert person.app.document.project == before


def test_a_draft_does_not_reach_the_nodes_that_are_selected_next(person: Any) -> None:
    before = attributes(person, "units")
    select_both(person)
    editor = person.window.properties.form.row("units").editor
    editor.setFocus()
    QTest.keyClicks(editor, "7")
    person.click(person.header("hidden"))
    assert attributes(person, "units") == {"hidden": 7, "logits": 7}  # leaving the field keeps what was typed
    assert person.window.properties.form.row("units").editor.text() == "7"
    person.keys("Ctrl+Z")
    assert attributes(person, "units") == before
