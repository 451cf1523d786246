"""Bodies written out: what a called function does, or the branch that runs, takes the place of the call."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.ops.conversion import Identity
from engine.ops.function import Call as FunctionCall
from engine.ops.function import CustomGradient
from engine.program.program import BlockCall, Body, Program, is_result, number
from engine.program.rewrite import all_keys
from engine.value import Builder, Call, Value

Which = Callable[[Call, Mapping[int, np.ndarray]], int | None]
"""Says which body of a call takes its place, from the constants around it; None where the call stays."""


def inline(program: Program) -> Program:
    """Write all functions out, also inside branches and loops. What is computed stays the same.

    All gradients have been drawn by then, so that one's own are not needed any more.
    """
    return with_bodies_written(program, further_keys(program), _of_any_function)


def of_function(call: Call, _: Mapping[int, np.ndarray]) -> int | None:
    """Which body of a call of a function is written out: its only one."""
    return 0 if isinstance(call.op, FunctionCall) and call.bodies else None


def _of_any_function(call: Call, _: Mapping[int, np.ndarray]) -> int | None:
    return 0 if isinstance(call.op, FunctionCall | CustomGradient) and call.bodies else None


def with_bodies_written(program: Program, keys: Iterator[int], which: Which) -> Program:
    """The program with the bodies that are chosen in the place of their calls, the innermost ones first."""
    written = write_out(program.calls, program.constants, keys, which)
    if written is None:
        return program
    return replace(
        program,
        calls=tuple(written.calls),
        constants={**program.constants, **written.constants},
        blocks={**program.blocks, **written.blocks},
        outputs={**program.outputs, **written.watched},
    )


@dataclass
class Written:
    """Calls without functions, and what came with them."""

    calls: list[Call] = field(default_factory=list)
    constants: dict[int, np.ndarray] = field(default_factory=dict)
    blocks: dict[str, BlockCall] = field(default_factory=dict)
    watched: dict[str, Value] = field(default_factory=dict)
    """What bodies gave beside their results, for who looks inside."""


def write_out(
    calls: Sequence[Call],
    constants: Mapping[int, np.ndarray],
    keys: Iterator[int],
    which: Which = of_function,
) -> Written | None:
    """Write out the bodies that are chosen, with further keys for their values; None where there are none."""
    written = Written()
    changed = False
    for given in calls:
        programs = [with_bodies_written(body.program, keys, which) for body in given.bodies]
        bodies = tuple(replace(b, program=new) for b, new in zip(given.bodies, programs, strict=True))
        changed |= any(new.program is not old.program for new, old in zip(bodies, given.bodies, strict=True))
        call = replace(given, bodies=bodies) if bodies else given
        chosen = which(call, constants)
        if chosen is None:
            written.calls.append(call)
        else:
            _Place(call, call.bodies[chosen], keys).write(written)
            changed = True
    return written if changed else None


def further_keys(program: Program) -> Iterator[int]:
    """Keys that neither a program nor a body in it has used yet."""
    return itertools.count(1 + max(_all_keys(program), default=0))


def _all_keys(program: Program) -> Iterator[int]:
    """The keys of a program and of all bodies in it."""
    yield from all_keys(program)
    for call in program.calls:
        for body in call.bodies:
            yield from _all_keys(body.program)


class _Place:
    """One call whose body takes its place: each value inside becomes one outside."""

    def __init__(self, call: Call, body: Body, keys: Iterator[int]) -> None:
        self._keys = keys
        self._call, self._body = call, body
        self._builder: Builder = call.outputs[0].builder
        self._outside: dict[int, Value] = {
            number(feed): given
            for feed, given in zip(body.feeds, call.inputs, strict=True)
            if feed is not None and given is not None
        }
        self._outside_keys = {key: number(value) for key, value in self._outside.items()}
        made = {number(value) for inner in body.program.calls for value in inner.outputs}
        self._handed: list[tuple[Value, Value]] = []
        for result, output in zip(body.outputs, call.outputs, strict=True):
            if number(result) in made and number(result) not in self._outside:
                self._outside[number(result)] = output
                self._outside_keys[number(result)] = number(output)
            else:
                self._handed.append((result, output))

    def write(self, written: Written) -> None:
        call, program = self._call, self._body.program
        for inner in program.calls:
            written.calls.append(
                replace(
                    inner,
                    inputs=tuple(value and self._value(value) for value in inner.inputs),
                    outputs=tuple(self._value(value) for value in inner.outputs),
                )
            )
        for key, array in program.constants.items():
            written.constants[self._key(key)] = array
        for name, value in program.outputs.items():
            if not is_result(name):
                written.watched[name] = self._value(value)
        for result, output in self._handed:
            handed = Call(
                Identity(), (self._value(result),), (output,), f"{call.path}/identity", policy=call.policy
            )
            written.calls.append(handed)
        for path, block in program.blocks.items():
            inputs = tuple(value and self._value(value) for value in block.inputs)
            outputs = tuple(self._value(value) for value in block.outputs)
            written.blocks[path] = replace(block, inputs=inputs, outputs=outputs)
        written.blocks[call.path] = BlockCall(call.op, call.path, call.inputs, call.outputs, call.policy)

    def _key(self, key: int) -> int:
        """The key outside of a value inside."""
        if key not in self._outside_keys:
            self._outside_keys[key] = next(self._keys)
        return self._outside_keys[key]

    def _value(self, value: Value) -> Value:
        if number(value) not in self._outside:
            self._outside[number(value)] = replace(value, builder=self._builder, key=self._key(number(value)))
        return self._outside[number(value)]
