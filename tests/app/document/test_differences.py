"""What differs between two projects is told one by one, with what was and what is."""

from dataclasses import replace

import pytest

from app.document import edits, naming
from app.document.differences import Difference, differences
from engine.graph.function import Function
from engine.graph.graph import GraphDef, Node
from engine.project.project import Frame, Project, Route


def drawn() -> Project:
    project = Project(GraphDef())
    for op in ("Digits", "Dense", "Dropout"):
        project, _ = edits.add_node(project, op, 0, 0)
    return edits.connect(project, ("digits", "images"), ("dense", "x"))


def only(old: Project, new: Project) -> Difference:
    (found,) = differences(old, new)
    return found


def test_equal_projects_do_not_differ() -> None:
    assert differences(drawn(), drawn()) == ()


def test_nodes_and_wires_that_are_new_gone_or_moved_to_another_start() -> None:
    project = drawn()
    more, _ = edits.add_node(project, "Relu", 0, 0)
    assert only(project, more) == Difference("added", "node", "relu", "", "Relu", "relu")
    assert only(more, project) == Difference("removed", "node", "relu", "Relu", "", "relu")
    cut = edits.disconnect(project, ("dense", "x"))
    assert only(project, cut) == Difference("removed", "wire", "dense.x", "digits.images", "", "dense")
    other = edits.connect(project, ("digits", "labels"), ("dense", "x"))
    assert only(project, other) == Difference(
        "changed", "wire", "dense.x", "digits.images", "digits.labels", "dense"
    )


def test_attributes_are_told_with_their_defaults_and_their_expressions() -> None:
    project = naming.define(drawn(), "hidden", "7")
    changed = edits.set_attribute(project, "dense", "units", 128)
    assert only(project, changed) == Difference("changed", "attribute", "dense.units", "64", "128", "dense")
    computed = naming.set_expression(changed, ["dense"], "units", "2*hidden")
    assert only(changed, computed).after == "2*hidden"
    pinned = edits.set_policy(project, ["dense"], "device", "cpu")
    assert only(project, pinned) == Difference(
        "changed", "attribute", "dense.device", "inherit", "cpu", "dense"
    )


def test_settings_variables_notes_and_places() -> None:
    project = drawn()
    assert only(project, edits.set_training(project, "epochs", 3)).name == "epochs"
    named = naming.define(project, "hidden", "128")
    assert only(project, named) == Difference("added", "variable", "hidden", "", "128")
    noted, note = edits.add_note(project, 0, 0, "Look here")
    assert only(project, noted) == Difference("added", "note", note, "", "Look here")
    framed = replace(project, frames=(Frame("frame_1", 0, 0, 80, 80, "Classifier"),))
    assert only(project, framed) == Difference("added", "frame", "frame_1", "", "Classifier, plain")
    routed = replace(project, routes={("dense", "x"): Route(((8.0, 8.0),))})
    way = "way of the wire to dense.x"
    assert only(project, routed) == Difference("added", "place", way, node="dense")
    moved = edits.move(project, {"dense": (80, 80), "dropout": (8, 8)})
    assert only(project, moved) == Difference("changed", "place", "2 moved")


def test_the_inside_of_a_function_is_compared_too() -> None:
    project = drawn()
    first = Function(GraphDef({"inner": Node("inner", "Dense")}))
    second = Function(GraphDef({"inner": Node("inner", "Dense", {"units": 3})}))
    one, other = (replace(project, graph=project.graph.define("f", each)) for each in (first, second))
    assert only(project, one) == Difference("added", "function", "f")
    assert only(one, other) == Difference("changed", "attribute", "f/inner.units", "64", "3")


@pytest.mark.parametrize("size", [3, 500])
def test_long_values_are_cut(size: int) -> None:
    project = Project(GraphDef({"constant": Node("constant", "Constant", {"value": [0] * size})}))
    changed = edits.set_attribute(project, "constant", "value", 1.5)
    assert len(only(project, changed).before) <= 60
