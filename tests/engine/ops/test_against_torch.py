"""Values and gradients of the ops beside PyTorch's, on every worked case of each op."""

import math
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.case import Case, Sample
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.settings import settle, without_settings
from engine.value import Value

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]


# Ops that PyTorch has as a function of tensors alone: its place in the module torch.
PLAIN = {
    "Add": "add",
    "Subtract": "sub",
    "Multiply": "mul",
    "Divide": "div",
    "FloorDivide": "floor_divide",
    "Mod": "remainder",
    "Power": "pow",
    "Maximum": "maximum",
    "Minimum": "minimum",
    "Negate": "neg",
    "Abs": "abs",
    "Sign": "sign",
    "Square": "square",
    "Sqrt": "sqrt",
    "Rsqrt": "rsqrt",
    "Reciprocal": "reciprocal",
    "Exp": "exp",
    "Expm1": "expm1",
    "Log": "log",
    "Log1p": "log1p",
    "Sin": "sin",
    "Cos": "cos",
    "Tan": "tan",
    "Erf": "erf",
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "round",
    "IsFinite": "isfinite",
    "Where": "where",
    "Relu": "nn.functional.relu",
    "Selu": "nn.functional.selu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softsign": "nn.functional.softsign",
    "Silu": "nn.functional.silu",
}
# The others, from the module torch, the attributes and the tensors.
WITH_SETTINGS: dict[str, Callable[..., Any]] = {
    "Clip": lambda t, a, x: t.clamp(x, a["low"], a["high"]),
    "MatMul": lambda t, a, x, y: t.matmul(turned(x, a["transpose_a"]), turned(y, a["transpose_b"])),
    "ReduceSum": lambda t, a, x: t.sum(x, a["axes"] or None, a["keep_dims"], dtype=x.dtype),
    "ReduceMean": lambda t, a, x: t.mean(x, a["axes"] or None, a["keep_dims"]),
    "ReduceMax": lambda t, a, x: t.amax(x, a["axes"], a["keep_dims"]),
    "ReduceMin": lambda t, a, x: t.amin(x, a["axes"], a["keep_dims"]),
    "ArgMax": lambda t, a, x: extreme_place(t.argmax, t, a, x),
    "ArgMin": lambda t, a, x: extreme_place(t.argmin, t, a, x),
    "Transpose": lambda _, a, x: x.permute(a["permutation"] or tuple(reversed(range(x.ndim)))),
    "Tile": lambda t, a, x, *wired: t.tile(x, wired[0].tolist() if wired else a["multiples"]),
    "SplitAxis": lambda _, a, x: x.unflatten(a["axis"], a["sizes"]),
    "MergeAxes": lambda _, a, x: x.flatten(a["axis"] % x.ndim, a["axis"] % x.ndim + a["count"] - 1),
    "Positions": lambda t, a, x: t.arange(x.shape[a["axis"]]),
    "Concat": lambda t, a, *xs: t.cat(xs, a["axis"]),
    "Stack": lambda t, a, *xs: t.stack(xs, a["axis"]),
    "LeakyRelu": lambda t, a, x: t.nn.functional.leaky_relu(x, a["slope"]),
    "Elu": lambda t, a, x: t.nn.functional.elu(x, a["alpha"]),
    "HardSigmoid": lambda t, a, x: t.clamp(x * a["alpha"] + a["beta"], 0, 1),
    "Softplus": lambda t, a, x: t.nn.functional.softplus(x, a["beta"], threshold=40),
    "Gelu": lambda t, a, x: t.nn.functional.gelu(x, approximate="tanh" if a["approximate"] else "none"),
    "Softmax": lambda t, a, x: t.softmax(x, a["axis"]),
    "LogSoftmax": lambda t, a, x: t.log_softmax(x, a["axis"]),
    "SigmoidCrossEntropy": lambda t, _, x, y: t.nn.functional.binary_cross_entropy_with_logits(
        x, y, reduction="none"
    ),
    "SparseSoftmaxCrossEntropy": lambda t, _, x, labels: t.nn.functional.cross_entropy(
        x.reshape(math.prod(x.shape[:-1]), x.shape[-1]), labels.reshape(-1).long(), reduction="none"
    ).reshape(labels.shape),
}


