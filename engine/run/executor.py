"""The executor: binds a plan to memory once, and then walks its steps."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import kernels
from engine.errors import FlowscopeError, Interrupted, OutOfMemory
from engine.plan.plan import Buffer, Plan, Step
from engine.program.program import WATCHED
from engine.run.control import bind_bodies
from engine.run.failure import failure
from engine.run.segments import Segments, StepFailed
from kernels.cpu.tier import Compiled, tier

Array = Any
"""An array of the device: NumPy's on the CPU, CuPy's on a GPU."""


@dataclass
class Watch:
    """What looks on while a plan and the bodies inside it run: who may stop it, and who asks for times."""

    interrupt: Callable[[], bool] | None = None
    timings: dict[str, float] | None = None


class Executor:
    """A plan bound to arrays. Running it makes no buffers: each kernel writes where the plan says.

    A body inside another plan reads the feeds in `shared` where they lie, and is watched as that one is.
    """

    def __init__(
        self,
        plan: Plan,
        device: str,
        variables: Mapping[str, Array],
        shared: Mapping[str, Array] | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.plan = plan
        self.device = device
        self.watch = watch if watch is not None else Watch()
        self._shared = shared or {}
        try:
            self._arenas = {
                place: self._module(place).empty(nbytes, np.uint8) for place, nbytes in plan.arenas.items()
            }
            self._arrays: list[Array] = []
            for number, buffer in enumerate(plan.buffers):
                self._arrays.append(self._bind(number, buffer, variables))
        except MemoryError:
            raise OutOfMemory(
                f"this graph needs {plan.arena_bytes / 2**20:,.0f} MiB for one step, and there is less.",
                hint="Use a smaller batch, or smaller layers.",
            ) from None
        self._bodies: list[Executor] = []
        self._memory: dict[Hashable, Array] = {}
        self.calls = [self._call(step) for step in plan.steps]
        """The kernel of each step, bound to its arrays."""
        feeds = plan.feeds.items()
        self._feeds = [(name, self._arrays[n], plan.buffers[n].device or device) for name, n in feeds]
        self.places = {name: array for name, array, place in self._feeds if place == kernels.HOST}
        """Where feeds lie on the host: what is made there and fed is not copied."""
        self._compiled: Compiled | None = None
        self._segments: Segments | None = None
        self.present_calls = [(call, index) for index, call in enumerate(self.calls)]
        """What a run calls, each with the step that it begins with: compiled code does many in one call."""
        # A fetched variable is told as it was when the step began, so it is copied before it is updated.
        kept = {name: plan.buffers[number].kind == "variable" for name, number in plan.outputs.items()}
        self._outputs = [(name, self._arrays[number], kept[name]) for name, number in plan.results.items()]
        self._watched = [
            (name.removeprefix(WATCHED), self._arrays[number])
            for name, number in plan.outputs.items()
            if name.startswith(WATCHED)
        ]
        self._seen: dict[str, Array] = {}
        self._is_watched: bool = bool(self._watched) or any(body._is_watched for body in self._bodies)
        # New values that are written where the variable is need not be copied into it.
        self._updates, self._changed = [], []
        for path, number in plan.updates.items():
            variable = plan.variables[path]
            if plan.buffers[number].root == variable:
                self._changed.append(self._arrays[variable])
            else:
                self._updates.append((self._arrays[variable], self._arrays[number]))

    def run(
        self,
        feeds: Mapping[str, Array],
        interrupt: Callable[[], bool] | None = None,
        timings: dict[str, float] | None = None,
        *,
        update: bool = True,
    ) -> dict[str, Array]:
        """Run all steps once and update the variables, or with `update` False leave them as they are.

        The results are views of the plan's memory, valid until the next run. `interrupt` is asked between
        steps; when it answers True, Interrupted is raised and no variable has changed. `timings` collects
        seconds by path.
        """
        for name, array, place in self._feeds:
            if feeds[name] is not array:
                array[...] = kernels.brought(feeds[name], place)
        self.watch.interrupt, self.watch.timings = interrupt, timings
        before = [] if update else [array.copy() for array in self._changed]
        try:
            with np.errstate(all="ignore"):
                self.walk()
            results = {name: array.copy() if copied else array for name, array, copied in self._outputs}
            if self._is_watched:
                results.update(self.seen())
        finally:
            for array, held in zip(self._changed, before, strict=False):
                array[...] = held
        if update:
            for variable, new in self._updates:
                variable[...] = new
        return results

    def walk(self) -> None:
        """Run all steps once, on what lies in the feeds."""
        self._move_up()
        index, interrupt, timings = 0, self.watch.interrupt, self.watch.timings
        calls = self.present_calls if timings is None else self._timed(timings)
        try:
            if interrupt is None:
                for call, index in calls:  # noqa: B007 - the handler reads index
                    call()
            else:
                for call, index in calls:
                    if index <= self.plan.first_change:
                        self.stop_if_asked()
                    call()
            if self._watched:
                self._seen = {name: array.copy() for name, array in self._watched}
        except FlowscopeError:
            raise
        except Exception as error:
            if isinstance(error, StepFailed) and isinstance(error.__cause__, Exception):
                index, error = error.index, error.__cause__
            step = self.plan.steps[index]
            shapes = [self.plan.buffers[number].shape for number in step.inputs if number >= 0]
            raise failure(error, shapes).at(step.path, step.op) from error

    def feed(self, name: str) -> Array | None:
        """The array that a feed lies in; None where the plan has no such feed."""
        return self._arrays[self.plan.feeds[name]] if name in self.plan.feeds else None

    def outputs(self) -> list[Array]:
        """The arrays that the outputs lie in, in order."""
        return [array for _, array, _ in self._outputs]

    def whole(self) -> Segments | None:
        """The plan in compiled code, if that knows all of it and nobody looks on."""
        self._move_up()
        looked_at = self.watch.timings is not None or self._is_watched
        segments = None if looked_at else self._segments
        return segments if segments and len(segments.steps) == len(self.plan.steps) > 0 else None

    def stop_if_asked(self) -> None:
        """Raise Interrupted if whoever runs this wants it to stop."""
        if self.watch.interrupt is not None and self.watch.interrupt():
            raise Interrupted("the run was stopped.")

    def seen(self) -> dict[str, Array]:
        """What was watched here and in the bodies, as it was the last time; once told it is forgotten."""
        found, self._seen = self._seen, {}
        for body in self._bodies:
            if body._is_watched:
                found.update(body.seen())
        return found

    def _move_up(self) -> None:
        """Let compiled code take over the steps that it knows, as soon as it is there."""
        compiled = tier.current if self.device == kernels.HOST else None
        if compiled is not None and compiled is not self._compiled:
            self._compiled = compiled
            self._segments = Segments(compiled, self.plan, self._arrays, self.calls)
            self.present_calls = self._segments.calls

    def _timed(self, timings: dict[str, float]) -> list[tuple[Callable[[], object], int]]:
        """The calls, each of which adds the seconds that it takes to those of its paths."""

        def timed(paths: tuple[str, ...], call: Callable[[], object]) -> None:
            start = time.perf_counter()
            call()
            add_time(timings, paths, time.perf_counter() - start)

        singles = self.calls if self._segments is None else self._segments.single
        # The steps of a body are timed one by one; the time of a loop is the sum of theirs.
        return [
            (call if step.bodies else functools.partial(timed, step.paths, call), index)
            for index, (step, call) in enumerate(zip(self.plan.steps, singles, strict=True))
        ]

    def _bind(self, number: int, buffer: Buffer, variables: Mapping[str, Array]) -> Array:
        if buffer.kind == "arena":
            arena = self._arenas[buffer.device]
            flat = arena[buffer.offset : buffer.offset + buffer.nbytes].view(buffer.dtype)
            return flat.reshape(buffer.shape)
        if buffer.root != number:
            return self._arrays[buffer.root].reshape(buffer.shape)
        if buffer.kind == "variable":
            return variables[buffer.name]
        if buffer.kind == "constant":
            return self._module(buffer.device).array(self.plan.constants[number])
        if buffer.name in self._shared:
            return self._shared[buffer.name]
        return self._module(buffer.device).empty(buffer.shape, buffer.dtype)

    def _call(self, step: Step) -> Callable[[], object]:
        inputs = [None if number < 0 else self._arrays[number] for number in step.inputs]
        outputs = tuple(self._arrays[number] for number in step.outputs)
        device = step.device or self.device
        if step.bodies:
            return bind_bodies(step, inputs, outputs, functools.partial(self._body, device))
        entry = kernels.find(step.kernel, device)
        out = outputs[0] if len(outputs) == 1 else outputs
        if entry.prepare is not None:
            module = self._module(device)
            return entry.prepare(module, *inputs, **step.settings, out=out, memory=self._memory)
        dtypes = [self.plan.buffers[number].dtype for number in step.inputs if number >= 0]
        function = kernels.fitting(
            entry, dtypes, [self.plan.buffers[number].dtype for number in step.outputs]
        )
        if entry.takes_out:
            return functools.partial(function, self._module(device), *inputs, **step.settings, out=out)
        compute = functools.partial(function, self._module(device), *inputs, **step.settings)
        return functools.partial(_compute_and_copy, compute, outputs)

    def _body(self, device: str, plan: Plan, shared: Mapping[str, Array]) -> Executor:
        self._bodies.append(Executor(plan, device, {}, shared, self.watch))
        return self._bodies[-1]

    def _module(self, device: str) -> Any:
        """The array module of a device; without a name, of the one that the plan runs on."""
        return kernels.array_module(device or self.device)


def add_time(timings: dict[str, float], paths: Sequence[str], seconds: float) -> None:
    """Share the time of one kernel among the calls that it computes."""
    for path in paths:
        timings[path] = timings.get(path, 0.0) + seconds / len(paths)


def _compute_and_copy(compute: Callable[[], Any], outputs: tuple[Array, ...]) -> None:
    results = compute()
    for array, result in zip(outputs, results if isinstance(results, tuple) else (results,), strict=True):
        array[...] = result
