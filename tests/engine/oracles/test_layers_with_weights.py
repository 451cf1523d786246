"""Layers beside PyTorch and JAX with the same weights: values, gradients of inputs, and of variables."""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - both register ops
from engine import registry
from engine.blocks.embedding import Embedding
from engine.blocks.optimizers import SGD
from engine.case import Case
from engine.graph.builder import Graph
from engine.run.session import Session
from engine.value import Value
from tests.engine.oracles.answers import QUICK, weight
from tests.engine.oracles.comparison import FLOATS, compare
from tests.engine.oracles.weighted import LAYERS, Weighted

Arrays = dict[str, np.ndarray]
TOLERANCE = {"float64": 1e-9, "float32": 1e-4}
Answer = list[np.ndarray]
"""Results, then the gradients of the inputs, then those of the variables."""
Theirs = Callable[[Weighted, Sequence[np.ndarray], Arrays], Answer]


def drawn(name: str, layer: Weighted, floating: str) -> list[np.ndarray]:
    arrays = Case(layer.inputs).arrays(floating, zlib.crc32(name.encode()))
    return [array for array in arrays if array is not None]


def our_answer(layer: Weighted, arrays: Sequence[np.ndarray], floating: str) -> tuple[Answer, Arrays]:
    """What the engine computes, and the variables with which it did."""
    op = dataclasses.replace(layer.op, dtype=floating) if isinstance(layer.op, Embedding) else layer.op
    graph = Graph()
    inputs = [graph.placeholder(f"x{i}", array.shape, array.dtype.name) for i, array in enumerate(arrays)]
    feeds: dict[Any, object] = dict(zip(inputs, arrays, strict=True))
    results = op.apply(*inputs, name="layer")
    total = _weighed(graph, results, feeds)
    smooth = [x for x in inputs if x.spec.is_float]
    gradients = graph.gradients(total, smooth) if smooth else ()
    # A step of length one is as long as the gradient.
    step = graph.minimize(total, SGD(learning_rate=1.0))
    session = Session(graph, device="cpu")
    session.run([*results], feeds)
    rng = np.random.default_rng(3)
    weights = {path: rng.uniform(0.2, 1.2, held.shape) for path, held in session.values().items()}
    weights = {path: array.astype(floating) for path, array in weights.items()}
    session.restore(weights)
    found = session.run([*results, *gradients, step], feeds, training=layer.training)
    after = session.values()
    moved = [weights[path] - after[path] for path in weights if is_learned(path)]
    return [*(np.asarray(array) for array in found[:-1]), *moved], weights


def _weighed(graph: Graph, results: Sequence[Value], feeds: dict[Any, object]) -> Value:
    """The sum of all results, each element with a weight of its own."""
    sums = []
    for number, y in enumerate(results):
        factors = weight(np.zeros(y.spec.static_shape, y.spec.dtype), number)
        fed = graph.placeholder(f"weights{number}", factors.shape, y.spec.dtype)
        feeds[fed] = factors
        sums.append(registry.get("ReduceSum")()(y * fed))
    return sum(sums[1:], sums[0])


def is_learned(path: str) -> bool:
    """Whether a variable has a gradient, and is no running average."""
    return "/moving_" not in path


def inside(weights: Mapping[str, Any]) -> dict[str, Any]:
    """The variables by their paths in the layer."""
    return {path.removeprefix("layer/"): array for path, array in weights.items()}


def torch_answer(layer: Weighted, arrays: Sequence[np.ndarray], weights: Arrays) -> Answer:
    import torch

    leaves = {path: torch.tensor(array, requires_grad=is_learned(path)) for path, array in weights.items()}
    inputs = [torch.tensor(array, requires_grad=array.dtype.kind == "f") for array in arrays]
    results = _listed(layer.torch(torch, inside(leaves), *inputs))
    total = sum((y * torch.tensor(weight(y, number))).sum() for number, y in enumerate(results))
    asked = [x for x in (*inputs, *leaves.values()) if x.requires_grad]
    return [x.numpy(force=True) for x in (*results, *torch.autograd.grad(total, asked))]


def jax_answer(layer: Weighted, arrays: Sequence[np.ndarray], weights: Arrays) -> Answer:
    import jax

    smooth = [i for i, array in enumerate(arrays) if array.dtype.kind == "f"]
    learned = {path: array for path, array in weights.items() if is_learned(path)}

    def total(given: Sequence[Any], leaves: Mapping[str, Any]) -> tuple[Any, list[Any]]:
        inputs: list[Any] = list(arrays)
        for position, x in zip(smooth, given, strict=True):
            inputs[position] = x
        results = _listed(layer.jax(jax, inside({**weights, **leaves}), *inputs))
        return sum((y * weight(y, number)).sum() for number, y in enumerate(results)), results

    with jax.enable_x64(True):
        differentiate = jax.jit(
            jax.grad(total, argnums=(0, 1), has_aux=True),
            compiler_options=QUICK,
        )
        (of_inputs, of_weights), results = differentiate([arrays[i] for i in smooth], learned)
    return [np.asarray(x) for x in (*results, *of_inputs, *(of_weights[path] for path in learned))]


def _listed(results: Any) -> list[Any]:
    return list(results) if isinstance(results, tuple | list) else [results]


ANSWERS = [
    pytest.param(torch_answer, id="torch", marks=pytest.mark.oracle("torch")),
    pytest.param(jax_answer, id="jax", marks=pytest.mark.oracle("jax")),
]


@pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning")
@pytest.mark.parametrize("theirs", ANSWERS)
@pytest.mark.parametrize("floating", FLOATS)
@pytest.mark.parametrize("name", LAYERS)
def test_values_and_gradients_of_inputs_and_variables(name: str, floating: str, theirs: Theirs) -> None:
    layer = LAYERS[name]
    arrays = drawn(name, layer, floating)
    found, weights = our_answer(layer, arrays, floating)
    expected = theirs(layer, arrays, weights)
    assert len(found) == len(expected)
    for number, (our, their) in enumerate(zip(found, expected, strict=True)):
        compare(our, their, TOLERANCE[floating], f"answer {number} of {name}")


def test_each_layer_has_variables() -> None:
    for name, layer in LAYERS.items():
        _, weights = our_answer(layer, drawn(name, layer, "float32"), "float32")
        assert any(is_learned(path) for path in weights), name
