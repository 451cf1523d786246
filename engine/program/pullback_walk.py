"""Gradients of walks over slices: a walk back, over what was saved on the way there.

Source: Frostig et al., Decomposing Reverse-Mode Automatic Differentiation, 2021.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from engine.op import Gradients
from engine.ops.linear import MatMul
from engine.ops.scanning import Walking
from engine.ops.shaping import Transpose
from engine.program.body import BodyBuilder, Captures, builder_of, given, or_zeros, put_in_place, zeros
from engine.program.build import ProgramBuilder
from engine.program.gradient import pull_back
from engine.program.program import Body, number
from engine.program.replay import Replay
from engine.spec import UNKNOWN
from engine.value import Call, Value


def of_walk(call: Call, dys: Sequence[Value | None]) -> Gradients:
    """Walk in the other direction, with the gradients of what is carried and sums of the others."""
    builder = builder_of(call)
    back = _Back(builder, call, dys)
    start = [or_zeros(dys[k], call.outputs[k]) for k in back.carried]
    sums = [zeros(given(call.inputs[i])) for i in back.constant]
    walk = back.walk
    length = call.inputs[0] if walk.bounded else None
    last, stacked = builder.scan(
        back.step,
        [*start, *sums],
        back.sequences(),
        axis=walk.axis,
        reverse=not walk.reverse,
        length=length,
    )
    found = dict(zip([*(back.first + k for k in back.carried), *back.constant], last, strict=True))
    found.update(zip(back.cut, stacked, strict=True))
    return tuple(found.get(i) for i in range(len(call.inputs)))


class _Back:
    """A walk in two halves: the body that also saves, and the step that goes back over what it saved."""

    def __init__(self, builder: ProgramBuilder, call: Call, dys: Sequence[Value | None]) -> None:
        self._builder, self._call, self._dys = builder, call, dys
        self.walk = walk = cast(Walking, call.op).walk
        self.first = int(walk.bounded)
        floats = [value.spec.is_float for value in call.outputs]
        self.carried = [k for k in range(walk.carried) if floats[k]]
        """Outputs that are carried and have a gradient."""
        self._told = [k for k in range(walk.carried, len(dys)) if floats[k] and dys[k] is not None]
        """Stacked outputs from which a gradient comes."""
        self._half = half = _halved(builder, call, [*self.carried, *self._told])
        self._saved = _saving(builder, call, half)
        behind = self.first + walk.carried
        ends = range(behind, behind + walk.sequences)
        self.cut = [i for i in ends if half.grads[i] is not None]
        """Inputs that are cut into slices and have a gradient."""
        self.constant = [i for i in range(ends.stop, len(call.inputs)) if half.grads[i] is not None]
        """Inputs that are the same for each slice and have a gradient."""
        self._ends = ends
        self._turned: list[Value] = []
        """Matrices that each step would have turned around: they are once, before the walk."""
        self._backward = [self._plain(inner) for inner in half.backward]

    def sequences(self) -> list[Value]:
        """What is walked over on the way back."""
        cut = [given(self._call.inputs[i]) for i in self._ends]
        return [*cut, *(given(self._dys[k]) for k in self._told), *self._saved]

    def _plain(self, call: Call) -> Call:
        """A call of the way back, which reads a matrix that is the same in each step as it is multiplied."""
        op, constant = call.op, range(self._ends.stop, len(self._half.feeds))
        if not isinstance(op, MatMul) or not op.transpose_b or given(call.inputs[1]).spec.rank != 2:
            return call
        places = {number(self._half.feeds[i]): given(self._call.inputs[i]) for i in constant}
        matrix = places.get(number(given(call.inputs[1])))
        if matrix is None:
            return call
        self._turned.append(Transpose(permutation=(1, 0))(matrix))
        return replace(call, op=replace(op, transpose_b=False), inputs=(call.inputs[0], self._turned[-1]))

    def step(self, before: Sequence[Value], slices: Sequence[Value]) -> tuple[list[Value], list[Value]]:
        """One step back: the gradients of what was carried into a step from those of what left it."""
        half, count = self._half, len(self.carried)
        rest = iter(slices)
        instead = {number(half.feeds[i]): next(rest) for i in self._ends}
        instead.update({number(half.upstream[k]): next(rest) for k in self._told})
        instead.update({number(value): next(rest) for value in half.saved})
        instead.update({number(half.upstream[k]): dy for k, dy in zip(self.carried, before, strict=False)})
        for i in (*range(self.first), *range(self._ends.stop, len(half.feeds))):
            if half.body.inputs[i] != half.body.counter:
                instead[number(half.feeds[i])] = given(self._call.inputs[i])
        instead.update({number(value): value for value in self._turned})
        replay = Replay(cast(BodyBuilder, self._builder.innermost), half.body, instead)
        replay.calls(self._backward)

        def grad(i: int, like: Value) -> Value:
            found = half.grads[i]
            return zeros(like) if found is None else replay.value(found)

        carried = [grad(self.first + k, dy) for k, dy in zip(self.carried, before, strict=False)]
        sums = [total + grad(i, total) for i, total in zip(self.constant, before[count:], strict=True)]
        return [*carried, *sums], [replay.value(given(half.grads[i])) for i in self.cut]


@dataclass(frozen=True)
class _Half:
    """A body and its gradient. `saved` is what the calls of the backward half use of those of the other."""

    body: Body
    """The body that gives, behind its outputs, what is saved."""
    captured: tuple[Value, ...]
    feeds: list[Value]
    backward: list[Call]
    upstream: dict[int, Value]
    """What stands for the gradient of an output, by the output's number."""
    grads: list[Value | None]
    saved: list[Value]


