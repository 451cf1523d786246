"""Placement: every call gets a device, and where a tensor crosses from one to another a copy is inserted.

What is pinned runs where the pin says, if that device is there and has a kernel for it; all else runs where
the program does. Beside a GPU, sizes and other small whole numbers stay on the host, where they are read.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import kernels
from engine.ops.conversion import CopyTo
from engine.ops.looping import While
from engine.ops.state import Assign
from engine.policy import INHERIT, Policy
from engine.program.inline import further_keys
from engine.program.program import COUNTER, Body, Program, number, read_on_host
from engine.value import Call, Value
from kernels import HOST

SMALL = 64
"""Elements up to which whole numbers that are made on the host stay there."""


def place(program: Program) -> Program:
    """Choose a device for each call, and copy what crosses; what runs on the host without pins stays."""
    if not program.device or (program.device == HOST and not _goes_elsewhere(program)):
        return program
    taken = set(_paths(program))
    return _Placing(program, further_keys(program), taken).run(keeps_outputs=False)


def misplaced(program: Program) -> tuple[str, ...]:
    """Sentences about nodes that are pinned to a device and run on another one."""
    calls = list(_all_calls(program))
    found: dict[str, None] = {}
    for wanted in dict.fromkeys(call.policy.device for call in calls):
        if wanted == INHERIT:
            continue
        pinned = [call for call in calls if call.policy.device == wanted]
        status = kernels.device_status(wanted)
        if not status.available:
            verb = f"on {program.device}, because {wanted} is not there. {status.reason}"
            found[f"{_named(pinned, calls)} {verb}"] = None
            continue
        for call in pinned:
            device, op = _with_kernel(call, wanted), type(call.op).__name__
            if device != wanted:
                found[f"'{call.node}' runs on {device}: {op} has no kernel for {wanted}."] = None
    return tuple(found)


def _named(pinned: Sequence[Call], calls: Sequence[Call]) -> str:
    """Some nodes by name. An optimizer is not among them for the gradients of a pinned node that it holds."""
    nodes = Counter(call.node for call in pinned)
    in_all = Counter(call.node for call in calls)
    whole = [node for node, count in nodes.items() if count == in_all[node]] or list(nodes)
    names = ", ".join(f"'{node}'" for node in whole[:3])
    more = f" and {len(whole) - 3:,} more" if len(whole) > 3 else ""
    return f"{names}{more} {'runs' if len(whole) == 1 else 'run'}"


class _Placing:
    """One walk. It knows where each value lies; a constant lies wherever it is read."""

    def __init__(self, program: Program, keys: Iterator[int], taken: set[str]) -> None:
        self._program = program
        self._home = program.device
        self._keys = keys
        self._taken = taken
        self._calls: list[Call] = []
        self._paths: dict[int, str] = {}
        self._where: dict[int, str] = {}
        self._copies: dict[tuple[int, str], Value] = {}

    def run(self, *, keeps_outputs: bool) -> Program:
        """Walk over all calls. With `keeps_outputs` what is wanted comes to where the program runs."""
        program = self._program
        for name, value in program.feeds.items():
            self._where[number(value)] = HOST if name == COUNTER else self._place(value)
            if name.isidentifier():
                self._paths[number(value)] = name
        for path, read in program.variables.items():
            self._where[number(read.value)] = self._pinned(read.policy) or self._home
            self._paths[number(read.value)] = path
        places = {key: device for key, device in self._where.items() if device != self._home}
        for call in program.calls:
            self._add(call)
        updates = {
            path: self._at(value, self._where[number(program.variables[path].value)], path)
            for path, value in program.updates.items()
        }
        outputs = program.outputs
        if keeps_outputs:
            outputs = {name: self._at(value, self._home, name) for name, value in outputs.items()}
        calls = tuple(self._calls)
        return replace(program, calls=calls, updates=updates, outputs=outputs, places=places)

    def _add(self, call: Call) -> None:
        device = self._device_of(call)
        ports = call.op.ports_for(len(call.inputs))
        inputs = tuple(
            value and (value if port.shape_only else self._at(value, place, call.path))
            for port, value, place in zip(ports, call.inputs, _input_places(call, device), strict=True)
        )
        for value in call.outputs:
            if number(value) not in self._program.constants:
                self._where[number(value)] = device
                self._paths[number(value)] = call.path
        bodies = tuple(self._body(call, index, device) for index in range(len(call.bodies)))
        own = "" if device == self._home else device
        if inputs != call.inputs or own != call.device or bodies != call.bodies:
            call = replace(call, inputs=inputs, device=own, bodies=bodies)
        self._calls.append(call)

    def _body(self, call: Call, index: int, device: str) -> Body:
        """A body, which runs where its call does as long as nothing in it says otherwise."""
        body = call.bodies[index]
        feeds = zip(body.feeds, _input_places(call, device), strict=True)
        places = {number(feed): place for feed, place in feeds if feed is not None and place != device}
        inside = _Placing(replace(body.program, device=device, places=places), self._keys, self._taken)
        # Whether a loop goes on is asked by the host, wherever the answer lies.
        asks = isinstance(call.op, While) and index == 0
        return replace(body, program=inside.run(keeps_outputs=not asks))

    # ---- where -----------------------------------------------------------------------------------------

    def _device_of(self, call: Call) -> str:
        if call.device:
            return call.device
        if isinstance(call.op, Assign) and call.inputs[0] is not None:
            return self._where[number(call.inputs[0])]
        pinned = self._pinned(call.policy)
        if pinned is None and self._home != HOST and self._stays_on_host(call):
            return HOST
        return _with_kernel(call, pinned or self._home)

    def _pinned(self, policy: Policy) -> str | None:
        """The device that a policy names, if it is there."""
        device = policy.device
        return device if device != INHERIT and kernels.device_status(device).available else None

    def _place(self, value: Value) -> str:
        return self._program.places.get(number(value), self._home)

    def _stays_on_host(self, call: Call) -> bool:
        """Whether a call makes a few whole numbers out of what is on the host, or of shapes alone."""
        if call.bodies or any(_is_large(value) for value in call.outputs):
            return False
        ports = call.op.ports_for(len(call.inputs))
        read = [v for p, v in zip(ports, call.inputs, strict=True) if v is not None and not p.shape_only]
        return all(self._where.get(number(value), HOST) == HOST for value in read)

    # ---- copies ----------------------------------------------------------------------------------------

    def _at(self, value: Value, device: str, reader: str) -> Value:
        """The value on a device; it is copied once, however many read it there."""
        key = (number(value), device)
        if self._where.get(number(value), device) == device:
            return value
        if key not in self._copies:
            copy = replace(value, key=next(self._keys), spec=value.spec.as_value())
            path = self._free(f"{self._paths.get(number(value), reader)}/to_{device}")
            own = "" if device == self._home else device
            self._calls.append(Call(CopyTo(device=device), (value,), (copy,), path, device=own))
            self._where[number(copy)] = device
            self._copies[key] = copy
        return self._copies[key]

    def _free(self, wanted: str) -> str:
        names = (wanted if count == 0 else f"{wanted}_{count}" for count in itertools.count())
        path = next(name for name in names if name not in self._taken)
        self._taken.add(path)
        return path


def _with_kernel(call: Call, device: str) -> str:
    """The device, if the call has a kernel there, or else the first one that has."""
    if call.bodies:
        return device
    name = call.op.kernel_name()
    places = (each for each in (device, *kernels.DEVICES) if kernels.runs_on(name, each))
    return next(places, device)


def _input_places(call: Call, device: str) -> tuple[str, ...]:
    return tuple(HOST if on_host else device for on_host in read_on_host(call))


def _is_large(value: Value) -> bool:
    spec = value.spec
    return spec.is_float or spec.dtype.startswith("complex") or not spec.is_static or spec.count > SMALL


def _goes_elsewhere(program: Program) -> bool:
    """Whether anything in a program for the host is pinned to another device that is there."""
    policies = {call.policy for call in _all_calls(program)}
    policies |= {read.policy for read in program.variables.values()}
    wanted = {policy.device for policy in policies} - {INHERIT, HOST}
    return any(kernels.device_status(device).available for device in wanted)


def _all_calls(program: Program) -> Iterator[Call]:
    for call in program.calls:
        yield call
        for body in call.bodies:
            yield from _all_calls(body.program)


def _paths(program: Program) -> Iterator[str]:
    reads: Mapping[str, object] = program.variables
    yield from reads
    yield from (call.path for call in _all_calls(program))
