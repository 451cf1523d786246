"""Updates of variables: each leaves what its formula says."""

import numpy as np
import pytest

import engine.blocks  # noqa: F401 - registers the blocks
from engine import registry
from engine.blocks.assigning import ScatterUpdate
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.run.session import Session


@pytest.mark.parametrize(
    ("name", "expected"),
    [("AssignAdd", 5.0), ("AssignSub", 1.0), ("AssignMultiply", 6.0), ("AssignDivide", 1.5)],
)
def test_an_update_computes_with_what_the_variable_holds(name: str, expected: float) -> None:
    graph = Graph()
    v = graph.variable("v", (), initializer="constant", mean=3.0)
    new = registry.get(name)()(v, 2.0)
    session = Session(graph, device="cpu")
    assert session.run(new) == expected
    assert session.values()["v"] == expected


@pytest.mark.parametrize(
    ("reduction", "expected"),
    [
        ("none", [[2, 2], [7, 8], [5, 6]]),
        ("add", [[2, 2], [9, 10], [7, 8]]),
        ("multiply", [[2, 2], [14, 16], [10, 12]]),
    ],
)
def test_some_rows_are_updated_and_all_others_stay(reduction: str, expected: list[list[int]]) -> None:
    graph = Graph()
    v = graph.variable("v", (3, 2), initializer="constant", mean=2.0)
    rows = graph.constant(np.array([2, 1]))
    ScatterUpdate(reduction=reduction)(v, rows, graph.constant([[5.0, 6.0], [7.0, 8.0]]), name="put")
    session = Session(graph, device="cpu")
    session.run("put")
    np.testing.assert_array_equal(session.values()["v"], expected)


def test_rows_of_another_length_are_refused() -> None:
    graph = Graph()
    v = graph.variable("v", (3, 2))
    with pytest.raises(SpecError, match="ScatterUpdate 'put'"):
        ScatterUpdate()(v, graph.constant(np.array([1])), graph.constant([[1.0, 2.0, 3.0]]), name="put")
