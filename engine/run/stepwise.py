"""Running call by call: for programs in which sizes or settings depend on values, which no plan can place."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

import kernels
from engine.errors import FlowscopeError, Interrupted
from engine.program.program import KEPT, WATCHED, Program, number, read_on_host
from engine.run.executor import add_time
from engine.run.failure import failure
from engine.run.unplanned import Runner, Unplanned
from engine.settings import settle, without_settings
from engine.spec import spec_of
from engine.value import Call, Value

Array = Any
"""An array of the device: NumPy's on the CPU, CuPy's on a GPU."""


class Stepwise:
    """A program run with arrays made when their sizes are known, and given back after their last use.

    It computes the same as a plan does, and checks the shapes of each call when it knows them.
    """

    def __init__(self, program: Program, device: str, variables: Mapping[str, Array]) -> None:
        self.program = program
        self._device = device
        self._variables = variables
        self._constants: dict[tuple[int, str], Array] = {}
        self._spent = _last_uses(program)
        self.places: Mapping[str, Array] = {}
        """No feed has a place of its own here."""
        self._on_host = [read_on_host(call) for call in program.calls]
        self._structures: dict[int, Unplanned] = {}

    def run(
        self,
        feeds: Mapping[str, Array],
        interrupt: Callable[[], bool] | None = None,
        timings: dict[str, float] | None = None,
        *,
        update: bool = True,
    ) -> dict[str, Array]:
        """Run all calls once and update the variables, or with `update` False leave them as they are.

        `interrupt` is asked between calls; when it answers True, Interrupted is raised and no variable has
        changed. `timings` collects seconds by path.
        """
        program = self.program
        arrays: dict[int, Array] = {}
        for name, value in program.feeds.items():
            place = program.places.get(number(value), self._device)
            arrays[number(value)] = kernels.brought(feeds[name], place)
        arrays.update({number(read.value): self._variables[path] for path, read in program.variables.items()})
        with np.errstate(all="ignore"):
            for call, on_host, spent in zip(program.calls, self._on_host, self._spent, strict=True):
                if interrupt is not None and interrupt():
                    raise Interrupted("the run was stopped.")
                start = time.perf_counter()
                self._call(call, on_host, arrays, interrupt, timings)
                if timings is not None and not call.bodies:
                    add_time(timings, call.paths, time.perf_counter() - start)
                for key in spent:
                    arrays.pop(key, None)
        # Copied, because what is fetched may be a view of a feed, or of a variable that changes now.
        results = {
            name.removeprefix(WATCHED): self._read(value, self._device, arrays).copy()
            for name, value in program.outputs.items()
            if not name.startswith(KEPT)
        }
        for structure in self._structures.values():
            results.update(structure.seen())
        if update:
            for path, value in program.updates.items():
                place = program.places.get(number(program.variables[path].value), self._device)
                self._variables[path][...] = self._read(value, place, arrays)
        return results

    def _call(
        self,
        call: Call,
        on_host: Sequence[bool],
        arrays: dict[int, Array],
        interrupt: Callable[[], bool] | None,
        timings: dict[str, float] | None,
    ) -> None:
        device = call.device or self._device
        inputs = [
            None if value is None else self._read(value, kernels.HOST if asked else device, arrays)
            for value, asked in zip(call.inputs, on_host, strict=True)
        ]
        try:
            if call.bodies:
                results: Sequence[Array] = self._structure(call)(inputs, interrupt, timings)
            else:
                results = self._compute(call, device, inputs)
        except Exception as error:
            if isinstance(error, FlowscopeError) and (error.node or isinstance(error, Interrupted)):
                raise  # it happened inside a branch or a loop, and says where
            shapes = [array.shape for array in inputs if array is not None]
            raise failure(error, shapes).at(call.path, type(call.op).__name__) from error
        for value, result in zip(call.outputs, results, strict=True):
            arrays[number(value)] = kernels.brought(result, device)

    def _read(self, value: Value, device: str, arrays: Mapping[int, Array]) -> Array:
        """What a value is now; a constant is brought once to every device that reads it."""
        key = number(value)
        if key in arrays:
            return arrays[key]
        if (key, device) not in self._constants:
            array = kernels.array_module(device).array(self.program.constants[key])
            self._constants[key, device] = array
        return self._constants[key, device]

    def _structure(self, call: Call) -> Unplanned:
        """A branch or a loop, with what was bound for its bodies so far."""
        key = number(call.outputs[0])
        if key not in self._structures:
            device = call.device or self._device
            self._structures[key] = Unplanned(call, device, functools.partial(_make, device))
        return self._structures[key]

    def _compute(self, call: Call, device: str, inputs: list[Array | None]) -> tuple[Array, ...]:
        ports = call.op.ports_for(len(inputs))
        settings = [
            kernels.to_host(array) if port.setting and array is not None else None
            for port, array in zip(ports, inputs, strict=True)
        ]
        op = settle(call.op, settings)
        rest = [array if given is None else None for array, given in zip(inputs, settings, strict=True)]
        specs = [None if array is None else spec_of(array) for array in rest]
        outputs = [spec.dtype for spec in op.output_specs(specs)]
        entry = kernels.find(op.kernel_name(), device)
        function = kernels.fitting(entry, [spec.dtype for spec in specs if spec is not None], outputs)
        xp = kernels.array_module(device)
        results = function(xp, *without_settings(op, rest), **op.settings())
        return results if isinstance(results, tuple) else (results,)


def _make(device: str, program: Program) -> Runner:
    from engine.run.ready import ready  # which comes back here where a body cannot be planned

    return ready(program, device, {})


def _last_uses(program: Program) -> list[list[int]]:
    """For each call the values that nothing needs after it. What is fetched or assigned is kept."""
    kept = {number(value) for value in [*program.outputs.values(), *program.updates.values()]}
    spent: list[list[int]] = []
    for call in reversed(program.calls):
        used = {number(value) for value in [*call.inputs, *call.outputs] if value is not None}
        spent.append(sorted(used - kept))
        kept |= used
    return spent[::-1]
