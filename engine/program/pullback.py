"""Gradients of branches and loops: the body's gradient becomes the body of another branch or loop.

Source: Griewank and Walther, Evaluating Derivatives, 2nd ed., 2008, ch. 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from engine.op import Gradients
from engine.program.body import BodyBuilder, builder_of, given, or_zeros, zeros
from engine.program.gradient import pull_back
from engine.program.history import keep
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
    kept = keep(builder, call)
    call, count = kept.call, len(kept.histories)
    body = call.bodies[1]
    inputs = [given(value) for value in call.inputs]
    carried = [i for i in range(count) if inputs[i].spec.is_float]
    others = [i for i in range(count, len(inputs)) if inputs[i].spec.is_float and body.feeds[i] is not None]
    told = {k: dy for k, dy in enumerate(dys) if k >= count and dy is not None}
    start = [or_zeros(dys[i], call.outputs[i]) for i in carried]
    sums = [zeros(inputs[i]) for i in others]

    def step(before: list[Value], slices: list[Value]) -> tuple[list[Value], None]:
        inside = cast(BodyBuilder, builder.innermost)
        rest = iter(slices)
        known = zip(call.outputs, kept.histories, strict=False)
        values = [*(last if history is None else next(rest) for last, history in known), *inputs[count:]]
        upstream = dict(zip(carried, before, strict=False))
        upstream.update(zip(told, rest, strict=True))
        xs = [inside.own(values[i]) for i in [*carried, *others]]
        found = _again(inside, body, values, [upstream.get(k) for k in range(len(body.outputs))], xs)
        grads = [or_zeros(dx, x) for dx, x in zip(found, xs, strict=True)]
        for place, i in enumerate(carried):
            history = count + i  # a gradient that comes to what was carried into this iteration itself
            if not kept.stacked and history in told:
                grads[place] = grads[place] + upstream[history]
        for place in range(len(carried), len(grads)):
            grads[place] = before[place] + grads[place]
        return grads, None

    xs = [*(history for history in kept.histories if history is not None), *told.values()]
    found, _ = builder.scan(step, [*start, *sums], xs, reverse=True, length=kept.steps)
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


def _spread(count: int, places: Sequence[int], grads: Sequence[Value]) -> Gradients:
    """The gradients at their places among those of all inputs."""
    found = dict(zip(places, grads, strict=True))
    return tuple(found.get(i) for i in range(count))


def _is_used(call: Call, position: int) -> bool:
    return any(body.feeds[position] is not None for body in call.bodies)
