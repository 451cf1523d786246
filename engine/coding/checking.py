"""The check of code before it is kept: forward on small random tensors, backward against its slopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.coding.signature import ANY_AXES, Tensor
from engine.errors import FlowscopeError
from engine.ops.python import Python, PythonGradient
from engine.spec import UNKNOWN, same_shape, spec_of
from kernels import Refusal, find

SIZES = (3, 2, 4, 5)
"""What named sizes are for the check, one after the other: no two are equal, so that none hides another."""
STEP, TOLERANCE = 1e-6, 1e-4
Arrays = list[np.ndarray]


def check_code(op: Python) -> tuple[str, ...]:
    """What is wrong with the code, in sentences; nothing where all is right. The code must be trusted.

    Inputs are drawn between -1 and 1 in float64; each named size is a number of its own, `...` is one axis.
    """
    try:
        source = op.source()
        inputs = _inputs(op.parsed.inputs)
        outputs = _forward(op, inputs)
        shapes = op.parsed.infer([spec_of(array) for array in inputs])
        problems = _misfits(op.parsed.outputs, shapes, outputs)
        pairs = zip(outputs, _forward(op, inputs), strict=True)
        if not all(np.array_equal(a, b, equal_nan=True) for a, b in pairs):
            problems.append("forward gives something else each time it is called with the same inputs.")
        if not problems and source.backward is not None:
            problems += _wrong_gradients(op, inputs, outputs)
    except (FlowscopeError, Refusal) as error:
        problems = [f"{error.what} {error.hint}".strip()]
    return tuple(f"{problem[:1].upper()}{problem[1:]}" for problem in problems)


def _inputs(tensors: Sequence[Tensor]) -> Arrays:
    rng = np.random.default_rng(0)
    named: dict[str, int] = {}
    arrays = []
    for tensor in tensors:
        shape = []
        for size in tensor.sizes:
            if size == ANY_AXES:
                shape.append(2)
            elif size.isdecimal():
                shape.append(int(size))
            else:
                unknown = size == UNKNOWN
                shape.append(SIZES[0] if unknown else named.setdefault(size, SIZES[len(named) % len(SIZES)]))
        arrays.append(rng.uniform(-1.0, 1.0, shape))
    return arrays


def _forward(op: Python, inputs: Arrays) -> Arrays:
    return _listed(find("python", "cpu").function(np, *inputs, **op.settings()))


def _listed(result: Any) -> Arrays:
    return [np.asarray(array) for array in (result if isinstance(result, tuple) else (result,))]


def _misfits(tensors: Sequence[Tensor], shapes: Sequence[Any], outputs: Arrays) -> list[str]:
    return [
        f"forward gave {_text(array.shape)} for {tensor.name}; the signature says {_text(shape)}."
        for tensor, shape, array in zip(tensors, shapes, outputs, strict=True)
        if not same_shape(shape, array.shape)
    ]


def _wrong_gradients(op: Python, inputs: Arrays, outputs: Arrays) -> list[str]:
    """Compare backward with central differences of a weighted sum of the outputs."""
    rng = np.random.default_rng(1)
    weights = [rng.uniform(0.5, 1.5, array.shape) for array in outputs]
    everything = tuple(range(len(inputs)))
    back = PythonGradient(code=op.code, wanted=everything, inputs_count=len(inputs), arguments=op.arguments)
    function = find("python_gradient", "cpu").function
    found = _listed(function(np, *inputs, *outputs, *weights, **back.settings()))

    def total(given: Arrays) -> float:
        return sum(float(np.sum(y * w)) for y, w in zip(_forward(op, given), weights, strict=True))

    problems = []
    for position, tensor in enumerate(op.parsed.inputs):
        gradient = found[position]
        if gradient.shape != inputs[position].shape:
            made, wanted = _text(gradient.shape), _text(inputs[position].shape)
            problems.append(f"backward gave {made} for {tensor.name}, which is {wanted}.")
        elif (where := _first_wrong(total, inputs, position, gradient)) is not None:
            place, slope = where
            problems.append(
                f"backward says that the gradient of {tensor.name} at {list(place)} is "
                f"{gradient[place]:.6g}; the slope of forward there is {slope:.6g}."
            )
    return problems


def _first_wrong(
    total: Callable[[Arrays], float], inputs: Arrays, position: int, gradient: np.ndarray
) -> tuple[tuple[int, ...], float] | None:
    for place in np.ndindex(gradient.shape):
        values = []
        for sign in (1, -1):
            moved = [array.copy() for array in inputs]
            moved[position][place] += sign * STEP
            values.append(total(moved))
        slope = (values[0] - values[1]) / (2 * STEP)
        if not abs(slope - gradient[place]) <= TOLERANCE * max(1.0, abs(slope)):
            return place, slope
    return None


def _text(shape: Sequence[object]) -> str:
    return " x ".join(map(str, shape)) or "scalar"
