"""Branches and loops in a program that runs call by call: bound anew whenever they are given other sizes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

import kernels
from engine.control import Control
from engine.ops.branching import If
from engine.ops.looping import While
from engine.ops.scanning import Walking
from engine.program.bind import bind
from engine.program.fold import bind_bodies
from engine.program.program import Body, Program, is_result, number
from engine.run.control import iteration_counter, out_of_limit
from engine.spec import Spec, spec_of
from engine.value import Call

Array = Any


class Runner(Protocol):
    """A bound program, ready to run."""

    def run(
        self,
        feeds: dict[str, Array],
        interrupt: Callable[[], bool] | None = None,
        timings: dict[str, float] | None = None,
        *,
        update: bool = True,
    ) -> dict[str, Array]: ...


Make = Callable[[Program], Runner]
MOST_BOUND = 16
"""So many are kept: a loop in which a tensor grows meets another size each time."""


class Unplanned:
    """A call with bodies. What was bound for some sizes is kept for the next time that they come.

    Where the sizes of the inputs decide all others it is planned; else it runs body by body.
    """

    def __init__(self, call: Call, device: str, make: Make) -> None:
        assert isinstance(call.op, Control)
        self._op: Control = call.op
        self._call = call
        self._make = make
        self._planned = functools.lru_cache(MOST_BOUND)(self._plan)
        self._xp = kernels.array_module(device)
        self._bodies = [_Body(body, make) for body in call.bodies]
        self._outputs = [value.spec for value in call.outputs]
        self._seen: dict[str, Array] = {}

    def __call__(
        self,
        inputs: Sequence[Array],
        interrupt: Callable[[], bool] | None,
        timings: dict[str, float] | None,
    ) -> list[Array]:
        """Run it; the results are arrays of their own."""
        planned = self._planned(tuple(spec_of(array) for array in inputs))
        if planned is not None:
            feeds = {str(index): array for index, array in enumerate(inputs)}
            found = planned.run(feeds, interrupt, timings, update=False)
            results = [found.pop(str(index)).copy() for index in range(len(self._outputs))]
            self._seen = {name: array.copy() for name, array in found.items()}
            return results
        for body in self._bodies:
            body.interrupt, body.timings = interrupt, timings
        if isinstance(self._op, If):
            branch = self._bodies[0 if bool(inputs[0]) else 1]
            return branch.run(inputs)
        if isinstance(self._op, While):
            return self._repeat(self._op, inputs)
        if isinstance(self._op, Walking):
            return self._walk(self._op, inputs)
        return self._bodies[0].run(inputs)

    def seen(self) -> dict[str, Array]:
        """What was watched inside, as it was the last time; once told it is forgotten."""
        found, self._seen = self._seen, {}
        for body in self._bodies:
            found.update(body.seen)
            body.seen = {}
        return found

    def _plan(self, given: tuple[Spec, ...]) -> Runner | None:
        """The call as a program of its own, where the sizes of its inputs decide all sizes."""
        program = _alone(self._op, self._call, given)
        return self._make(program) if program.is_static else None

    def _repeat(self, op: While, inputs: Sequence[Array]) -> list[Array]:
        condition, body = self._bodies
        count = op.carried
        carried, rest = list(inputs[:count]), list(inputs[count:])
        histories: list[list[Array]] = [[] for _ in range(count)]
        stacked: list[list[Array]] = [[] for _ in range(op.stacked)]
        iteration = 0
        while bool(condition.run([*carried, *rest], iteration)[0]):
            if iteration == op.limit:
                raise out_of_limit(op.limit)
            for history, array in zip(histories, carried, strict=True):
                history.append(array)
            results = body.run([*carried, *rest], iteration)
            carried = results[:count]
            for stack, array in zip(stacked, results[count:], strict=True):
                stack.append(array)
            iteration += 1
        if op.history:
            kept = [
                self._padded(stack, op.limit, like) for stack, like in zip(histories, carried, strict=True)
            ]
            return [*carried, *kept, self._xp.asarray(iteration, np.int64)]
        return [*carried, *(self._stack(s, i + count, 0) for i, s in enumerate(stacked))]

    def _walk(self, op: Walking, inputs: Sequence[Array]) -> list[Array]:
        walk, (body,) = op.walk, self._bodies
        first = int(walk.bounded)
        behind = first + walk.carried + walk.sequences
        carried = list(inputs[first : first + walk.carried])
        sequences = inputs[first + walk.carried : behind]
        size = sequences[0].shape[walk.axis]
        length = int(inputs[0]) if walk.bounded else size
        stacked: list[list[Array]] = [[] for _ in range(len(self._outputs) - walk.carried)]
        for index in reversed(range(length)) if walk.reverse else range(length):
            slices = [self._xp.take(array, index, walk.axis) for array in sequences]
            given = [*inputs[:first], *carried, *slices, *inputs[behind:]]
            results = body.run(given, index)
            carried = results[: walk.carried]
            for stack, array in zip(stacked, results[walk.carried :], strict=True):
                stack.append(array)
        if walk.reverse:
            stacked = [stack[::-1] for stack in stacked]
        found = [self._stack(stack, i + walk.carried, walk.axis) for i, stack in enumerate(stacked)]
        if walk.bounded:
            found = [self._lengthened(array, size, walk.axis) for array in found]
        return [*carried, *found]

    def _stack(self, arrays: Sequence[Array], output: int, axis: int) -> Array:
        """The arrays along a new axis; none of them make a tensor of no entries."""
        spec = self._outputs[output]
        if arrays:
            return self._xp.stack(arrays, axis)
        sizes = [size if isinstance(size, int) else 0 for size in spec.shape or (0,)]
        sizes[axis] = 0
        return self._xp.zeros(sizes, spec.dtype)

    def _padded(self, arrays: Sequence[Array], limit: int, like: Array) -> Array:
        kept = self._xp.zeros((limit, *like.shape), like.dtype)
        for index, array in enumerate(arrays):
            kept[index] = array
        return kept

    def _lengthened(self, array: Array, size: int, axis: int) -> Array:
        """Zeros behind what was stacked, up to the size of what was walked over."""
        shape = list(array.shape)
        shape[axis] = size
        longer = self._xp.zeros(shape, array.dtype)
        self._xp.moveaxis(longer, axis, 0)[: array.shape[axis]] = self._xp.moveaxis(array, axis, 0)
        return longer


def _alone(op: Control, call: Call, given: Sequence[Spec]) -> Program:
    """A program of nothing but the call, with the sizes that are known now."""
    bodies, specs = bind_bodies(op, call.bodies, given)
    values = [value for value in call.inputs if value is not None]
    feeds = [replace(value, spec=spec) for value, spec in zip(values, given, strict=True)]
    outputs = [replace(value, spec=spec) for value, spec in zip(call.outputs, specs, strict=True)]
    bound = replace(call, inputs=tuple(feeds), outputs=tuple(outputs), bodies=bodies)
    named = [{str(index): value for index, value in enumerate(ends)} for ends in (feeds, outputs)]
    outside = {
        number(value): body.program.places[number(feed)]
        for body in bodies
        for value, feed in zip(feeds, body.feeds, strict=True)
        if feed is not None and number(feed) in body.program.places
    }
    return Program((bound,), named[0], {}, {}, named[1], {}, places=outside)


class _Body:
    """One body, and its programs by the specs that they were bound for."""

    def __init__(self, body: Body, make: Make) -> None:
        self._body = body
        self._make = make
        self._bound = functools.lru_cache(MOST_BOUND)(self._bind)
        self.seen: dict[str, Array] = {}
        """What was watched inside, the last time that it ran."""
        self.interrupt: Callable[[], bool] | None = None
        self.timings: dict[str, float] | None = None

    def run(self, inputs: Sequence[Array], iteration: int = -1) -> list[Array]:
        """Run it on some inputs; a loop says which iteration it is."""
        given = dict(zip(self._body.inputs, inputs, strict=True))
        feeds = {name: given[name] for name in self._body.program.feeds}
        counter = feeds.get(self._body.counter)
        if counter is not None and iteration >= 0:
            feeds[self._body.counter] = np.array(iteration_counter(counter, iteration), np.uint64)
        runner = self._bound(tuple((name, spec_of(array)) for name, array in feeds.items()))
        found = runner.run(feeds, self.interrupt, self.timings, update=False)
        # What a plan gives are views of its memory, which the next iteration writes again.
        results = [found.pop(name).copy() for name in self._body.program.outputs if is_result(name)]
        self.seen.update({name: array.copy() for name, array in found.items()})
        return results

    def _bind(self, feeds: tuple[tuple[str, Spec], ...]) -> Runner:
        return self._make(bind(self._body.program, dict(feeds)))
