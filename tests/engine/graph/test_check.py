"""Checking: every problem at once, each at its node, and the specs of what is in order."""

import numpy as np
import pytest

from engine import Graph, Session
from engine.graph.check import can_connect, check, input_ports, output_ports
from engine.graph.graph import GraphDef, Node
from engine.ops.shaping import Reshape
from engine.spec import Spec


def classifier() -> GraphDef:
    graph = GraphDef().add(Node("x", "Placeholder", {"shape": ["batch", 784]}))
    graph = graph.add(Node("hidden", "Dense", {"units": 128})).connect(("x", "y"), ("hidden", "x"))
    return graph.add(Node("act", "Relu")).connect(("hidden", "y"), ("act", "x"))


def test_specs_flow_along_the_wires() -> None:
    checked = check(classifier())
    assert checked.problems == ()
    assert checked.runs
    assert checked.outputs["act", "y"] == Spec("float32", ("batch", 128))
    assert checked.inputs["act", "x"] == Spec("float32", ("batch", 128))


def test_all_problems_are_found_at_once() -> None:
    graph = classifier().add(Node("lost", "Add")).add(Node("odd", "NoSuchOp"))
    graph = graph.add(Node("bad", "Dropout", {"rate": 7})).connect(("act", "y"), ("bad", "x"))
    found = [(problem.node, str(problem)) for problem in check(graph).problems]
    assert [node for node, _ in found].count("lost") == 2
    sentences = " ".join(sentence for _, sentence in found)
    for part in ("nothing is connected to a", "nothing is connected to b", "does not know", "rate is 7"):
        assert part in sentences
    assert {node for node, _ in found} == {"lost", "odd", "bad"}


def test_what_depends_on_a_problem_is_unknown_and_not_wrong() -> None:
    graph = GraphDef().add(Node("a", "Add")).add(Node("b", "Relu")).connect(("a", "y"), ("b", "x"))
    checked = check(graph)
    assert {problem.node for problem in checked.problems} == {"a"}
    assert ("b", "y") not in checked.outputs


def test_an_error_names_node_found_expected_and_remedy() -> None:
    graph = classifier().add(Node("w", "Variable", {"shape": [100, 10]})).add(Node("product", "MatMul"))
    graph = graph.connect(("act", "y"), ("product", "a")).connect(("w", "y"), ("product", "b"))
    (problem,) = check(graph).problems
    assert problem.node == "product"
    assert problem.what.startswith("MatMul 'product': ")
    assert "batch x 128" in problem.what
    assert "100 x 10" in problem.what
    assert problem.hint


def test_a_cycle_is_a_problem_and_the_rest_is_still_checked() -> None:
    graph = classifier().add(Node("p", "Relu")).add(Node("q", "Relu"))
    looped = GraphDef(graph.nodes, {**graph.wires, ("p", "x"): ("q", "y"), ("q", "x"): ("p", "y")})
    checked = check(looped)
    assert any("cycle" in problem.what for problem in checked.problems)
    assert ("act", "y") in checked.outputs


def test_a_wire_to_a_port_that_is_not_there_is_a_problem() -> None:
    graph = classifier()
    graph = GraphDef(graph.nodes, {**graph.wires, ("act", "z"): ("x", "y")})
    assert any(problem.port == "z" for problem in check(graph).problems)


def test_only_a_variable_can_be_assigned_to() -> None:
    graph = GraphDef().add(Node("c", "Constant")).add(Node("set", "Assign"))
    graph = graph.connect(("c", "y"), ("set", "variable")).connect(("c", "y"), ("set", "value"))
    (problem,) = check(graph).problems
    assert (problem.node, problem.port) == ("set", "variable")
    assert can_connect(graph, check(graph), ("c", "y"), ("set", "variable")) == "needs a variable"


def test_why_a_wire_cannot_be_drawn() -> None:
    graph = classifier().add(Node("flat", "Flatten")).add(Node("sum", "Add"))
    graph = graph.connect(("x", "y"), ("sum", "a"))
    checked = check(graph)
    assert can_connect(graph, checked, ("x", "y"), ("flat", "x")) == ""
    assert can_connect(graph, checked, ("act", "y"), ("hidden", "x")) == "this would form a cycle"
    assert can_connect(graph, checked, ("act", "y"), ("act", "x")) == "a node cannot feed itself"
    assert "do not broadcast" in can_connect(graph, checked, ("act", "y"), ("sum", "b"))


def test_a_variadic_node_has_one_spare_input() -> None:
    graph = classifier().add(Node("g", "Gradients"))
    assert [port.name for port in input_ports(graph, "g")] == ["y", "xs:0"]
    assert output_ports(graph, "g") == ()
    graph = graph.connect(("act", "y"), ("g", "y")).connect(("x", "y"), ("g", "xs:0"))
    assert [port.name for port in input_ports(graph, "g")] == ["y", "xs:0", "xs:1"]
    assert [port.name for port in output_ports(graph, "g")] == ["grads:0"]


def reshaped(value: object, *, dtype: str = "int64") -> GraphDef:
    """A tensor of 2 x 6 to which a drawn constant gives its shape."""
    graph = GraphDef().add(Node("x", "Placeholder", {"shape": ["batch", 6]}))
    graph = graph.add(Node("sizes", "Constant", {"value": value, "dtype": dtype}))
    graph = graph.add(Node("y", "Reshape")).add(Node("hidden", "Dense", {"units": 5}))
    graph = graph.connect(("x", "y"), ("y", "x")).connect(("sizes", "y"), ("y", "shape"))
    return graph.connect(("y", "y"), ("hidden", "x"))


def test_a_constant_at_a_setting_decides_sizes_while_one_draws() -> None:
    graph = reshaped([-1, 2, 3])
    checked = check(graph)
    assert not checked.problems
    assert checked.outputs["y", "y"].shape == ("batch", 2, 3)
    assert checked.outputs["hidden", "y"].shape == ("batch", 2, 5)
    assert Session(graph, device="cpu").run("hidden", {"x": np.zeros((4, 6), "float32")}).shape == (4, 2, 5)
    drawn = Graph()
    x = drawn.placeholder("x", (4, 6))
    assert Reshape()(x, drawn.constant([3, 8])).spec.shape == (3, 8)


@pytest.mark.parametrize(
    ("value", "dtype", "sentence"),
    [
        ([-1, -1], "int64", "-1"),
        ([-2, 6], "int64", "-2"),
        ([2.0, 6.0], "float32", "shape is 2 float32; expected whole numbers"),
    ],
)
def test_a_constant_that_can_be_no_setting_is_a_problem_before_anything_runs(
    value: object, dtype: str, sentence: str
) -> None:
    (problem,) = check(reshaped(value, dtype=dtype)).problems
    assert problem.node == "y"
    assert sentence in problem.what


def test_a_wire_from_a_constant_is_tried_with_its_value() -> None:
    graph = reshaped([-1, 6]).disconnect(("y", "shape"))
    graph = graph.add(Node("others", "Constant", {"value": [5, 5], "dtype": "int64"}))
    graph = graph.add(Node("fixed", "Placeholder", {"shape": [2, 6]})).connect(("fixed", "y"), ("y", "x"))
    checked = check(graph)
    assert can_connect(graph, checked, ("sizes", "y"), ("y", "shape")) == ""
    assert "25" in can_connect(graph, checked, ("others", "y"), ("y", "shape"))
