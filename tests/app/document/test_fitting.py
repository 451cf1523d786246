"""Which ops take a loose wire, by what flows in it."""

import pytest

from app.document import edits
from app.document.fitting import Fitting, Start
from engine.graph.check import check
from engine.graph.graph import GraphDef
from engine.project.project import Project


def drawn(*ops: str) -> Project:
    project = Project(GraphDef())
    for op in ops:
        project, _ = edits.add_node(project, op, 0, 0)
    return project


def port(project: Project, start: Start, op: str) -> str:
    return Fitting(project, check(project.graph), start).port(op)


@pytest.mark.parametrize(
    ("start", "op", "expected"),
    [
        (("digits", "images", "output"), "Flatten", "x"),
        (("digits", "images", "output"), "Conv2D", ""),  # needs channels
        (("digits", "labels", "output"), "Conv1D", ""),
        (("digits", "labels", "output"), "OneHot", "indices"),
        (("digits", "images", "output"), "Adam", ""),  # no scalar
        (("digits", "images", "output"), "Digits", ""),  # has no inputs
        (("dense", "x", "input"), "Flatten", "y"),
        (("dense", "x", "input"), "Adam", ""),  # has no outputs
        (("dense", "x", "input"), "Placeholder", "y"),
    ],
)
def test_only_what_fits_by_its_spec(start: Start, op: str, expected: str) -> None:
    assert port(drawn("Digits", "Dense"), start, op) == expected


def test_what_wants_a_variable_takes_nothing_else() -> None:
    project = drawn("AssignSub")
    start = ("assign_sub", "variable", "input")
    assert port(project, start, "Variable") == "y"
    assert port(project, start, "Constant") == ""
    assert port(project, start, "Add") == ""


def test_a_new_node_is_not_taken_for_a_drawn_one_of_its_name() -> None:
    project = drawn("Digits", "Flatten", "Conv2D")
    project = edits.connect(project, ("digits", "images"), ("flatten", "x"))
    # The drawn flatten gives two axes, which Conv2D refuses; a new one has no input yet.
    assert port(project, ("conv2d", "x", "input"), "Reshape") == "y"
    assert port(project, ("conv2d", "x", "input"), "Flatten") == "y"


def test_the_other_wires_of_the_node_count() -> None:
    project = drawn("Digits", "Add")
    project = edits.connect(project, ("digits", "images"), ("add", "a"))
    assert port(project, ("add", "b", "input"), "Spirals") == ""
    assert port(project, ("add", "b", "input"), "Constant") == "y"


def test_a_call_fits_with_the_function_it_comes_with() -> None:
    project = drawn("Constant")
    assert port(project, ("constant", "y", "output"), "Call")
    assert project.graph.functions == {}
