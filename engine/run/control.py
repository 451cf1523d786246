"""Branches and loops at run time: a step that walks the plans of its bodies, always on the same arrays."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from engine.errors import KernelError
from engine.ops.scanning import Walk
from engine.plan.plan import BodyPlan, Plan, Step
from engine.run.loops import CompiledLoop, Moves, compiled_loop
from engine.run.segments import Segments

Array = Any


class Runner(Protocol):
    """A plan bound to arrays, as the executor makes it."""

    def walk(self) -> None: ...

    def whole(self) -> Segments | None: ...

    def stop_if_asked(self) -> None: ...

    def feed(self, name: str) -> Array | None: ...

    def outputs(self) -> list[Array]: ...


Make = Callable[[Plan, Mapping[str, Array]], Runner]
"""Binds the plan of a body; what it is given by name is read where it lies, and never copied."""


def bind_bodies(
    step: Step, inputs: Sequence[Array | None], outputs: Sequence[Array], make: Make
) -> Callable[[], None]:
    """The call that runs a step with bodies."""
    given = [array for array in inputs if array is not None]
    return _KINDS[step.kernel](step, given, outputs, make)


def iteration_counter(counter: Array, iteration: int) -> tuple[int, int]:
    """Seed and step for one iteration of a loop, so that random ops draw other numbers in each.

    Source: the finalizer of SplitMix64 (Steele et al., Fast Splittable Pseudorandom Number Generators, 2014).
    """
    mixed = (int(counter[1]) + (iteration + 1) * 0x9E3779B97F4A7C15) & _WORD
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _WORD
    return int(counter[0]), mixed ^ (mixed >> 31)


_WORD = (1 << 64) - 1


class _Body:
    """One body. What is `written` gets a place of its own, all else is read where it lies."""

    def __init__(
        self,
        body: BodyPlan,
        inputs: Sequence[Array],
        make: Make,
        written: Collection[int] = (),
        *,
        loops: bool,
    ) -> None:
        given = dict(zip(body.feeds, inputs, strict=True))
        copied = {body.feeds[index] for index in written}
        self._counter = body.counter if loops else ""
        copied.add(self._counter)
        shared = {name: array for name, array in given.items() if name not in copied}
        self._runner = make(body.plan, shared)
        self._feeds = [self._runner.feed(name) for name in body.feeds]
        self._start = given.get(self._counter)
        feeds = set(body.plan.feeds.values())
        # An input that is handed on must be copied before the next one is written in its place.
        self._handed_on = [body.plan.buffers[n].root in feeds for n in body.plan.results.values()]

    def write(self, index: int, array: Array) -> None:
        """Give the body one of its inputs."""
        feed = self._feeds[index]
        if feed is not None:
            feed[...] = array

    def whole(self, carried: int) -> Segments | None:
        """The body in compiled code, if its iterations can be turns there: each is like the others.

        What it carries must not be inputs that it hands on, which the next turn could overwrite too early.
        """
        counts = self._runner.feed(self._counter) is not None
        return None if counts or any(self._handed_on[:carried]) else self._runner.whole()

    def results(self) -> list[Array]:
        """Where the body leaves its results."""
        return self._runner.outputs()

    def place(self, index: int) -> Array | None:
        """Where the body reads one of its inputs."""
        return self._feeds[index]

    def stop_if_asked(self) -> None:
        self._runner.stop_if_asked()

    def run(self, iteration: int = 0) -> list[Array]:
        """Walk once. The results are valid until the body runs again."""
        counter = self._runner.feed(self._counter)
        if counter is not None:
            counter[0], counter[1] = iteration_counter(self._start, iteration)
        self._runner.walk()
        outputs = zip(self._runner.outputs(), self._handed_on, strict=True)
        return [array.copy() if handed_on else array for array, handed_on in outputs]


class _Call:
    """A function, run once."""

    def __init__(self, step: Step, inputs: Sequence[Array], outputs: Sequence[Array], make: Make) -> None:
        self._body = _Body(step.bodies[0], inputs, make, loops=False)
        self._outputs = outputs

    def __call__(self) -> None:
        _write(self._outputs, self._body.run())


class _If:
    """The branch that the predicate, the first input, chooses."""

    def __init__(self, step: Step, inputs: Sequence[Array], outputs: Sequence[Array], make: Make) -> None:
        self._then, self._otherwise = (_Body(body, inputs, make, loops=False) for body in step.bodies)
        self._predicate = inputs[0]
        self._outputs = outputs

    def __call__(self) -> None:
        branch = self._then if bool(self._predicate) else self._otherwise
        _write(self._outputs, branch.run())


class _While:
    """The body again and again, on what it gave the time before."""

    def __init__(self, step: Step, inputs: Sequence[Array], outputs: Sequence[Array], make: Make) -> None:
        count = len(step.bodies[1].plan.results)
        self._condition, self._body = (
            _Body(body, inputs, make, range(count), loops=True) for body in step.bodies
        )
        self._start = inputs[:count]
        self._step = step
        self._carried = outputs[:count]
        self._histories = outputs[count : 2 * count]
        self._steps = outputs[2 * count :]

    def __call__(self) -> None:
        limit = self._step.settings["limit"]
        self._carry(self._start)
        iteration = 0
        while bool(self._condition.run(iteration)[0]):
            if iteration == limit:
                raise out_of_limit(limit).at(self._step.path, self._step.op)
            for history, array in zip(self._histories, self._carried, strict=False):
                history[iteration] = array
            self._carry(self._body.run(iteration))
            iteration += 1
        for history in self._histories:
            history[iteration:] = 0
        for steps in self._steps:
            steps[...] = iteration

    def _carry(self, arrays: Sequence[Array]) -> None:
        for index, (array, carried) in enumerate(zip(arrays, self._carried, strict=True)):
            carried[...] = array
            self._condition.write(index, array)
            self._body.write(index, array)


class _Walk:
    """The body for each slice; what it carries goes to the next one, the rest is stacked."""

    def __init__(self, step: Step, inputs: Sequence[Array], outputs: Sequence[Array], make: Make) -> None:
        self._walk = walk = step.settings["walk"]
        first = int(walk.bounded)
        behind = first + walk.carried + walk.sequences
        self._length = inputs[0] if walk.bounded else None
        self._start = inputs[first : first + walk.carried]
        self._slices = [_leading(array, walk) for array in inputs[first + walk.carried : behind]]
        self._carried = outputs[: walk.carried]
        self._stacked = [_leading(array, walk) for array in outputs[walk.carried :]]
        self._body = _Body(step.bodies[0], inputs, make, range(first, behind), loops=True)
        self._first = first
        self._compiled: tuple[Segments | None, CompiledLoop | None] = (None, None)

    def __call__(self) -> None:
        length = len(self._slices[0]) if self._length is None else int(self._length)
        self._carry(self._start)
        for stacked in self._stacked:
            stacked[length:] = 0
        if self._length is None and length and self._in_compiled_code(length):
            return
        for index in reversed(range(length)) if self._walk.reverse else range(length):
            for place, array in enumerate(self._slices, start=self._first + len(self._start)):
                self._body.write(place, array[index])
            results = self._body.run(index)
            for stacked, array in zip(self._stacked, results[len(self._start) :], strict=True):
                stacked[index] = array
            self._carry(results[: len(self._start)])

    def _in_compiled_code(self, length: int) -> bool:
        """Take all iterations at once, if compiled code knows the body, and refuses no value."""
        segments = self._body.whole(len(self._start))
        if segments is None:
            return False
        if segments is not self._compiled[0]:
            loop = compiled_loop(segments, self._moves(), length, reverse=self._walk.reverse)
            self._compiled = (segments, loop)
        loop = self._compiled[1]
        if loop is None or not loop.run(self._body.stop_if_asked):
            self._carry(self._start)
            return False
        for carried, result in zip(self._carried, self._body.results(), strict=False):
            carried[...] = result
        return True

    def _moves(self) -> Moves:
        """What goes into the body and out of it in each iteration."""
        results, count = self._body.results(), len(self._start)
        places = [self._body.place(self._first + i) for i in range(count + len(self._slices))]
        slices = zip(self._slices, places[count:], strict=True)
        carried = zip(results[:count], places[:count], strict=True)
        return Moves(
            [(whole, place) for whole, place in slices if place is not None],
            list(zip(results[count:], self._stacked, strict=True)),
            [(result, place) for result, place in carried if place is not None],
        )

    def _carry(self, arrays: Sequence[Array]) -> None:
        for index, (array, carried) in enumerate(zip(arrays, self._carried, strict=True)):
            carried[...] = array
            self._body.write(self._first + index, array)


def out_of_limit(limit: int) -> KernelError:
    """The error for a loop that does not end."""
    return KernelError(
        f"the condition still holds after {limit:,} iterations.",
        hint="Raise its limit, or see whether the condition can become false.",
    )


def _leading(array: Array, walk: Walk) -> Array:
    """A view of the array whose first axis is the one that is walked along."""
    axis = walk.axis % array.ndim
    return array.transpose(axis, *(i for i in range(array.ndim) if i != axis))


def _write(places: Sequence[Array], results: Sequence[Array]) -> None:
    for place, result in zip(places, results, strict=True):
        place[...] = result


_KINDS: dict[str, type[_Call] | type[_If] | type[_While] | type[_Walk]] = {
    "call": _Call,
    "custom_gradient": _Call,
    "if": _If,
    "while": _While,
    "scan": _Walk,
    "map": _Walk,
}
