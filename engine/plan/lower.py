"""Program to plan: work out the lifetimes of all values, and place their buffers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.ops.state import Assign
from engine.plan.in_place import Use, written_over
from engine.plan.memory import Life, place
from engine.plan.plan import BodyPlan, Buffer, Plan, Step
from engine.program.program import Program, number, read_on_host
from engine.settings import without_settings
from engine.value import Call, Value
from kernels import HOST


def lower(program: Program) -> Plan:
    """Plan a bound program whose sizes and settings are all known."""
    lowering = _Lowering(program)
    given = [("feed", name, value) for name, value in program.feeds.items()]
    given += [("variable", path, read.value) for path, read in program.variables.items()]
    for kind, name, value in given:
        shape, device = value.spec.static_shape, program.places.get(number(value), "")
        lowering.add(value, Buffer(kind, value.spec.dtype, shape, 0, -1, -1, 0, name, device))
    steps = {index: step for index, call in enumerate(program.calls) if (step := lowering.step(index, call))}
    at = lowering.numbers
    variables = {path: at[number(read.value)] for path, read in program.variables.items()}
    updates = {path: lowering.at(v, lowering.device(variables[path])) for path, v in program.updates.items()}
    outputs = {name: lowering.at(value) for name, value in program.outputs.items()}
    for wanted in [*outputs.values(), *updates.values()]:
        lowering.touch(wanted, len(program.calls))
    first_change = lowering.write_over(steps, {updates[path]: variables[path] for path in updates})
    buffers, arenas = lowering.placed()
    return Plan(
        tuple(steps.values()),
        buffers,
        arenas,
        {name: at[number(value)] for name, value in program.feeds.items()},
        variables,
        {index: program.constants[key] for (key, _), index in lowering.constants.items()},
        updates,
        outputs,
        sum(index < first_change for index in steps),
    )


@dataclass
class _Open:
    """A buffer whose lifetime is still growing."""

    buffer: Buffer
    first: int
    last: int


class _Lowering:
    """The state of one walk over a program: which value lies in which buffer, and since when."""

    def __init__(self, program: Program) -> None:
        self.numbers: dict[int, int] = {}
        self.constants: dict[tuple[int, str], int] = {}
        """Where a constant lies on each device that reads it."""
        self._arrays = program.constants
        self._home = program.device
        self._open: list[_Open] = []

    def at(self, value: Value, device: str = "") -> int:
        """The buffer of a value; a constant is brought to every device that reads it."""
        key = number(value)
        if key not in self._arrays:
            return self.numbers[key]
        if (key, device) not in self.constants:
            array = self._arrays[key]
            buffer = Buffer("constant", array.dtype.name, array.shape, 0, -1, -1, 0, device=device)
            self.constants[key, device] = self._open_buffer(buffer)
        return self.constants[key, device]

    def device(self, index: int) -> str:
        """Where a buffer lies; empty where the plan runs."""
        return self._open[index].buffer.device

    def add(self, value: Value, buffer: Buffer) -> int:
        self.numbers[number(value)] = self._open_buffer(buffer)
        return self.numbers[number(value)]

    def _open_buffer(self, buffer: Buffer) -> int:
        index = len(self._open)
        root = buffer.root if buffer.kind == "view" else index
        self._open.append(_Open(replace(buffer, root=root), buffer.first, buffer.last))
        return index

    def touch(self, index: int, step: int) -> None:
        root = self._open[self._open[index].buffer.root]
        root.last = max(root.last, step)

    def step(self, index: int, call: Call) -> Step | None:
        """Make the buffers of a call. A constant needs no step."""
        if all(number(value) in self._arrays for value in call.outputs):
            return None
        pairs = zip(call.inputs, read_on_host(call), strict=True)
        inputs = [-1 if v is None else self.at(v, self._place(call, on_host)) for v, on_host in pairs]
        for port, given in zip(call.op.ports_for(len(inputs)), inputs, strict=True):
            # An assignment does not read what the variable held.
            if given >= 0 and not port.shape_only and not (port.variable and isinstance(call.op, Assign)):
                self.touch(given, index)
        root = self._shown(call, inputs)
        kind, where = "arena" if root is None else "view", call.device
        outputs = [
            self.add(
                value,
                Buffer(
                    kind, value.spec.dtype, value.spec.static_shape, 0, index, index, root or 0, "", where
                ),
            )
            for value in call.outputs
        ]
        if root is not None:
            return None
        return Step(
            call.op.kernel_name(),
            tuple(without_settings(call.op, inputs)),
            tuple(outputs),
            call.op.settings(),
            call.path,
            type(call.op).__name__,
            call.paths,
            tuple(BodyPlan(lower(body.program), body.inputs, body.counter) for body in call.bodies),
            call.device,
        )

    def _place(self, call: Call, on_host: bool) -> str:
        """Where an input is read; empty where the plan runs."""
        if not on_host:
            return call.device
        return "" if self._home in ("", HOST) else HOST

    def _shown(self, call: Call, inputs: list[int]) -> int | None:
        """The buffer that already holds the output of a call, which then needs no step."""
        if call.op.is_view:
            return self._open[inputs[0]].buffer.root
        if isinstance(call.op, Assign):
            # The executor writes it into the variable at the end. Out of another variable it must be copied
            # before: that one may have been written by then, where two exchange their values.
            root = self._open[inputs[1]].buffer.root
            return None if self._open[root].buffer.kind == "variable" else root
        return None

    def write_over(self, steps: Mapping[int, Step], updates: Mapping[int, int]) -> int:
        """Put new values where the variables are that they are for; the call from which on those change."""
        lives = [Use(entry.buffer, entry.first, entry.last) for entry in self._open]
        found, first_change = written_over(steps, lives, updates)
        for entry in self._open:
            if entry.buffer.root in found:
                entry.buffer = replace(entry.buffer, kind="view", root=found[entry.buffer.root])
        for variable in found.values():
            self.touch(variable, len(steps))
        return first_change

    def placed(self) -> tuple[tuple[Buffer, ...], dict[str, int]]:
        """The buffers with their places, and the size of the arena on each device."""
        in_arenas: dict[str, list[int]] = {"": []}
        for i, entry in enumerate(self._open):
            if entry.buffer.kind == "arena":
                in_arenas.setdefault(entry.buffer.device, []).append(i)
        where: dict[int, int] = {}
        sizes: dict[str, int] = {}
        for device, chosen in in_arenas.items():
            open_ones = [self._open[i] for i in chosen]
            offsets, sizes[device] = place([Life(o.buffer.nbytes, o.first, o.last) for o in open_ones])
            where.update(zip(chosen, offsets, strict=True))
        buffers = []
        for entry in self._open:
            root = self._open[entry.buffer.root]
            offset = where.get(entry.buffer.root, 0)
            kind = root.buffer.kind if entry.buffer.kind == "view" else entry.buffer.kind
            name = root.buffer.name
            buffers.append(
                replace(entry.buffer, kind=kind, offset=offset, first=root.first, last=root.last, name=name)
            )
        return tuple(buffers), sizes
