"""What the canvas is told of a checked graph."""

import engine.blocks  # noqa: F401 - registers the ops
from app.presenters.node_looks import node_look, wire_looks
from engine import registry
from engine.graph.builder import Graph
from engine.graph.check import Problem, check
from engine.graph.graph import GraphDef, Node


def test_a_wire_says_to_which_dtype_its_tensor_is_brought() -> None:
    graph = Graph()
    a, b = graph.placeholder("a", (2,), "float64"), graph.placeholder("b", (2,), "int8")
    registry.get("Add")()(a, b, name="sum")
    looks = wire_looks(graph.definition, check(graph.definition))
    assert (looks["sum", "a"].dtype, looks["sum", "a"].cast) == ("float64", "")
    assert (looks["sum", "b"].dtype, looks["sum", "b"].cast) == ("int8", "float64")


def test_optional_inputs_without_a_wire_are_tucked() -> None:
    graph = Graph()
    x, mask = graph.placeholder("x", (2, 3), "float32"), graph.placeholder("mask", (2,), "float32")
    registry.get("Pad")()(x, name="pad")
    registry.get("MeanSquaredError")()(x, x, mask, name="loss")
    definition = graph.definition
    checked = check(definition)

    def names(node: str) -> tuple[list[str], list[str]]:
        look = node_look(definition, checked, definition.nodes[node], (0.0, 0.0), {})
        return [port.name for port in look.inputs], [port.name for port in look.tucked]

    assert names("pad") == (["x"], ["before", "after", "axes", "value"])
    assert names("loss") == (["prediction", "target", "weights"], [])


def test_a_sentence_below_a_node_does_not_name_that_node_again() -> None:
    definition = GraphDef({"product": Node("product", "MatMul")})
    checked = check(definition)
    problem = checked.problems[0]
    assert str(problem).startswith("MatMul 'product': nothing is connected to a.")
    look = node_look(definition, checked, definition.nodes["product"], (0.0, 0.0), {"product": problem})
    assert look.message == "Nothing is connected to a. Draw a wire to it."


def test_a_node_says_where_it_is_pinned_to() -> None:
    graph = Graph()
    x = graph.placeholder("x", (2,))
    with graph.policy(device="gpu"):
        registry.get("Negate")()(x, name="pinned")
    checked = check(graph.definition)
    nodes = graph.definition.nodes
    looks = {name: node_look(graph.definition, checked, nodes[name], (0.0, 0.0), {}) for name in nodes}
    assert (looks["x"].device, looks["pinned"].device) == ("", "GPU")


def test_the_name_of_a_port_keeps_its_case_at_the_beginning_of_a_sentence() -> None:
    node = Node("flat", "Flatten", {"axis": 7})
    definition = GraphDef(
        {"x": Node("x", "Placeholder", {"shape": [2, 3]}), "flat": node}, {("flat", "x"): ("x", "y")}
    )
    checked = check(definition)
    told = Problem("flat", "Flatten 'flat': x is 2 x 3; expected rank 3.")
    assert node_look(definition, checked, node, (0.0, 0.0), {"flat": told}).message.startswith("x is 2 x 3;")
    (problem,) = checked.problems
    look = node_look(definition, checked, node, (0.0, 0.0), {"flat": problem})
    assert look.message == "Axis is 7, and x has 2 axes: 2 x 3. Set axis to a number from -2 to 2."
