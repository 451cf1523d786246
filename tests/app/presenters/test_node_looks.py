"""What the canvas is told of a checked graph."""

import engine.blocks  # noqa: F401 - registers the ops
from app.presenters.node_looks import wire_looks
from engine import registry
from engine.graph.builder import Graph
from engine.graph.check import check


def test_a_wire_says_to_which_dtype_its_tensor_is_brought() -> None:
    graph = Graph()
    a, b = graph.placeholder("a", (2,), "float64"), graph.placeholder("b", (2,), "int8")
    registry.get("Add")()(a, b, name="sum")
    looks = wire_looks(graph.definition, check(graph.definition))
    assert (looks["sum", "a"].dtype, looks["sum", "a"].cast) == ("float64", "")
    assert (looks["sum", "b"].dtype, looks["sum", "b"].cast) == ("int8", "float64")
