"""Tables that numbers pick rows of become embeddings, and what may be no layer stays as it is."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, helper

from engine.exchange.onnx.importing import Imported

Make = Callable[..., ModelProto]
Import = Callable[[ModelProto], Imported]
TABLE = np.random.default_rng(4).standard_normal((5, 3)).astype(np.float32)


def op_of(made: Imported, node: str) -> str:
    return made.project.graph.nodes[node].op


def picking(model: Make, table: np.ndarray, axis: int = 0) -> ModelProto:
    node = helper.make_node("Gather", ["table", "indices"], ["y"], name="meaning", axis=axis)
    return model([node], {"indices": ["batch", 4]}, {"table": table})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rows_of_a_table_that_numbers_pick_are_an_embedding(
    model: Make, imported: Import, compute: Callable[..., Any], dtype: str
) -> None:
    table = TABLE.astype(dtype)
    made = imported(picking(model, table))
    assert op_of(made, "meaning") == "Embedding"
    assert list(made.project.graph.nodes) == ["indices", "meaning"]
    assert set(made.tensors) == {"meaning/table"}
    places = np.array([[0, 4, -1, 2]])
    found = compute(made, indices=places)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, table[places])


@pytest.mark.parametrize(
    ("table", "axis"),
    [
        pytest.param(np.arange(15).reshape(5, 3), 0, id="whole-numbers"),
        pytest.param(TABLE, 1, id="columns"),
        pytest.param(TABLE[0], 0, id="one-axis"),
        pytest.param(TABLE[None], 0, id="three-axes"),
        pytest.param(np.zeros((1, 70_000), np.float32), 0, id="wider-than-the-layer"),
    ],
)
def test_what_may_be_no_embedding_stays_a_gather(
    model: Make, imported: Import, table: np.ndarray, axis: int
) -> None:
    assert op_of(imported(picking(model, table, axis)), "meaning") == "Gather"


def test_a_table_that_two_nodes_read_stays_one_variable(model: Make, imported: Import) -> None:
    nodes = [
        helper.make_node("Gather", ["table", "indices"], ["rows"], name="meaning"),
        helper.make_node("MatMul", ["table", "x"], ["scores"], name="scores"),
        helper.make_node("MatMul", ["scores", "rows"], ["y"], name="both"),
    ]
    made = imported(model(nodes, {"indices": [2, 5], "x": [3, 5]}, {"table": TABLE}))
    assert op_of(made, "meaning") == "Gather"
    assert op_of(made, "table") == "Variable"


def test_a_product_that_is_wider_than_the_layer_stays_a_product(model: Make, imported: Import) -> None:
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"], name="scores")]
    made = imported(model(nodes, {"x": ["batch", 1]}, {"w": np.ones((1, 70_000), np.float32)}))
    assert op_of(made, "scores") == "MatMul"
