"""Loop-invariant motion: what is the same in every iteration is computed once, before the loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.families import Broadcasting, Elementwise, Reduction
from engine.op import Op
from engine.ops.looping import While
from engine.ops.scanning import Walking
from engine.program.inline import further_keys
from engine.program.program import Body, Program, number
from engine.program.share import can_be_shared
from engine.spec import UNKNOWN
from engine.value import Call, Value

_MOVED = frozenset(
    ["MatMul", "Einsum", "Transpose", "Reshape", "ExpandDims", "Squeeze", "BroadcastTo", "Concat"]
)
"""Beside elementwise ops and reductions. None of these refuses a value: a loop that does not run at all must
not fail for what it would have computed."""

_REFUSING = frozenset(["CheckNumerics"])
"""Elementwise ops that do."""


def hoist(program: Program) -> Program:
    """Move calls out of loops that read nothing but what is the same in every iteration."""
    if not any(call.bodies for call in program.calls):
        return program
    return _hoisted(program, further_keys(program))


def _hoisted(program: Program, keys: Iterator[int]) -> Program:
    moved = _Moved(keys, dict(program.constants))
    for call in program.calls:
        # The innermost loops come first: what leaves one of them may leave the next one as well.
        bodies = tuple(replace(body, program=_hoisted(body.program, keys)) for body in call.bodies)
        kept = replace(call, bodies=bodies) if bodies else call
        moved.calls.append(moved.loop(kept, call.op) if isinstance(call.op, While | Walking) else kept)
    return replace(program, calls=tuple(moved.calls), constants=moved.constants)


@dataclass
class _Moved:
    """The calls and constants of the program around, with what was moved there."""

    keys: Iterator[int]
    constants: dict[int, np.ndarray]
    calls: list[Call] = field(default_factory=list)

    def loop(self, call: Call, op: While | Walking) -> Call:
        """The loop with what is left in its bodies; what they read instead is captured."""
        inputs = [value for value in call.inputs if value is not None]
        names = list(call.bodies[0].inputs)
        bodies = []
        for body in call.bodies:
            known = {
                number(feed): inputs[i]
                for i, feed in enumerate(body.feeds)
                if feed is not None and i >= op.changing and body.inputs[i] != body.counter
            }
            kept = [inner for inner in body.program.calls if not self._move(inner, body, known, call)]
            feeds = dict(body.program.feeds)
            for value in _missing(kept, body, known):
                names.append(f"captured:{len(names) - len(op.bound.inputs)}")
                inputs.append(known[number(value)])
                feeds[names[-1]] = value
            bodies.append(replace(body, program=replace(body.program, calls=tuple(kept), feeds=feeds)))
        fed = tuple(replace(body, inputs=tuple(names)) for body in bodies)
        return replace(call, inputs=tuple(inputs), bodies=fed)

    def _move(self, call: Call, body: Body, known: dict[int, Value], loop: Call) -> bool:
        """Move one call out of a body if all that it reads is known outside; then its results are, too."""
        constants = body.program.constants
        read = [number(value) for value in call.inputs if value is not None]
        if call.bodies or not may_move(call.op) or not _fits(call) or all(key in constants for key in read):
            return False
        if not all(key in known or key in constants for key in read):
            return False
        for value in call.inputs:
            if value is not None and number(value) not in known:
                known[number(value)] = self._outside(value, loop)
                self.constants[number(known[number(value)])] = constants[number(value)]
        inputs = tuple(value and known[number(value)] for value in call.inputs)
        outputs = tuple(self._outside(value, loop) for value in call.outputs)
        self.calls.append(replace(call, inputs=inputs, outputs=outputs))
        known.update({number(old): new for old, new in zip(call.outputs, outputs, strict=True)})
        return True

    def _outside(self, value: Value, loop: Call) -> Value:
        """A value around the loop for one inside."""
        return replace(value, builder=loop.outputs[0].builder, key=next(self.keys))


def may_move(op: Op) -> bool:
    """Whether an op gives the same in each iteration for the same inputs, and cannot fail."""
    moved = isinstance(op, Elementwise | Broadcasting | Reduction) or type(op).__name__ in _MOVED
    return moved and can_be_shared(op) and type(op).__name__ not in _REFUSING


def _fits(call: Call) -> bool:
    """Whether all sizes are known, or will be before anything runs: then what does not fit is found there."""
    ports = call.op.ports_for(len(call.inputs))
    if any(port.setting and value is not None for port, value in zip(ports, call.inputs, strict=True)):
        return False
    values = [value for value in (*call.inputs, *call.outputs) if value is not None]
    return all(value.spec.shape is not None and UNKNOWN not in value.spec.shape for value in values)


def _missing(kept: Sequence[Call], body: Body, known: Mapping[int, Value]) -> list[Value]:
    """What was moved out and is still read inside."""
    there = {number(value) for value in body.program.feeds.values()} | set(body.program.constants)
    read = [value for call in kept for value in call.inputs if value is not None]
    found = {
        number(value): value
        for value in [*read, *body.program.outputs.values()]
        if number(value) in known and number(value) not in there
    }
    return list(found.values())
