"""Common subexpressions: what is computed twice from the same inputs is computed once."""

from __future__ import annotations

from dataclasses import replace

from engine.op import Op
from engine.program.program import Program, number
from engine.program.rewrite import substituted
from engine.value import Call, Value


def share(program: Program) -> Program:
    """Let the first of equal calls serve for all; equal constants count as one.

    Random ops are never equal: each has a stream of its own.
    """
    instead: dict[int, Value] = {}
    constants = _first_of_equal(program)
    seen: dict[object, Call] = {}
    calls = []
    for call in program.calls:
        inputs = tuple(value and instead.get(number(value), value) for value in call.inputs)
        kept = call if inputs == call.inputs else replace(call, inputs=inputs)
        key = (
            call.op,
            call.policy,
            tuple(value and constants.get(number(value), number(value)) for value in inputs),
        )
        # Branches and loops of one op may have different bodies.
        first = seen.setdefault(key, kept) if can_be_shared(call.op) and not call.bodies else kept
        if first is kept:
            calls.append(kept)
        else:
            pairs = zip(call.outputs, first.outputs, strict=True)
            instead.update({number(old): new for old, new in pairs})
    return substituted(replace(program, calls=tuple(calls)), instead)


def can_be_shared(op: Op) -> bool:
    """Whether a second call on the same inputs gives the same, and does nothing else."""
    return not op.has_effect and not any(port.hidden for port in op.input_ports)


def _first_of_equal(program: Program) -> dict[int, int]:
    """For each constant the key of the first one that is equal to it, bit by bit."""
    first: dict[object, int] = {}
    return {
        key: first.setdefault((array.dtype.str, array.shape, array.tobytes()), key)
        for key, array in program.constants.items()
    }
