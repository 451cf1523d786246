"""Signatures in the window: made from the selection, named, undone; a deletion tells what it takes."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.workspace import Selection
from engine.graph.signature import Signature
from engine.project.files import write_project


def signatures(person: Any) -> dict[str, Signature]:
    return dict(person.app.document.project.graph.signatures)


def write(field: Any, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def press(person: Any, name: str) -> None:
    """Press a button once it is there: rows appear when the window comes to it."""
    person.wait(lambda: (found := person.window.findChild(QWidget, name)) and found.isVisible())
    person.press_button(name)


def add(person: Any, *nodes: str) -> None:
    person.app.workspace.select(Selection(nodes))
    press(person, "signature-add")


def tabs(person: Any) -> list[str]:
    return [tab.name for tab in person.window.tabs._tabs]


def test_the_panel_is_among_the_others_once_there_is_a_use_for_it(
    person: Any, tmp_path: Path, make_window: Any, use: Any
) -> None:
    assert "Signatures" not in tabs(person)
    action = next(action for action in person.app.actions if action.id == "signatures")
    action.run()
    assert "Signatures" in tabs(person)
    add(person, "logits")
    write_project(tmp_path / "signed.flowscope", person.app.document.project)
    person.keys("Ctrl+Z")
    assert "Signatures" in tabs(person)  # it does not vanish under one's hands
    other = use(make_window(tmp_path / "signed.flowscope"))
    assert "Signatures" in tabs(other)
    other.app.filing.open_demo("arithmetic")
    assert "Signatures" not in tabs(other)


def test_the_selection_becomes_a_signature_whose_names_are_edited_and_undone(person: Any) -> None:
    person.app.panels.show_signatures()
    panel = person.window.signatures
    assert panel.isVisible() and panel.list.hasFocus()
    add(person, "logits")
    assert signatures(person) == {
        "serving_default": Signature(
            "serving_default", {"images": ("digits", "images")}, {"logits": ("logits", "y")}
        )
    }
    write(panel.inputs.field("images"), "pixels")
    write(panel.name, "read_digits")
    assert list(signatures(person)) == ["read_digits"]
    assert list(signatures(person)["read_digits"].inputs) == ["pixels"]
    for expected in (["serving_default"], ["serving_default"], []):
        person.keys("Ctrl+Z")
        assert list(signatures(person)) == expected
    assert not panel.remove.isEnabled()


def test_what_cannot_be_is_said_in_its_place(person: Any) -> None:
    person.app.panels.show_signatures()
    panel = person.window.signatures
    add(person, "digits")
    assert panel.problem().startswith("Nothing is selected that computes a tensor. Select the nodes")
    add(person, "logits")
    assert panel.problem() == ""
    add(person, "hidden")
    write(panel.name, "serving_default")
    assert panel.name.is_wrong()
    assert panel.problem().startswith("There is already a signature called 'serving_default'.")
    assert list(signatures(person)) == ["serving_default", "serving_default_1"]


def test_inside_a_block_names_are_edited_and_nothing_is_added(person: Any) -> None:
    person.app.panels.show_signatures()
    panel = person.window.signatures
    add(person, "logits")
    person.app.workspace.open("hidden")
    press(person, "signature-extend")
    assert panel.problem() == "A signature names tensors of the main graph. Go back to main."
    write(panel.name, "other")
    assert list(signatures(person)) == ["other"]
    press(person, "signature-inputs-0-place")
    assert not person.app.workspace.is_inside
    assert person.app.workspace.selection.nodes == ("digits",)


def test_more_outputs_are_added_and_entries_removed(person: Any) -> None:
    person.app.panels.show_signatures()
    add(person, "logits")
    person.app.workspace.select(Selection(("hidden",)))
    press(person, "signature-extend")
    assert list(signatures(person)["serving_default"].outputs) == ["logits", "hidden"]
    press(person, "signature-outputs-0-remove")
    assert list(signatures(person)["serving_default"].outputs) == ["hidden"]
    press(person, "signature-inputs-0-remove")
    assert "need images of 'digits'" in person.window.signatures.problem()
    assert [problem.node for problem in person.app.workspace.problems] == ["digits"]
    assert person.app.workspace.can_run
    press(person, "signature-remove")
    assert signatures(person) == {}


def test_a_deleted_node_leaves_the_signature_in_the_same_step(person: Any) -> None:
    person.app.panels.show_signatures()
    add(person, "logits", "hidden")
    said: list[str] = []
    person.app.workspace.said.connect(lambda sentence, _: said.append(sentence))
    person.app.workspace.select(Selection(("logits",)))
    person.canvas.setFocus()
    person.keys("Delete")
    assert list(signatures(person)["serving_default"].outputs) == ["hidden"]
    assert said == ["Gone from the signatures: output 'logits' of 'serving_default'. Undo brings it back."]
    person.keys("Ctrl+Z")
    assert list(signatures(person)["serving_default"].outputs) == ["hidden", "logits"]
