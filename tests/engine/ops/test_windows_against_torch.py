"""Convolution beside PyTorch's, on every worked case that PyTorch can compute."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.case import Case
from engine.graph.builder import Graph
from engine.op import Op
from engine.ops.windowing import Windowed
from engine.run.session import Session
from kernels.generic.windows import axes_of, each, pads_to

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]
TOLERANCE = {"float32": (2e-5, 2e-6), "float64": (1e-11, 1e-13)}


def channels_first(x: Any) -> Any:
    """PyTorch has the channels behind the batch."""
    return x.movedim(-1, 1)


def filters_first(kernel: Any) -> Any:
    """Ours is window x in x out, PyTorch's out x in x window."""
    return kernel.movedim(-1, 0).movedim(-1, 1)


def with_margins(torch: Any, op: Windowed, x: Any, window: tuple[int, ...], fill: float) -> Any:
    """The input with its margins drawn around it, because PyTorch's are the same on both sides."""
    dilations = op.settings().get("dilations", (1,))
    axes = axes_of(x.shape[2:], window, op.steps, dilations, op.padding, op.pads)
    margins = [margin for axis in reversed(axes) for margin in (axis.front, axis.behind)]
    return torch.nn.functional.pad(x, margins, value=fill)


def convolution(torch: Any, op: Any, x: Any, kernel: Any) -> Any:
    rank = x.ndim - 2
    function = (torch.nn.functional.conv1d, torch.nn.functional.conv2d, torch.nn.functional.conv3d)[rank - 1]
    given = with_margins(torch, op, channels_first(x), kernel.shape[:-2], 0.0)
    strides, dilations = each(op.strides, rank), each(op.dilations, rank)
    y = function(given, filters_first(kernel), None, strides, 0, dilations, op.groups)
    return y.movedim(1, -1)


def transposed(torch: Any, op: Any, x: Any, kernel: Any) -> Any:
    rank, functional = x.ndim - 2, torch.nn.functional
    function = (functional.conv_transpose1d, functional.conv_transpose2d, functional.conv_transpose3d)
    strides, dilations = each(op.strides, rank), each(op.dilations, rank)
    y = function[rank - 1](
        channels_first(x), filters_first(kernel), None, strides, 0, 0, op.groups, dilations
    )
    counts, window = x.shape[1:-1], kernel.shape[:-2]
    if op.sizes:
        sizes = list(op.sizes)
        pads = pads_to(op.sizes, counts, window, op.strides, op.dilations, op.padding)
        axes = axes_of(sizes, window, op.strides, op.dilations, "valid", pads)
    elif op.padding != "valid" and not op.pads:
        sizes = [size * stride for size, stride in zip(counts, strides, strict=True)]
        axes = axes_of(sizes, window, op.strides, op.dilations, op.padding, ())
    else:
        axes = axes_of(counts, window, op.strides, op.dilations, "valid", op.pads)
        more = each(op.output_padding, rank)
        sizes = [
            axis.full_size(count, "valid", op.pads) + m
            for axis, count, m in zip(axes, counts, more, strict=True)
        ]
    for position, (axis, size) in enumerate(zip(axes, sizes, strict=True)):
        # Where the stride is larger than the window, nothing reaches the end.
        missing = max(axis.front + size - y.shape[position + 2], 0)
        y = functional.pad(y, [0, 0] * (len(axes) - 1 - position) + [0, missing])
        y = y.narrow(position + 2, axis.front, size)
    return y.movedim(1, -1)


REFERENCE: dict[str, Callable[..., Any]] = {
    "Convolution": convolution,
    "ConvolutionTranspose": transposed,
}
CASES = [
    pytest.param(name, case, id=f"{name}-{number}")
    for name in REFERENCE
    for number, case in enumerate(registry.get(name).cases)
    # PyTorch refuses an input without channels.
    if not any(isinstance(shape, tuple) and shape[-1] == 0 for shape in case.inputs)
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
