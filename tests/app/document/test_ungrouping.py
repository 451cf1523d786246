"""Ungrouping: a call written out computes the same, and grouping and ungrouping take each other back."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.document import edits
from app.document.functions import opened, tidied
from app.document.grouping import grouped
from app.document.ungrouping import ungrouped
from engine import Graph, Session
from engine.blocks.layers import Dense
from engine.errors import GraphError
from engine.graph.check import check
from engine.graph.signature import Signature
from engine.ops.activation import Relu
from engine.ops.ordering import TopK
from engine.project.project import Project
from engine.spec import Spec

X = {"x": [[1.0, -2.0, 3.0]]}


def drawn() -> Project:
    """x goes through a layer, is added to itself, and the largest are picked."""
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    bent = Relu()(Dense(units=3)(x, name="hidden"), name="bent")
    TopK(k=2).apply(bent + x, name="largest")
    return Project(g.definition, {"hidden": (240.0, 0.0), "bent": (480.0, 8.0), "x": (0.0, 0.0)})


def run(project: Project, fetch: str) -> Any:
    session = Session(project.graph, device="cpu")
    session.program((fetch,), training=False, effects=False)
    session.restore({n: np.full(v.shape, 0.5, v.dtype) for n, v in session.variables.items()})
    return session.run(fetch, X)


@pytest.mark.parametrize(
    "nodes", [("bent",), ("hidden", "bent"), ("hidden", "bent", "add"), ("add", "largest"), ("largest",)]
)
def test_what_was_grouped_is_as_it_was(nodes: tuple[str, ...]) -> None:
    project = drawn()
    call_project, call = grouped(project, nodes, check(project.graph))
    after, names = ungrouped(call_project, call)
    assert set(names) == set(nodes)
    assert dict(after.graph.nodes) == dict(project.graph.nodes)
    assert dict(after.graph.wires) == dict(project.graph.wires)
    assert after.positions == project.positions
    assert tidied(after, call_project).graph.functions == {}


def test_written_out_twice_it_computes_the_same_under_free_names() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    layer = g.function("layer", lambda v: Relu()(Dense(units=3)(v, name="dense")), Spec("float32", ("n", 3)))
    layer(layer(x, name="first"), name="second")
    project = Project(g.definition)
    expected = run(project, "second")
    once, first = ungrouped(project, "first")
    assert first == ("dense", "relu") and tidied(once, project).graph.functions
    twice, second = ungrouped(once, "second")
    assert second == ("dense_1", "relu_1")
    assert check(twice.graph).problems == ()
    np.testing.assert_array_equal(run(twice, "relu_1"), expected)


def test_an_input_that_is_handed_on_leads_past_what_was_the_function() -> None:
    g = Graph()
    x = g.placeholder("x", ())
    both = g.function("both", lambda v, w: (w, v * w), Spec("float32", ()), Spec("float32", ()))
    handed, product = both(x, x + 1.0, name="call")
    Relu()(handed, name="relu")
    Relu()(product, name="bent")
    after, (multiply,) = ungrouped(Project(g.definition), "call")
    assert after.graph.wires["relu", "x"] == ("add", "y")
    assert after.graph.wires["bent", "x"] == (multiply, "y")
    assert check(after.graph).problems == ()


def test_an_open_input_stays_open() -> None:
    g = Graph()
    square = g.function("square", lambda v: v * v, Spec("float32", ()))
    Relu()(square(g.placeholder("x", ()), name="call"), name="relu")
    project = edits.disconnect(Project(g.definition), ("call", "v"))
    after, _ = ungrouped(project, "call")
    assert [p.what.rpartition(": ")[2] for p in check(after.graph).problems] == [
        "nothing is connected to a.",
        "nothing is connected to b.",
    ]


def test_functions_within_stay_functions() -> None:
    g = Graph()
    inner = g.function("inner", lambda v: v * v, Spec("float32", ()))
    outer = g.function("outer", lambda v: inner(v, name="deep") + 1.0, Spec("float32", ()))
    outer(g.placeholder("x", ()), name="call")
    project = Project(g.definition)
    after, _ = ungrouped(project, "call")
    after = tidied(after, project)
    assert after.graph.nodes["deep"].attributes == {"function": "inner"}
    assert list(after.graph.functions) == ["inner"]
    inside = opened(project, "outer")
    assert set(ungrouped(inside, "deep")[0].graph.nodes) == {"v", "multiply", "add", "constant"}


def test_what_calls_nothing_is_refused() -> None:
    with pytest.raises(GraphError, match="'bent' calls no function"):
        ungrouped(drawn(), "bent")
    project, call = edits.add_node(drawn(), "Call", 0, 0)
    with pytest.raises(GraphError, match="'call' calls no function"):
        ungrouped(edits.set_attribute(project, call, "function", ""), call)


def test_signatures_give_what_they_gave() -> None:
    project = drawn()
    signed = project.graph.sign(Signature("s", {"x": ("x", "y")}, {"bent": ("bent", "y")}))
    project = replace(project, graph=signed)
    call_project, call = grouped(project, ("hidden", "bent"), check(project.graph))
    assert call_project.graph.signatures["s"].outputs == {"bent": (call, "bent")}
    after, _ = ungrouped(call_project, call)
    assert after.graph.signatures == project.graph.signatures
