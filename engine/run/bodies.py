"""Branches and loops in a program that runs call by call: bound anew whenever they are given other sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from engine.control import Control
from engine.errors import KernelError
from engine.ops.branching import If
from engine.ops.function import Call as FunctionCall
from engine.program.fold import bind_bodies
from engine.program.program import Body, Program
from engine.spec import Spec, spec_of
from engine.value import Call

Array = Any
Feeds = dict[str, Array]
Run = Callable[[Program, Feeds], dict[str, Array]]
"""Runs a bound program once."""


def run_bodies(call: Call, inputs: Sequence[Array], run: Run) -> tuple[Array, ...]:
    """What a call with bodies gives, now that the sizes of its inputs are known."""
    assert isinstance(call.op, Control)
    bodies, specs = bind_bodies(call.op, call.bodies, [spec_of(array) for array in inputs])
    known = _alone(replace(call, bodies=bodies), inputs, specs)
    if known.is_static:
        found = run(known, {str(index): array for index, array in enumerate(inputs)})
    else:
        body = _chosen(call.op, bodies, inputs)
        given = dict(zip(body.inputs, inputs, strict=True))
        found = run(body.program, {name: given[name] for name in body.program.feeds})
    return tuple(found[str(index)] for index in range(len(call.outputs)))


def _alone(call: Call, inputs: Sequence[Array], specs: Sequence[Spec]) -> Program:
    """A program of nothing but the call, with the sizes that are known now."""
    given = [value for value in call.inputs if value is not None]
    feeds = [replace(value, spec=spec_of(array)) for value, array in zip(given, inputs, strict=True)]
    outputs = [replace(value, spec=spec) for value, spec in zip(call.outputs, specs, strict=True)]
    bound = replace(call, inputs=tuple(feeds), outputs=tuple(outputs))
    named = [{str(index): value for index, value in enumerate(values)} for values in (feeds, outputs)]
    return Program((bound,), named[0], {}, {}, named[1], {})


def _chosen(op: Control, bodies: Sequence[Body], inputs: Sequence[Array]) -> Body:
    """The one body that runs, once; its sizes need not be known before."""
    if isinstance(op, FunctionCall):
        return bodies[0]
    if isinstance(op, If):
        return bodies[0 if bool(inputs[0]) else 1]
    raise KernelError(
        "sizes inside the loop depend on values.", hint="Move NonZero and its kin out of it, or use Where."
    )
