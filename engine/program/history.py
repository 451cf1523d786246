"""What a loop keeps for its gradient: everything that was carried into each of its iterations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from engine.ops.looping import While, with_history
from engine.program.body import given, put_in_place
from engine.program.build import ProgramBuilder
from engine.program.program import Body, number
from engine.spec import Spec
from engine.value import Call, Value


@dataclass(frozen=True)
class Kept:
    """A loop that keeps what it carries: a history for each carried value, or None where none is needed.

    Either they are as long as the limit allows, and `steps` says how many entries count; or they are
    stacked up like other outputs, and there are as many as there were iterations.
    """

    call: Call
    histories: Sequence[Value | None]
    steps: Value | None = None

    @property
    def stacked(self) -> bool:
        return self.steps is None


def keep(builder: ProgramBuilder, call: Call) -> Kept:
    """Put a loop that keeps what it carries in the place of one that may not, yet."""
    op = cast(While, call.op)
    if op.stacked:
        return _stacking(builder, call, op)
    if not op.history:
        names = with_history(op.bound.outputs)
        call = _with_more(builder, call, replace(op, history=True), names, call.bodies[1])
    return Kept(call, call.outputs[op.carried : 2 * op.carried], call.outputs[2 * op.carried])


def _stacking(builder: ProgramBuilder, call: Call, op: While) -> Kept:
    """The loop with what enters its body among what is stacked up.

    Such a loop is of any length anyway, so that nothing is gained by the room that a limit would need.
    """
    count, (_, body) = op.carried, call.bodies
    at = {number(value): count + i for i, value in enumerate(body.outputs[count:])}
    missing = [feed for feed in body.feeds[:count] if feed is not None and number(feed) not in at]
    if missing:
        total = len(body.outputs)
        at.update({number(feed): total + i for i, feed in enumerate(missing)})
        outputs = {str(i): value for i, value in enumerate([*body.outputs, *missing])}
        body = replace(body, program=replace(body.program, outputs=outputs))
        names = (*op.bound.outputs, *(f"history:{total + i}" for i in range(len(missing))))
        call = _with_more(builder, call, replace(op, stacked=op.stacked + len(missing)), names, body)
    histories = [None if feed is None else call.outputs[at[number(feed)]] for feed in body.feeds[:count]]
    return Kept(call, histories)


def _with_more(builder: ProgramBuilder, call: Call, op: While, names: tuple[str, ...], body: Body) -> Call:
    """The call in its place with another op, which has further outputs."""
    op = replace(op, bound=replace(op.bound, outputs=names))
    inputs = zip(op.bound.inputs, call.inputs, strict=False)
    specs = {name: given(value).spec.as_value() for name, value in inputs}
    bodies = (call.bodies[0], body)
    found: tuple[Spec, ...] = op.results(
        specs, [tuple(value.spec.as_value() for value in b.outputs) for b in bodies]
    )
    outputs = (*call.outputs, *(builder.new_value(spec) for spec in found[len(call.outputs) :]))
    return put_in_place(builder, call, replace(call, op=op, outputs=outputs, bodies=bodies))
