"""Gradients of branches and loops: the body's gradient becomes the body of another branch or loop.

Source: Griewank and Walther, Evaluating Derivatives, 2nd ed., 2008, ch. 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from engine.op import Gradients
from engine.ops.looping import While, with_history
from engine.program.body import BodyBuilder, builder_of, given, or_zeros, put_in_place, zeros
from engine.program.build import ProgramBuilder
from engine.program.gradient import pull_back
from engine.program.program import Body, number
from engine.program.replay import Replay
from engine.value import Call, Value

Dys = Sequence[Value | None]


def of_branches(call: Call, dys: Dys) -> Gradients:
    """The gradient of the branch that was taken, which computes that branch once more."""
    builder = builder_of(call)
    inputs = [given(value) for value in call.inputs]
    wanted = [i for i, value in enumerate(inputs) if value.spec.is_float and _is_used(call, i)]

    def gradient_of(body: Body) -> list[Value]:
        inside = cast(BodyBuilder, builder.innermost)
        xs = [inside.own(inputs[i]) for i in wanted]
        return [or_zeros(dx, x) for dx, x in zip(_again(inside, body, inputs, dys, xs), xs, strict=True)]

    then, otherwise = call.bodies
    found = builder.cond(inputs[0], lambda: gradient_of(then), lambda: gradient_of(otherwise))
    return _spread(len(inputs), wanted, found)


def of_loop(call: Call, dys: Dys) -> Gradients:
    """Backwards through the iterations; each is computed once more from what was carried into it."""
    builder = builder_of(call)
    call = _with_history(builder, call)
    op = cast(While, call.op)
    count, body = op.carried, call.bodies[1]
    inputs = [given(value) for value in call.inputs]
    dys = [*dys, *[None] * (len(call.outputs) - len(dys))]
    carried = [i for i in range(count) if inputs[i].spec.is_float]
    others = [i for i in range(count, len(inputs)) if inputs[i].spec.is_float and body.feeds[i] is not None]
    histories, steps = call.outputs[count : 2 * count], call.outputs[2 * count]
    told = [i for i in carried if dys[count + i] is not None]
    start = [or_zeros(dys[i], call.outputs[i]) for i in carried]
    sums = [zeros(inputs[i]) for i in others]

    def step(before: list[Value], slices: list[Value]) -> tuple[list[Value], None]:
        inside = cast(BodyBuilder, builder.innermost)
        values = [*slices[:count], *inputs[count:]]
        upstream: list[Value | None] = [None] * count
        for place, i in enumerate(carried):
            upstream[i] = before[place]
        xs = [inside.own(values[i]) for i in [*carried, *others]]
        found = _again(inside, body, values, upstream, xs)
        grads = [or_zeros(dx, x) for dx, x in zip(found, xs, strict=True)]
        for place, i in enumerate(told):
            grads[carried.index(i)] = grads[carried.index(i)] + slices[count + place]
        for place in range(len(carried), len(grads)):
            grads[place] = before[place] + grads[place]
        return grads, None

    xs = [*histories, *(value for i in told if (value := dys[count + i]) is not None)]
    found, _ = builder.scan(step, [*start, *sums], xs, reverse=True, length=steps)
    return _spread(len(inputs), [*carried, *others], found)


def _again(
    inside: BodyBuilder, body: Body, values: Sequence[Value], dys: Dys, xs: Sequence[Value]
) -> list[Value | None]:
    """Compute a body once more on given values, and its gradients from there."""
    instead = {
        number(feed): inside.own(value)
        for name, feed, value in zip(body.inputs, body.feeds, values, strict=True)
        if feed is not None and name != body.counter
    }
    replay = Replay(inside, body, instead)
    replay.calls(body.program.calls)
    ys = [replay.value(value) for value in body.outputs]
    return pull_back(inside, ys, [dy and inside.own(dy) for dy in dys], xs)


def _with_history(builder: ProgramBuilder, call: Call) -> Call:
    """The loop in its place with another that keeps what it carries."""
    op = cast(While, call.op)
    if op.history:
        return call
    names = op.bound.outputs
    op = replace(op, history=True, bound=replace(op.bound, outputs=with_history(names)))
    inputs = zip(op.bound.inputs, call.inputs, strict=False)
    specs = {name: given(value).spec.as_value() for name, value in inputs}
    bodies = [tuple(value.spec.as_value() for value in body.outputs) for body in call.bodies]
    kept = op.results(specs, bodies)[len(names) :]
    outputs = (*call.outputs, *(builder.new_value(spec) for spec in kept))
    return put_in_place(builder, call, replace(call, op=op, outputs=outputs))


def _spread(count: int, places: Sequence[int], grads: Sequence[Value]) -> Gradients:
    """The gradients at their places among those of all inputs."""
    found = dict(zip(places, grads, strict=True))
    return tuple(found.get(i) for i in range(count))


def _is_used(call: Call, position: int) -> bool:
    return any(body.feeds[position] is not None for body in call.bodies)
