"""Assignments in bodies: what a branch assigns it gives as well, and what a loop assigns it carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.control import Control
from engine.ops.looping import While
from engine.ops.scanning import Scan
from engine.program.program import Body, number
from engine.spec import Spec
from engine.value import Value

if TYPE_CHECKING:
    from engine.program.body import BodyBuilder


@dataclass
class Drawn:
    """An op whose bodies have been drawn: what enters, what each body gives, and what leaves."""

    op: Control
    inputs: list[Value]
    bodies: Sequence[BodyBuilder]
    results: list[list[Value]]
    specs: list[Spec]
    carried: Sequence[Mapping[int, Value]] = ()
    """For each body, what stands inside for a variable that is carried, by the keys of its other values."""


def take_assigned(drawn: Drawn) -> dict[str, int]:
    """Let a drawn op give the variables that its bodies assign; returns which of its outputs each is.

    A loop carries them: each iteration begins with what the one before has assigned, as a step begins with
    what the step before it has.
    """
    paths = list(dict.fromkeys(path for body in drawn.bodies for path in body.updates))
    if not paths:
        return {}
    entry, end = _ends(drawn)
    names = [f"assigned:{i}" for i in range(len(paths))]
    bound = drawn.op.bound
    inputs = bound.inputs
    if isinstance(drawn.op, While | Scan):
        _carry(drawn, paths, names, entry)
        inputs = (*inputs[:entry], *names, *inputs[entry:])
    outer = drawn.bodies[0].outer
    for body, results in zip(drawn.bodies, drawn.results, strict=True):
        if body.assigns:  # not the condition of a loop, which only asks
            results[end:end] = [body.current(body.variable_at(path)) for path in paths]
    drawn.specs[end:end] = [outer.variable_at(path).spec.as_value() for path in paths]
    bound = replace(bound, inputs=inputs, outputs=(*bound.outputs[:end], *names, *bound.outputs[end:]))
    drawn.op = replace(drawn.op, bound=bound)
    if isinstance(drawn.op, Scan):
        drawn.op = replace(drawn.op, carried=drawn.op.carried + len(paths))
    return {path: end + i for i, path in enumerate(paths)}


def _ends(drawn: Drawn) -> tuple[int, int]:
    """Behind which input and which output of an op the assigned variables stand."""
    op = drawn.op
    if isinstance(op, While):
        return op.carried, op.carried
    if isinstance(op, Scan):
        return int(op.bounded) + op.carried, op.carried
    return len(op.bound.inputs), len(op.bound.outputs)


def _carry(drawn: Drawn, paths: Sequence[str], names: Sequence[str], entry: int) -> None:
    """Let variables enter a loop, and stand inside for all that was read of them."""
    outer = drawn.bodies[0].outer
    reads = [outer.variable_at(path) for path in paths]
    starts = [outer.current(read) for read in reads]
    drawn.inputs[entry:entry] = starts
    instead: list[dict[int, Value]] = []
    for body in drawn.bodies:
        instead.append({})
        for name, path, read, start in zip(names, paths, reads, starts, strict=True):
            carried = body.feed(name, read.spec)
            body.name_variable(carried, path)
            for value in (read, start):
                instead[-1][number(body.own(value))] = carried
    drawn.carried = instead


def substituted(body: Body, instead: Mapping[int, Value]) -> Body:
    """The body with other values in the place of some that enter it."""

    def present(value: Value) -> Value:
        return instead.get(number(value), value)

    def all_present(values: Sequence[Value | None]) -> tuple[Value | None, ...]:
        return tuple(value and present(value) for value in values)

    program = body.program
    blocks = {
        path: replace(
            block, inputs=all_present(block.inputs), outputs=tuple(present(value) for value in block.outputs)
        )
        for path, block in program.blocks.items()
    }
    program = replace(
        program,
        calls=tuple(replace(call, inputs=all_present(call.inputs)) for call in program.calls),
        feeds={name: value for name, value in program.feeds.items() if number(value) not in instead},
        outputs={name: present(value) for name, value in program.outputs.items()},
        blocks=blocks,
    )
    return replace(body, program=program)