def extreme_place(find: Callable[..., Any], torch: Any, settings: dict[str, Any], x: Any) -> Any:
    """Where an extreme lies: the first of equal ones, or the last."""
    axis = settings["axis"]
    if not settings["last"]:
        return find(x, axis, settings["keep_dims"])
    return x.shape[axis] - 1 - find(torch.flip(x, (axis,)), axis, settings["keep_dims"])


def turned(matrix: Any, transposed: bool) -> Any:
    """The matrix as the product takes it; a vector has no other side."""
    return matrix.mT if transposed and matrix.ndim > 1 else matrix


def reference(op: Op, torch: Any, tensors: Sequence[Any]) -> Any:
    """What PyTorch computes for the op."""
    name = type(op).__name__
    if name in PLAIN:
        return attrgetter(PLAIN[name])(torch)(*tensors)
    return WITH_SETTINGS[name](torch, op.settings(), *tensors)


def of_nothing(op: str, case: Case) -> bool:
    """Whether PyTorch refuses the case: extremes of no elements."""
    shapes = [x if isinstance(x, tuple) else x.shape for x in case.inputs if x is not None]
    return op in ("ReduceMax", "ReduceMin", "ArgMax", "ArgMin") and any(0 in shape for shape in shapes)


def of_complex(case: Case) -> bool:
    """Complex numbers are compared in a file of their own, with a loss that is real."""
    return any(isinstance(given, Sample) and given.dtype == "complex" for given in case.inputs)


CASES = [
    pytest.param(name, case, id=f"{name}-{number}")
    for name in (*PLAIN, *WITH_SETTINGS)
    for number, case in enumerate(registry.get(name).cases)
    if not of_nothing(name, case) and not of_complex(case)
]


@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.parametrize(("name", "case"), CASES)
def test_values_and_gradients_are_those_of_torch(name: str, case: Case, floating: str) -> None:
    import torch

    op = registry.get(name).from_attributes(case.attributes)
    arrays = [array for array in case.arrays(floating) if array is not None]
    tensors = [torch.from_numpy(np.array(array)) for array in arrays]
    chosen = [i for i, array in enumerate(arrays) if array.dtype.kind == "f"] if case.gradient else []
    for position in chosen:
        tensors[position].requires_grad_()
    expected = reference(settle(op, arrays), torch, without_settings(op, tensors))
    weights = np.random.default_rng(1).uniform(0.5, 1.5, expected.shape).astype(floating)
    if chosen:
        (expected * torch.from_numpy(np.array(weights))).sum().backward()
    found, grads = ours(op, arrays, chosen, weights)
    tolerance = {"float32": (2e-5, 2e-6), "float64": (1e-11, 1e-13)}[floating]
    compare(found, expected.detach().numpy(), *tolerance)
    for position, grad in zip(chosen, grads, strict=True):
        slope = tensors[position].grad
        assert slope is not None
        compare(grad, slope.numpy(), *tolerance)


def compare(found: np.ndarray, expected: np.ndarray, relative: float, absolute: float) -> None:
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    if found.dtype.kind == "f":
        np.testing.assert_allclose(found, expected, rtol=relative, atol=absolute)
    else:
        np.testing.assert_array_equal(found, expected)


def ours(
    op: Op, arrays: list[np.ndarray], chosen: list[int], weights: np.ndarray
) -> tuple[np.ndarray, list[np.ndarray]]:
    """The result of our op, and the gradients of its weighted sum."""
    graph = Graph()
    inputs = [graph.placeholder(f"x{i}", a.shape, a.dtype.name) for i, a in enumerate(arrays)]
    (result,) = graph.emit(op, inputs)
    feeds: dict[str | Value, object] = dict(zip(inputs, arrays, strict=True))
    fetches = [result]
    if chosen:
        weight = graph.placeholder("weights", weights.shape, weights.dtype.name)
        feeds[weight] = weights
        fetches += graph.gradients(result * weight, [inputs[i] for i in chosen])
    found, *grads = Session(graph, device="cpu").run(fetches, feeds)
    return found, grads
