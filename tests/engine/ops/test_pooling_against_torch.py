"""Pooling beside PyTorch's, on every worked case: values, gradients, and where the largest elements lie."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.case import Case
from engine.graph.builder import Graph
from engine.op import Op
from engine.ops.max_pooling import MaxPool, MaxPoolIndices, MaxUnpool
from engine.ops.pooling import Pooling
from engine.run.session import Session
from kernels.generic.pooling import pooling_axes
from kernels.generic.windows import each

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]
TOLERANCE = {"float32": (2e-5, 2e-6), "float64": (1e-11, 1e-13)}


def with_margins(torch: Any, op: Pooling, x: Any, fill: float) -> Any:
    """The input, channels first, with its margins drawn around it: PyTorch's are the same on both sides."""
    axes = pooling_axes(x, op.window, op.strides, op.dilations, op.padding, op.pads, op.ceil_mode)
    margins = [margin for axis in reversed(axes) for margin in (axis.front, axis.behind + axis.overhang)]
    return torch.nn.functional.pad(x.movedim(-1, 1), margins, value=fill)


def largest(torch: Any, op: Any, x: Any) -> Any:
    rank, functional = x.ndim - 2, torch.nn.functional
    function = (functional.max_pool1d, functional.max_pool2d, functional.max_pool3d)[rank - 1]
    window, steps, dilations = each(op.window, rank), each(op.steps, rank), each(op.dilations, rank)
    if op.ceil_mode:
        pads = each(op.pads or (0,), rank)
        y = function(x.movedim(-1, 1), window, steps, pads, dilations, ceil_mode=True)
    else:
        y = function(with_margins(torch, op, x, float("-inf")), window, steps, 0, dilations)
    return y.movedim(1, -1)


def total(torch: Any, op: Any, x: Any) -> Any:
    """A convolution of each channel with ones."""
    rank, functional, channels = x.ndim - 2, torch.nn.functional, x.shape[-1]
    function = (functional.conv1d, functional.conv2d, functional.conv3d)[rank - 1]
    ones = torch.ones((channels, 1, *each(op.window, rank)), dtype=x.dtype)
    given = with_margins(torch, op, x, 0.0)
    return function(given, ones, None, each(op.steps, rank), 0, each(op.dilations, rank), channels).movedim(
        1, -1
    )


def mean(torch: Any, op: Any, x: Any) -> Any:
    if not op.count_margins and op.dilations != (1,):
        return total(torch, op, x) / total(torch, op, torch.ones_like(x))
    rank, functional = x.ndim - 2, torch.nn.functional
    function = (functional.avg_pool1d, functional.avg_pool2d, functional.avg_pool3d)[rank - 1]
    window, steps = each(op.window, rank), each(op.steps, rank)
    if op.ceil_mode or op.count_margins:
        pads = (
            each(op.pads, rank)
            if op.pads
            else tuple(size // 2 for size in window)
            if op.padding == "same"
            else 0
        )
        y = function(x.movedim(-1, 1), window, steps, pads, op.ceil_mode, op.count_margins)
        return y.movedim(1, -1)
    given, ones = (with_margins(torch, op, part, 0.0) for part in (x, torch.ones_like(x)))
    return (function(given, window, steps) / function(ones, window, steps)).movedim(1, -1)


REFERENCE: dict[str, Callable[..., Any]] = {"MaxPool": largest, "SumPool": total, "AveragePool": mean}
CASES = [
    pytest.param(name, case, id=f"{name}-{number}")
    for name in REFERENCE
    for number, case in enumerate(registry.get(name).cases)
    if all(isinstance(shape, tuple) for shape in case.inputs)
]


@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.parametrize(("name", "case"), CASES)
def test_values_and_gradients_are_those_of_torch(name: str, case: Case, floating: str) -> None:
    import torch

    op = registry.get(name).from_attributes(case.attributes)
    arrays = [array for array in case.arrays(floating) if array is not None]
    tensors = [torch.from_numpy(np.array(array)).requires_grad_() for array in arrays]
    expected = REFERENCE[name](torch, op, *tensors)
    weights = np.random.default_rng(1).uniform(0.5, 1.5, tuple(expected.shape)).astype(floating)
    (expected * torch.from_numpy(weights)).sum().backward()
    found, grads = ours(op, arrays, weights)
    relative, absolute = TOLERANCE[floating]
    compare(found, expected.detach().numpy(), relative, absolute)
    for grad, tensor in zip(grads, tensors, strict=True):
        assert tensor.grad is not None
        compare(grad, tensor.grad.numpy(), relative, absolute)


def compare(found: np.ndarray, expected: np.ndarray, relative: float, absolute: float) -> None:
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    np.testing.assert_allclose(found, expected, rtol=relative, atol=absolute * scale)


def ours(op: Op, arrays: list[np.ndarray], weights: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """The result of our op, and the gradients of its weighted sum."""
    graph = Graph()
    inputs = [graph.placeholder(f"x{i}", a.shape, a.dtype.name) for i, a in enumerate(arrays)]
    (result,) = graph.emit(op, inputs)
    weight = graph.placeholder("weights", weights.shape, weights.dtype.name)
    fetches = [result, *graph.gradients(result * weight, inputs)]
    feeds = {**dict(zip(inputs, arrays, strict=True)), weight: weights}
    found, *grads = Session(graph, device="cpu").run(fetches, feeds)
    return found, grads


@pytest.mark.parametrize(
    "settings", [{}, {"strides": (1,)}, {"window": (3,), "strides": (2,), "pads": (1,)}], ids=str
)
def test_indices_are_those_of_torch_and_lead_back(settings: dict[str, Any]) -> None:
    import torch

    x = np.random.default_rng(3).normal(size=(2, 6, 5, 3))
    graph = Graph()
    fed = graph.placeholder("x", x.shape, "float64")
    y, places = MaxPool(**settings)(fed), MaxPoolIndices(**settings)(fed)
    back = MaxUnpool(**settings, sizes=(6, 5))(y, places)
    found = Session(graph, device="cpu").run([y, places, back], {fed: x})
    rule = MaxPool(**settings)
    window, steps, pads = (each(part, 2) for part in (rule.window, rule.steps, rule.pads or (0,)))
    values, indices = torch.nn.functional.max_pool2d(
        torch.from_numpy(x).movedim(-1, 1), window, steps, pads, return_indices=True
    )
    unpooled = torch.zeros((2, 3, 30), dtype=torch.float64).scatter(2, indices.flatten(2), values.flatten(2))
    np.testing.assert_array_equal(found[1], indices.movedim(1, -1).numpy())
    np.testing.assert_array_equal(found[2], unpooled.reshape(2, 3, 6, 5).movedim(1, -1).numpy())