def _halved(builder: ProgramBuilder, call: Call, told: Sequence[int]) -> _Half:
    """Differentiate a body apart from its loop, and see what the gradient needs of it."""
    (body,) = call.bodies
    own = len(body.inputs) - sum(name.startswith("captured:") for name in body.inputs)
    captures = Captures([given(value) for value in call.inputs[own:]])
    inside = BodyBuilder(builder, call.path, captures)
    feeds = inside.take_over(body, [given(value) for value in call.inputs])
    pairs = zip(body.feeds, feeds, strict=True)
    replay = Replay(inside, body, {number(old): new for old, new in pairs if old is not None})
    replay.calls(body.program.calls, same_paths=True)
    outputs = [replay.value(value) for value in body.outputs]
    upstream = {k: inside.new_value(outputs[k].spec.as_value()) for k in told}
    inside.write_out_functions()
    count = len(inside.calls)
    wanted = [i for i, feed in enumerate(feeds) if feed.spec.is_float]
    found = pull_back(inside, [outputs[k] for k in told], list(upstream.values()), [feeds[i] for i in wanted])
    grads: list[Value | None] = [None] * len(feeds)
    for i, grad in zip(wanted, found, strict=True):
        grads[i] = grad
    there = [*upstream.values(), *_without_carried(call, feeds)]
    forward, backward = inside.calls[:count], [_of_size(inner, there) for inner in inside.calls[count:]]
    known = {number(value) for value in there}
    saved = [value for value in _read(backward, grads) if number(value) not in known | set(inside.constants)]
    names = (*body.inputs[:own], *captures.names)
    told_body = inside.body(names, [*outputs, *saved], forward)
    return _Half(told_body, tuple(captures.values), feeds, backward, upstream, grads, saved)


def _without_carried(call: Call, feeds: Sequence[Value]) -> list[Value]:
    """The inputs of a body that a walk back is given anyway: all but those that are carried."""
    walk = cast(Walking, call.op).walk
    first = int(walk.bounded)
    return [*feeds[:first], *feeds[first + walk.carried :]]


def _of_size(call: Call, there: Sequence[Value]) -> Call:
    """A call that takes shapes from what is there on the way back, so that nothing is saved for its shape."""
    inputs = list(call.inputs)
    for i, port in enumerate(call.op.ports_for(len(inputs))):
        value = inputs[i]
        if value is not None and port.shape_only and UNKNOWN not in (value.spec.shape or (UNKNOWN,)):
            inputs[i] = next((like for like in there if like.spec == value.spec), value)
    return replace(call, inputs=tuple(inputs))


def _read(backward: Sequence[Call], grads: Sequence[Value | None]) -> list[Value]:
    """What is read by some calls, or is a gradient, and made before them."""
    made = {number(value) for call in backward for value in call.outputs}
    read = [value for call in backward for value in call.inputs] + list(grads)
    first = {number(value): value for value in read if value is not None and number(value) not in made}
    return list(first.values())


def _saving(builder: ProgramBuilder, call: Call, half: _Half) -> tuple[Value, ...]:
    """Let the walk in the program save what the way back needs; returns that, stacked."""
    op = cast(Walking, call.op)
    own = len(call.inputs) - sum(name.startswith("captured:") for name in call.bodies[0].inputs)
    inputs = (*call.inputs[:own], *half.captured)
    specs = {n: given(v).spec.as_value() for n, v in zip(op.bound.inputs, inputs, strict=False)}
    results = op.results(specs, [tuple(value.spec.as_value() for value in half.body.outputs)])
    made = tuple(builder.new_value(spec) for spec in results[len(call.outputs) :])
    names = (*op.bound.outputs, *(f"saved:{len(call.outputs) + i}" for i in range(len(made))))
    op = replace(op, bound=replace(op.bound, outputs=names))
    saving = replace(call, op=op, inputs=inputs, outputs=(*call.outputs, *made), bodies=(half.body,))
    put_in_place(builder, call, saving)
    return made
