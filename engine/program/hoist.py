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
from engine.value import Call, Value

_MOVED = frozenset(
    ["MatMul", "Einsum", "Cast", "Transpose", "Reshape", "ExpandDims", "Squeeze", "BroadcastTo", "Concat"]
)
"""Beside elementwise ops and reductions. All of these never refuse a value: a loop that does not run at all
must not fail for what it would have computed."""


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
        bound = tuple(replace(body, inputs=tuple(names)) for body in bodies)
        return replace(call, inputs=tuple(inputs), bodies=bound)

    def _move(self, call: Call, body: Body, known: dict[int, Value], loop: Call) -> bool:
        """Move one call out of a body if all that it reads is known outside; then its results are, too."""
        constants = body.program.constants
        read = [number(value) for value in call.inputs if value is not None]
        if call.bodies or not _may_move(call.op) or all(key in constants for key in read):
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


def _may_move(op: Op) -> bool:
    return isinstance(op, Elementwise | Broadcasting | Reduction) or type(op).__name__ in _MOVED


def _missing(kept: Sequence[Call], body: Body, known: Mapping[int, Value]) -> list[Value]:
    """What was moved out and is still read inside."""
    there = {number(value) for value in body.program.feeds.values()} | set(body.program.constants)
    read = [value for call in kept for value in call.inputs if value is not None]
    found = {
        number(value): value
        for value in [*read, *body.outputs]
        if number(value) in known and number(value) not in there
    }
    return list(found.values())
