"""Attention of ONNX models, drawn with ours, computes what the operator's definition says."""

from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper
from onnx.reference import ReferenceEvaluator

from engine.exchange.onnx.importing import import_model
from engine.run.session import Session

RNG = np.random.default_rng(18)
Arrays = dict[str, np.ndarray]


def model(op: str, opset: int, given: Arrays, outputs: int, **attributes: Any) -> ModelProto:
    """A model of one node; an input whose name begins with - is left open."""
    shown = {name: array for name, array in given.items() if not name.startswith("-")}
    inputs = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
        for name, array in shown.items()
    ]
    names = [f"y{i}" for i in range(outputs)]
    results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names]
    ports = ["" if name.startswith("-") else name for name in given]
    node = helper.make_node(op, ports, names, name="node", **attributes)
    graph = helper.make_graph([node], "graph", inputs, results)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def agree(made: ModelProto, given: Arrays) -> None:
    feeds = {name: array for name, array in given.items() if not name.startswith("-")}
    imported = import_model(made)
    session = Session(imported.project.graph, device="cpu")
    session.restore(imported.tensors)
    fed: dict[Any, Any] = {imported.inputs[name]: array for name, array in feeds.items()}
    found = session.run(list(imported.outputs.values()), fed)
    expected = ReferenceEvaluator(made).run(None, feeds)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


def heads(count: int, steps: int, size: int) -> np.ndarray:
    return RNG.normal(size=(2, count, steps, size)).astype(np.float32)


@pytest.mark.parametrize("mode", range(4))
def test_scores_are_given_after_each_step(mode: int) -> None:
    given = {"q": heads(4, 3, 8), "k": heads(2, 5, 8), "v": heads(2, 5, 6), "m": heads(1, 3, 5)}
    # The definition gives the bare products for 0, and the reference those that are capped already.
    settings = {"softcap": 2.0 if mode else 0.0, "qk_matmul_output_mode": mode, "scale": 0.3}
    agree(model("Attention", 23, given, 4, **settings), given)


def test_a_cache_comes_before_what_is_new() -> None:
    given = {"q": heads(2, 3, 8), "k": heads(2, 3, 8), "v": heads(2, 3, 6), "-": heads(1, 1, 1)}
    given |= {"past_k": heads(2, 4, 8), "past_v": heads(2, 4, 6)}
    agree(model("Attention", 23, given, 3, is_causal=1), given)


def test_keys_behind_the_end_of_a_short_mask_are_hidden() -> None:
    mask = RNG.random((3, 4)) < 0.5
    given = {"q": heads(2, 3, 8), "k": heads(2, 6, 8), "v": heads(2, 6, 8), "m": mask}
    agree(model("Attention", 24, given, 1), given)


def test_padding_moves_the_end_that_causal_queries_see() -> None:
    given = {"q": heads(2, 3, 8), "k": heads(2, 6, 8), "v": heads(2, 6, 8)}
    given |= {"-m": heads(1, 1, 1), "-k": heads(1, 1, 1), "-v": heads(1, 1, 1)}
    given |= {"lengths": np.array([2, 6])}
    agree(model("Attention", 24, given, 1, is_causal=1), given)


def test_heads_may_lie_in_one_axis() -> None:
    q, k, v = (RNG.normal(size=(2, steps, 12)).astype(np.float32) for steps in (3, 5, 5))
    given = {"q": q, "k": k[..., :6], "v": v[..., :6]}
    agree(model("Attention", 23, given, 1, q_num_heads=4, kv_num_heads=2), given)


@pytest.mark.parametrize("interleaved", [0, 1])
def test_positions_are_rotated(interleaved: int) -> None:
    cos, sin = (RNG.normal(size=(9, 2)).astype(np.float32) for _ in range(2))
    places = RNG.integers(0, 9, (2, 3))
    given = {"x": heads(2, 3, 6), "cos": cos, "sin": sin, "places": places}
    settings = {"interleaved": interleaved, "rotary_embedding_dim": 4}
    agree(model("RotaryEmbedding", 23, given, 1, **settings), given)
