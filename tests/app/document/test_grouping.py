"""Grouping: nodes become a function that computes what they did, and what cannot be is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.document.grouping import grouped
from engine import Graph, Session
from engine.blocks.layers import Dense
from engine.errors import GraphError
from engine.graph.check import check
from engine.graph.signature import Signature
from engine.ops.activation import Relu
from engine.ops.ordering import TopK
from engine.project.project import Project


def drawn() -> Project:
    """x goes through a layer, is added to itself, and the largest are picked."""
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    hidden = Dense(units=3)(x, name="hidden")
    bent = Relu()(hidden, name="bent")
    total = bent + x
    TopK(k=2).apply(total, name="largest")
    return Project(g.definition, {"hidden": (240.0, 0.0), "bent": (480.0, 0.0), "x": (0.0, 0.0)})


def group(project: Project, *nodes: str) -> tuple[Project, str]:
    return grouped(project, nodes, check(project.graph))


def run(project: Project, fetch: str) -> Any:
    session = Session(project.graph, device="cpu")
    session.program((fetch,), training=False, effects=False)
    session.restore({n: np.full(v.shape, 0.5, v.dtype) for n, v in session.variables.items()})
    return session.run(fetch, {"x": [[1.0, -2.0, 3.0]]})


@pytest.mark.parametrize(
    "nodes", [("bent",), ("hidden", "bent"), ("hidden", "bent", "add"), ("add", "largest"), ("largest",)]
)
def test_it_computes_the_same(nodes: tuple[str, ...]) -> None:
    project = drawn()
    after, call = group(project, *nodes)
    assert not set(nodes) & set(after.graph.nodes)
    assert check(after.graph).problems == ()
    fetch = f"{call}.largest_values" if "largest" in nodes else "largest.values"
    np.testing.assert_array_equal(run(after, fetch), run(project, "largest.values"))


def test_the_function_has_what_enters_and_what_leaves() -> None:
    after, call = group(drawn(), "bent", "add")
    function = after.graph.functions["function"]
    assert function.inputs == ("hidden", "x")
    assert function.outputs == {"add": ("add", "y")}
    assert after.graph.wires["largest", "x"] == (call, "add")
    assert function.graph.nodes["x"].attributes == {"shape": ["batch", 3]}
    assert after.positions[call] == (480.0, 0.0) and "bent" not in after.positions
    assert after.layouts["function"]["bent"] == (480.0, 0.0)


def test_a_second_function_gets_another_name() -> None:
    first, _ = group(drawn(), "bent")
    second, call = group(first, "add")
    assert list(second.graph.functions) == ["function", "function_1"]
    assert call == "function_1"


def test_what_cannot_be_a_function_is_refused() -> None:
    project = drawn()
    with pytest.raises(GraphError, match="'x' brings data in"):
        group(project, "x", "hidden")
    with pytest.raises(GraphError, match="'bent' lies between the selected nodes"):
        group(project, "hidden", "add")
    with pytest.raises(GraphError, match="no node is selected"):
        group(project)
    open_ended = Project(project.graph.disconnect(("hidden", "x")))
    with pytest.raises(GraphError, match="what enters from 'hidden' is not known yet"):
        group(open_ended, "bent")


@pytest.mark.parametrize("nodes", [("bent",), ("hidden", "bent"), ("hidden", "bent", "add")])
def test_signatures_go_on_to_name_what_they_named(nodes: tuple[str, ...]) -> None:
    project = drawn()
    outputs = {"inner": ("hidden", "y"), "sum": ("add", "y")}
    graph = project.graph.sign(Signature("s", {"x": ("x", "y")}, outputs))
    after, call = group(replace(project, graph=graph), *nodes)
    assert check(after.graph).problems == ()
    signature = after.graph.signatures["s"]
    assert (signature.outputs["inner"][0] == call) == ("hidden" in nodes)
    for name, fetch in signature.fetches.items():
        np.testing.assert_array_equal(run(after, fetch), run(project, outputs[name][0]))
