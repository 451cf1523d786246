"""The document: one step for each edit, back and forth, and the mark of what the file does not have yet."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.document import edits
from app.document.document import Change, Document
from engine.graph.graph import GraphDef
from engine.project.project import Project

EMPTY = Project(GraphDef())


def with_node(project: Project, op: str = "Relu") -> Project:
    return edits.add_node(project, op, 0, 0)[0]


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def told(document: Document) -> list[Change]:
    changes: list[Change] = []
    document.changed.connect(changes.append)
    return changes


def test_an_edit_is_told_with_both_values(document: Document, told: list[Change]) -> None:
    new = with_node(EMPTY)
    document.apply("Add Relu", new)
    assert told == [Change(EMPTY, new, "Add Relu")]
    assert told[0].graph_changed
    assert document.project is new


def test_an_edit_that_changes_nothing_is_no_step(document: Document, told: list[Change]) -> None:
    document.apply("Nothing", Project(GraphDef()))
    assert (told, document.undo_label) == ([], "")


def test_undo_and_redo_name_what_they_do(document: Document, told: list[Change]) -> None:
    one, two = with_node(EMPTY), with_node(with_node(EMPTY))
    document.apply("One", one)
    document.apply("Two", two)
    assert (document.undo_label, document.redo_label) == ("Two", "")
    document.undo()
    assert (document.undo_label, document.redo_label) == ("One", "Two")
    document.undo()
    assert (document.undo_label, document.redo_label) == ("", "One")
    assert document.project == EMPTY
    document.redo()
    document.redo()
    assert document.project == two
    assert [change.label for change in told[2:]] == ["Undo Two", "Undo One", "Redo One", "Redo Two"]


def test_at_the_ends_undo_and_redo_do_nothing(document: Document, told: list[Change]) -> None:
    document.undo()
    document.redo()
    assert told == []


def test_an_edit_after_an_undo_drops_what_could_be_redone(document: Document) -> None:
    document.apply("One", with_node(EMPTY))
    document.undo()
    document.apply("Other", with_node(EMPTY, "Sigmoid"))
    assert document.redo_label == ""
    document.redo()
    assert "sigmoid" in document.project.graph.nodes


def test_edits_of_one_gesture_are_one_step(document: Document) -> None:
    document.apply("Add Dense", with_node(EMPTY, "Dense"))
    before = document.project
    for units in (3, 4, 5):
        document.apply("Units", edits.set_attribute(document.project, "dense", "units", units), merge="units")
    assert document.project.graph.nodes["dense"].attributes == {"units": 5}
    document.undo()
    assert document.project == before


def test_values_typed_one_after_the_other_are_steps_of_their_own() -> None:
    now = [0.0]
    document = Document(clock=lambda: now[0])
    document.apply("Add", with_node(EMPTY, "Dense"))
    for units in (3, 4):
        now[0] += 5.0
        document.apply("Units", edits.set_attribute(document.project, "dense", "units", units), merge="units")
    document.undo()
    assert document.project.graph.nodes["dense"].attributes == {"units": 3}


def test_another_gesture_is_another_step(document: Document) -> None:
    document.apply("Add", with_node(EMPTY, "Dense"))
    document.apply("Units", edits.set_attribute(document.project, "dense", "units", 3), merge="units")
    document.apply("Bias", edits.set_attribute(document.project, "dense", "use_bias", False), merge="bias")
    document.apply("Units", edits.set_attribute(document.project, "dense", "units", 4), merge="units")
    document.undo()
    assert document.project.graph.nodes["dense"].attributes == {"units": 3, "use_bias": False}


def test_an_undo_ends_the_gesture(document: Document) -> None:
    document.apply("Add", with_node(EMPTY, "Dense"))
    document.apply("Units", edits.set_attribute(document.project, "dense", "units", 3), merge="units")
    document.undo()
    document.redo()
    document.apply("Units", edits.set_attribute(document.project, "dense", "units", 4), merge="units")
    document.undo()
    assert document.project.graph.nodes["dense"].attributes == {"units": 3}


def test_what_is_modified_follows_from_the_values(document: Document) -> None:
    assert not document.is_modified
    document.apply("Add", with_node(EMPTY))
    assert document.is_modified
    document.undo()
    assert not document.is_modified
    document.redo()
    document.mark_saved(Path("/somewhere/net.flowscope"), None)
    assert not document.is_modified
    assert document.title == "net.flowscope"
    document.undo()
    assert document.is_modified


def test_what_was_trained_is_worth_saving(document: Document) -> None:
    told: list[bool] = []
    document.state_changed.connect(lambda: told.append(document.is_modified))
    weights = {"dense/kernel": np.ones((2, 2), np.float32)}
    document.keep({})
    assert not document.is_modified
    document.keep(weights)
    assert (document.is_modified, document.is_edited) == (True, False)
    document.keep({"dense/kernel": np.ones((2, 2), np.float32)})
    assert told == [True]
    document.mark_saved(Path("/somewhere/net.flowscope"), None)
    assert not document.is_modified
    document.keep({"dense/kernel": np.zeros((2, 2), np.float32)})
    assert document.is_modified
    document.open(EMPTY, path=None, title="other", variables=weights)
    assert not document.is_modified


def test_saving_ends_a_gesture(document: Document) -> None:
    document.apply("Add", with_node(EMPTY, "Dense"))
    document.apply("Units", edits.set_attribute(document.project, "dense", "units", 3), merge="units")
    document.mark_saved(Path("/somewhere/net.flowscope"), None)
    document.apply("Units", edits.set_attribute(document.project, "dense", "units", 4), merge="units")
    document.undo()
    assert not document.is_modified


def test_another_project_begins_a_new_history(document: Document, told: list[Change]) -> None:
    document.apply("Add", with_node(EMPTY))
    document.open(EMPTY, path=None, title="empty")
    assert (document.undo_label, document.redo_label, document.is_modified) == ("", "", False)
    assert told[-1].label == "Open empty"


@pytest.mark.parametrize("project", [EMPTY, with_node(EMPTY)])
def test_recovered_work_is_modified(document: Document, project: Project) -> None:
    document.open(project, path=None, title="recovered", modified=True)
    assert document.is_modified == (project != EMPTY)


def test_moving_a_node_leaves_the_graph_alone(document: Document, told: list[Change]) -> None:
    document.apply("Add", with_node(EMPTY))
    document.apply("Move", replace(document.project, positions={"relu": (8.0, 8.0)}))
    assert not told[-1].graph_changed


def test_one_goes_to_any_step_of_the_history_in_one_change(document: Document, told: list[Change]) -> None:
    for _ in range(3):
        document.apply(f"Node {len(document.steps)}", with_node(document.project))
    assert document.steps == ("", "Node 1", "Node 2", "Node 3") and document.at == 3
    newest = document.project
    told.clear()
    document.go_to(1)
    assert [change.label for change in told] == ["Go to Node 1"]
    assert document.project == document.project_at(1) and document.redo_label == "Node 2"
    document.go_to(1)
    document.go_to(0)
    assert len(told) == 2 and told[-1].label == "Go to the beginning" and not document.is_edited
    document.go_to(3)
    assert document.project == newest
