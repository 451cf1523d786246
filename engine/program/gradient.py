"""Reverse-mode differentiation: it walks the calls backwards and writes the gradient as more calls.

Source: reverse accumulation; Griewank and Walther, Evaluating Derivatives, 2nd ed., 2008, ch. 3.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine import registry
from engine.errors import FlowscopeError, SpecError
from engine.program.program import number
from engine.value import Call, Value

if TYPE_CHECKING:
    from engine.program.build import ProgramBuilder


def differentiate(
    builder: ProgramBuilder,
    y: Value,
    xs: Sequence[Value],
    upstream: Value | None = None,
    stop: Collection[int] = (),
) -> tuple[Value, ...]:
    """dy/dx for each x. Without an upstream gradient a y that is no scalar counts as its elements' sum.

    An x that y does not depend on has the gradient zero, and so has one whose key is in `stop`.
    """
    if upstream is not None and upstream.spec.shape != y.spec.shape:
        raise SpecError(
            f"the upstream gradient is {upstream.spec}, and y is {y.spec}.", hint="Give both one shape."
        )
    if upstream is None:
        upstream = _ones(builder, y)
    zeros = registry.get("ZerosLike")
    grads = pull_back(builder, [y], [upstream], xs, stop)
    return tuple(zeros()(x) if grad is None else grad for x, grad in zip(xs, grads, strict=True))


def pull_back(
    builder: ProgramBuilder,
    ys: Sequence[Value],
    dys: Sequence[Value | None],
    xs: Sequence[Value],
    stop: Collection[int] = (),
) -> list[Value | None]:
    """The gradients of the xs from those of the ys, as more calls; None where none flows."""
    builder.write_out_functions()
    before = tuple(builder.calls)  # the walk appends to them
    touched = _influenced(before, xs, stop)
    grads: dict[int, Value] = {}

    def add(value: Value, dx: Value) -> None:
        found = grads.get(number(value))
        grads[number(value)] = dx if found is None else found + dx

    for y, dy in zip(ys, dys, strict=True):
        if dy is not None and number(y) in touched:
            add(y, dy)
    for call in reversed(before):
        given = [grads.get(number(value)) for value in call.outputs]
        flows = any(value is not None and number(value) in touched for value in call.inputs)
        if not flows or not call.op.differentiable or all(dy is None for dy in given):
            continue
        with builder.naming(f"{call.path.replace('/', '_')}_"), builder.run_as(call.policy):
            try:
                dxs = call.op.gradient(call, *given)
            except FlowscopeError as error:
                raise error.at(call.path, type(call.op).__name__) from None
            for value, dx in zip(call.inputs, dxs, strict=True):
                if value is not None and dx is not None and number(value) in touched:
                    add(value, dx)
    return [grads.get(number(x)) for x in xs]


def calls_between(calls: Sequence[Call], x: Value, y: Value) -> tuple[Call, ...]:
    """The calls that depend on x, and that y depends on, in order."""
    needed, touched, found = dependencies(calls, y), {number(x)}, []
    for call in calls:
        if any(value is not None and number(value) in touched for value in call.inputs):
            touched |= {number(value) for value in call.outputs}
            if any(number(value) in needed for value in call.outputs):
                found.append(call)
    return tuple(found)


def repeated(builder: ProgramBuilder, calls: Sequence[Call], instead: dict[int, Value]) -> dict[int, Value]:
    """Write calls once more, on other values; returns what now stands for which value."""
    made = dict(instead)
    for call in calls:
        inputs = tuple(value and builder.own(made.get(number(value), value)) for value in call.inputs)
        outputs = tuple(builder.new_value(value.spec) for value in call.outputs)
        path = builder.free_path(call.path.rpartition("/")[2])
        builder.calls.append(replace(call, inputs=inputs, outputs=outputs, path=path))
        made.update({number(old): new for old, new in zip(call.outputs, outputs, strict=True)})
    return made


def dependencies(calls: Sequence[Call], y: Value) -> set[int]:
    """The keys of all values that y depends on, y itself among them."""
    needed = {number(y)}
    for call in reversed(calls):
        if any(number(value) in needed for value in call.outputs):
            needed |= {number(value) for value in call.inputs if value is not None}
    return needed


def _influenced(calls: Sequence[Call], xs: Sequence[Value], stop: Collection[int]) -> set[int]:
    """The keys of all values that depend on an x through differentiable calls, and of the xs.

    What has its key in `stop` depends on nothing.
    """
    touched = {number(x) for x in xs}.difference(stop)
    for call in calls:
        if call.op.differentiable and any(v is not None and number(v) in touched for v in call.inputs):
            outputs = (number(value) for value in call.outputs if value.spec.is_differentiable)
            touched |= set(outputs).difference(stop)
    return touched


def _ones(builder: ProgramBuilder, y: Value) -> Value:
    if y.spec.shape == ():
        return builder.constant(1.0, y.spec.dtype)
    return registry.get("OnesLike")()(y)
