"""Opening functions, branches and loops shows what is inside, with the specs and tensors of this place."""

import pytest

from engine import Graph, Session
from engine.blocks.layers import Dense
from engine.errors import GraphError
from engine.graph.check import check
from engine.ops.reduction import ReduceSum
from engine.program.function_view import look_inside
from engine.program.outline import open_block
from engine.spec import Spec


def drawn() -> Graph:
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    w = g.variable("w", (3,), initializer="ones")
    g.map(lambda row: row * w + 1.0, x, name="each")
    layer = g.function("layer", lambda v: Dense(units=2)(v, name="dense"), Spec("float32", ("n", 3)))
    y = layer(x, name="first")
    layer(x * 2.0, name="second")
    total = g.while_loop(lambda v: v < 9.0, lambda v: v * 2.0 + 1.0, ReduceSum()(y), name="loop")
    g.cond(total > 1.0, lambda: total, lambda: -total, name="branch")
    g.gradients(total, [w, x])
    return g


def test_a_called_function_opens_with_the_specs_and_tensors_of_its_place() -> None:
    inside = look_inside(drawn().definition, "second")
    assert inside.function == "layer"
    assert str(inside.given["v"]) == "batch x 3 float32"
    assert inside.tensors["dense", "y"] == "second/dense.y"
    assert inside.tensors["v", "y"] == "multiply.y"
    assert str(check(inside.graph, inside.given).outputs["dense", "y"]) == "batch x 2 float32"


def test_what_lies_in_a_called_function_can_be_fetched() -> None:
    session = Session(drawn())
    feeds = {"x": [[1.0, 2.0, 3.0]]}
    assert session.run("second/dense", feeds).shape == (1, 2)
    assert set(session.variables) == {"second/dense/kernel", "second/dense/bias"}


def test_a_block_in_a_function_opens() -> None:
    inside = look_inside(drawn().definition, "first/dense")
    assert {"mat_mul", "kernel", "bias"} <= set(inside.graph.nodes)
    assert not inside.function


def test_a_node_with_two_functions_shows_both_first() -> None:
    inside = look_inside(drawn().definition, "loop")
    assert {name: node.op for name, node in inside.graph.nodes.items()} == {
        "v": "Placeholder",
        "condition": "Call",
        "body": "Call",
    }
    assert look_inside(drawn().definition, "loop/body").function == "loop_body"
    assert look_inside(drawn().definition, "branch/otherwise").function == "branch_otherwise"


def test_inside_a_loop_tensors_are_named_by_where_they_lie() -> None:
    inside = look_inside(drawn().definition, "each")
    assert inside.function == "each_body"
    assert inside.tensors["x", "y"] == "each/x" and inside.tensors["add", "y"] == "each/add.y"
    assert look_inside(drawn().definition, "loop/body").tensors["v", "y"] == "loop/body/v"
    assert str(inside.given["x"]) == "3 float32"


def test_a_function_with_a_mistake_can_be_opened_to_mend_it() -> None:
    g = drawn().definition
    body = g.functions["loop_body"]
    broken = body.graph.disconnect(("add", "a"))
    g = g.define("loop_body", type(body)(broken, body.inputs, body.outputs))
    problems = [p for p in check(g).problems if p.node == "loop"]
    assert len(problems) == 1 and "nothing is connected to a" in problems[0].what
    inside = look_inside(g, "loop/body")
    assert [p.node for p in check(inside.graph, inside.given).problems if p.stops] == ["add"]


@pytest.mark.parametrize("path", ["each", "loop/body", "branch/then", "gradients", "first"])
def test_what_is_drawn_of_a_program_is_in_order(path: str) -> None:
    inside = open_block(drawn().definition, path)
    assert inside.graph.nodes
    assert [p for p in check(inside.graph).problems if p.stops] == []


def test_what_cannot_be_opened_says_why() -> None:
    with pytest.raises(GraphError, match="'x' cannot be opened"):
        look_inside(drawn().definition, "x")
