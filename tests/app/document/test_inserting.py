"""A node on a wire: only where its specs fit, by the first ports that do, and with room around it."""

import pytest

from app.document import edits
from app.document.inserting import GAP, Box, OnWire, Ports, put_between, with_room
from engine.graph.check import check
from engine.graph.graph import GraphDef
from engine.project.project import Project


def chain() -> Project:
    """Digits to flatten to dense, with an accuracy that waits for both."""
    project = Project(GraphDef())
    for op in ("Digits", "Flatten", "Dense", "Accuracy"):
        project, _ = edits.add_node(project, op, 0, 0)
    for source, target in (
        (("digits", "images"), ("flatten", "x")),
        (("flatten", "y"), ("dense", "x")),
        (("dense", "y"), ("accuracy", "logits")),
        (("digits", "labels"), ("accuracy", "labels")),
    ):
        project = edits.connect(project, source, target)
    return project


def on(project: Project, target: tuple[str, str]) -> OnWire:
    return OnWire(project, check(project.graph), project.graph.wires[target], target)


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("Relu", ("x", "y")),
        ("Dropout", ("x", "y")),
        ("Add", ("a", "y")),
        ("Conv2D", None),  # refuses what the wire brings
        ("Digits", None),  # has no input
        ("Adam", None),  # has no output
        ("OneHot", None),  # wants whole numbers
    ],
)
def test_a_new_node_fits_by_what_flows(op: str, expected: Ports | None) -> None:
    assert on(chain(), ("dense", "x")).op(op) == expected


def test_what_it_makes_of_the_tensor_must_fit_where_the_wire_ends() -> None:
    # The logits must keep the number of classes beside labels of one axis.
    assert on(chain(), ("accuracy", "logits")).op("Relu") == ("x", "y")
    assert on(chain(), ("accuracy", "logits")).op("Flatten") == ("x", "y")
    assert on(chain(), ("accuracy", "logits")).op("Transpose") is None


def test_a_drawn_node_is_asked_with_its_attributes() -> None:
    project, name = edits.add_node(chain(), "Cast", 0, 0)
    assert on(project, ("dense", "x")).node(name) == ("x", "y")
    project = edits.set_attribute(project, name, "dtype", "int64")
    assert on(project, ("dense", "x")).node(name) is None


def test_the_way_leads_through_the_node() -> None:
    project, name = edits.add_node(chain(), "Relu", 0, 0)
    project = put_between(project, name, ("flatten", "y"), ("dense", "x"), ("x", "y"))
    assert project.graph.wires["relu", "x"] == ("flatten", "y")
    assert project.graph.wires["dense", "x"] == ("relu", "y")
    assert check(project.graph).runs


def boxes(**places: tuple[float, float]) -> dict[str, Box]:
    return {name: (x, y, 160.0, 100.0) for name, (x, y) in places.items()}


def roomy(at: tuple[float, float], **places: tuple[float, float]) -> dict[str, tuple[float, float]]:
    """Where everything lies after a relu came between flatten and dense."""
    project, name = edits.add_node(chain(), "Relu", *at)
    around = boxes(relu=at, **places)
    project = edits.move(project, {key: (x, y) for key, (x, y, _, _) in around.items()})
    project = put_between(project, name, ("flatten", "y"), ("dense", "x"), ("x", "y"))
    return dict(with_room(project, name, "flatten", "dense", around).positions)


def test_all_that_follows_makes_room_and_nothing_else_moves() -> None:
    after = roomy((400, 0), digits=(0, 0), flatten=(200, 0), dense=(400, 0), accuracy=(600, 200))
    assert after["relu"][0] >= 360 + GAP
    assert after["dense"][0] >= after["relu"][0] + 160 + GAP
    assert after["accuracy"][0] - after["dense"][0] == 200
    assert (after["digits"], after["flatten"]) == ((0, 0), (200, 0))
    assert all(x % 8 == 0 for x, _ in after.values())


def test_where_there_is_room_only_the_node_is_placed() -> None:
    after = roomy((600, 8), digits=(0, 0), flatten=(200, 0), dense=(1000, 0), accuracy=(1200, 0))
    assert after["dense"] == (1000, 0)
    assert after["relu"] == (600, 8)


def test_a_graph_that_runs_backwards_there_stays_as_it_is() -> None:
    after = roomy((400, 0), digits=(0, 0), flatten=(800, 0), dense=(200, 0), accuracy=(600, 0))
    assert after["dense"] == (200, 0)
    assert after["relu"] == (400, 0)


def test_below_what_does_not_follow_it_the_node_is_put() -> None:
    # The accuracy lies where the relu comes, and depends on the digits only.
    project = edits.disconnect(chain(), ("accuracy", "logits"))
    project, name = edits.add_node(project, "Relu", 400, 0)
    around = boxes(digits=(0, 0), flatten=(200, 0), accuracy=(420, 40), dense=(800, 0), relu=(400, 0))
    project = put_between(project, name, ("flatten", "y"), ("dense", "x"), ("x", "y"))
    after = with_room(project, name, "flatten", "dense", around).positions
    assert after["relu"][1] >= 140
    assert after["accuracy"] == (0, 0), "nothing else is moved"
