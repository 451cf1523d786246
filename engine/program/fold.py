"""Constant folding: compute once, before running, what depends on constants alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import kernels
from engine.op import Op
from engine.ops.state import Constant
from engine.program.program import Program, number

LARGEST = 1 << 20
"""Elements of the largest result that is kept; a broadcast to more is cheaper to compute than to store."""


def fold(program: Program) -> Program:
    """Replace calls on constants by their results."""
    constants = dict(program.constants)
    calls = []
    for call in program.calls:
        if isinstance(call.op, Constant):
            constants[number(call.outputs[0])] = call.op.array()
        elif _foldable(call.op) and all(v is not None and number(v) in constants for v in call.inputs):
            inputs = [constants[number(value)] for value in call.inputs if value is not None]
            try:
                results = evaluate(call.op, inputs)
            except kernels.Refusal:
                calls.append(call)  # it is refused when it runs, with the name of its node
                continue
            if sum(result.size for result in results) > LARGEST:
                calls.append(call)
                continue
            constants.update({number(v): r for v, r in zip(call.outputs, results, strict=True)})
        else:
            calls.append(call)
    return replace(program, calls=tuple(calls), constants=constants)


def evaluate(op: Op, inputs: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    """Compute one call with the generic kernel on the CPU."""
    entry = kernels.find(op.kernel_name(), "cpu")
    with np.errstate(all="ignore"):
        result = entry.function(np, *inputs, **op.settings())
    return tuple(np.asarray(r) for r in (result if isinstance(result, tuple) else (result,)))


def _foldable(op: Op) -> bool:
    return bool(op.input_ports) and not op.has_effect and not any(port.hidden for port in op.input_ports)
