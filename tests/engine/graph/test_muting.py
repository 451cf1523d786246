"""Muted nodes are left out with what needs them; bypassed nodes hand on their first input that is alike."""

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import GraphError
from engine.graph.check import check
from engine.graph.function import Function
from engine.graph.graph import GraphDef, Node
from engine.policy import BYPASSED, MUTED, Policy
from engine.program.build import build
from engine.run.eager import Eager
from engine.run.session import Session


def drawn() -> GraphDef:
    """x -> dense -> relu -> sum, with a second dense beside it, and both concatenated."""
    graph = GraphDef()
    for node in (
        Node("x", "Placeholder", {"shape": [2, 4]}),
        Node("dense", "Dense", {"units": 4}),
        Node("narrow", "Dense", {"units": 3}),
        Node("relu", "Relu"),
        Node("both", "Concat", {"axis": 1}),
        Node("sum", "ReduceSum"),
    ):
        graph = graph.add(node)
    for source, target, port in (
        ("x", "dense", "x"),
        ("dense", "relu", "x"),
        ("x", "narrow", "x"),
        ("narrow", "both", "values:0"),
        ("relu", "both", "values:1"),
        ("both", "sum", "x"),
    ):
        graph = graph.connect((source, "y"), (target, port))
    return graph


def with_flow(graph: GraphDef, flow: str, *names: str) -> GraphDef:
    for name in names:
        graph = graph.replace_node(replace(graph.nodes[name], policy=Policy(flow=flow)))
    return graph


X = np.arange(8, dtype=np.float32).reshape(2, 4) - 3


def value(graph: GraphDef, fetch: str) -> np.ndarray:
    return np.asarray(Session(graph, seed=1).run([fetch], {"x": X})[0])


def test_a_bypassed_node_hands_on_what_enters() -> None:
    graph = with_flow(drawn(), BYPASSED, "dense")
    assert check(graph).runs
    assert np.array_equal(value(graph, "dense.y"), X)
    assert np.array_equal(value(graph, "relu.y"), np.maximum(X, 0))


def test_a_bypassed_layer_has_no_variables() -> None:
    program = build(with_flow(drawn(), BYPASSED, "dense"), ["sum"])
    assert not [path for path in program.variables if path.startswith("dense/")]
    assert [path for path in build(drawn(), ["sum"]).variables if path.startswith("dense/")]


def test_gradients_go_past_a_bypassed_node() -> None:
    graph = drawn().add(Node("slope", "Gradients"))
    graph = graph.connect(("sum", "y"), ("slope", "y")).connect(("x", "y"), ("slope", "xs:0"))
    graph = with_flow(graph, MUTED, "narrow")
    port = next(p for n, p in check(graph).outputs if n == "slope")
    passed = value(with_flow(graph, BYPASSED, "dense", "relu"), f"slope.{port}")
    assert np.array_equal(passed, np.ones_like(X))
    curved = value(with_flow(graph, BYPASSED, "dense"), f"slope.{port}")
    assert np.array_equal(curved, (X > 0).astype(np.float32))


def test_what_changes_the_shape_cannot_be_bypassed() -> None:
    checked = check(with_flow(drawn(), BYPASSED, "narrow"))
    (problem,) = [problem for problem in checked.problems if problem.node == "narrow"]
    assert problem.stops and "cannot be bypassed: y is" in problem.what
    assert "Mute it instead" in problem.hint


def test_what_has_no_inputs_cannot_be_bypassed() -> None:
    checked = check(with_flow(drawn(), BYPASSED, "x"))
    assert any("it has no inputs" in problem.what for problem in checked.problems)


def test_a_muted_node_is_left_out_and_the_wires_close_up() -> None:
    graph = with_flow(drawn(), MUTED, "narrow")
    checked = check(graph)
    assert checked.runs and "narrow" not in checked.graph.nodes and "narrow" not in checked.ops
    assert checked.graph.wires["both", "values:0"] == ("relu", "y")
    assert np.array_equal(value(graph, "both.y"), value(drawn(), "relu.y"))


def test_what_needs_a_muted_node_is_left_out_with_it() -> None:
    graph = with_flow(drawn(), MUTED, "dense")
    here = check(graph).graph.nodes
    assert set(here) == {"x", "narrow", "both", "sum"}
    everything = check(with_flow(drawn(), MUTED, "dense", "narrow"))
    assert set(everything.graph.nodes) == {"x"} and everything.problems == ()


def test_a_problem_of_a_muted_node_is_none() -> None:
    graph = drawn().set_attribute("narrow", "units", 3)
    wrong = graph.replace_node(replace(graph.nodes["narrow"], attributes={"units": -1}))
    assert not check(wrong).runs
    assert check(with_flow(wrong, MUTED, "narrow")).runs


def test_fetching_what_is_muted_is_refused() -> None:
    with pytest.raises(GraphError, match="'relu' is muted, or needs what is muted"):
        build(with_flow(drawn(), MUTED, "dense"), ["relu"])


def test_eager_evaluation_follows() -> None:
    eager = Eager(seed=1)
    feeds = {"x": X}
    assert ("dense", "y") in eager.evaluate(drawn(), feeds).arrays
    passed = eager.evaluate(with_flow(drawn(), BYPASSED, "dense"), feeds)
    assert np.array_equal(passed.arrays["dense", "y"], X)
    assert np.array_equal(passed.arrays["relu", "y"], np.maximum(X, 0))
    assert "dense" not in passed.computed and "narrow" not in passed.computed
    muted = eager.evaluate(with_flow(drawn(), MUTED, "dense"), feeds)
    assert ("relu", "y") not in muted.arrays and not muted.failures
    assert muted.arrays["both", "y"].shape == (2, 3)


def test_inside_a_function_nodes_are_bypassed_and_muted() -> None:
    inner = GraphDef().add(Node("a", "Placeholder", {"shape": [2, 4]})).add(Node("out", "Relu"))
    inner = inner.connect(("a", "y"), ("out", "x"))
    graph = GraphDef().add(Node("x", "Placeholder", {"shape": [2, 4]}))
    graph = graph.add(Node("call", "Call", {"function": "f"})).connect(("x", "y"), ("call", "a"))
    bypassed = graph.define("f", Function(with_flow(inner, BYPASSED, "out"), ("a",), {"out": ("out", "y")}))
    assert np.array_equal(value(bypassed, "call.out"), X)
    muted = graph.define("f", Function(with_flow(inner, MUTED, "out"), ("a",), {"out": ("out", "y")}))
    assert any("its output out is muted" in problem.what for problem in check(muted).problems)


def test_an_unknown_flow_is_a_problem() -> None:
    assert any("flow" in problem.what for problem in check(with_flow(drawn(), "sideways", "relu")).problems)
