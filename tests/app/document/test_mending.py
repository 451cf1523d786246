"""Where a wire is refused, what can be put between is found by what the ends say of themselves."""

import pytest

from app.document import edits
from app.document.mending import mended, remedies
from engine.graph.check import can_connect, check
from engine.graph.graph import GraphDef, PortKey
from engine.project.project import Project


def drawn(*ops: str) -> Project:
    project = Project(GraphDef())
    for op in ops:
        project, _ = edits.add_node(project, op, 0, 0)
    return project


def titles(project: Project, source: PortKey, target: PortKey) -> list[str]:
    return [r.title.partition(",")[0] for r in remedies(project, check(project.graph), source, target)]


PICTURES, LABELS = ("digits", "images"), ("digits", "labels")


@pytest.mark.parametrize(
    ("op", "source", "target", "expected"),
    [
        ("Conv2D", PICTURES, ("conv2d", "x"), ["ExpandDims"]),
        ("Relu", LABELS, ("relu", "x"), ["Cast to float32", "OneHot with 10 classes"]),
        ("Dense", LABELS, ("dense", "x"), ["OneHot with 10 classes"]),
        ("Adam", PICTURES, ("adam", "loss"), ["ReduceMean"]),
    ],
)
def test_the_likeliest_comes_first(op: str, source: PortKey, target: PortKey, expected: list[str]) -> None:
    assert titles(drawn("Digits", op), source, target) == expected


def test_the_other_inputs_say_how_many_classes_there_are() -> None:
    project = drawn("Digits", "Flatten", "Dense", "CategoricalCrossentropy")
    project = edits.set_attribute(project, "dense", "units", 7)
    for source, target in (
        (PICTURES, ("flatten", "x")),
        (("flatten", "y"), ("dense", "x")),
        (("dense", "y"), ("categorical_crossentropy", "logits")),
    ):
        project = edits.connect(project, source, target)
    assert "OneHot with 7 classes" in titles(project, LABELS, ("categorical_crossentropy", "labels"))


def test_a_row_becomes_a_square_picture() -> None:
    project = edits.connect(drawn("Digits", "Flatten", "Conv2D"), PICTURES, ("flatten", "x"))
    assert titles(project, ("flatten", "y"), ("conv2d", "x")) == ["Reshape to batch x 8 x 8 x 1"]


def test_around_a_cycle_nothing_leads() -> None:
    project = edits.connect(drawn("Digits", "Relu", "Tanh"), PICTURES, ("relu", "x"))
    project = edits.connect(project, ("relu", "y"), ("tanh", "x"))
    assert titles(project, ("tanh", "y"), ("relu", "x")) == []


def test_every_remedy_makes_a_graph_in_order() -> None:
    for op, source in (("Conv2D", PICTURES), ("Relu", LABELS), ("Dense", LABELS)):
        project = drawn("Digits", op)
        name = next(name for name in project.graph.nodes if name != "digits")
        checked = check(project.graph)
        found = remedies(project, checked, source, (name, "x"))
        assert found
        assert can_connect(project.graph, checked, source, (name, "x"))
        for remedy in found:
            better, new = mended(project, remedy, source, (name, "x"), 0, 0)
            assert check(better.graph).runs
            assert better.graph.wires[name, "x"][0] == new
