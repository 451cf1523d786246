"""Program to plan: work out the lifetimes of all values, and place their buffers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.ops.state import Assign
from engine.plan.memory import Life, place
from engine.plan.plan import BodyPlan, Buffer, Plan, Step
from engine.program.program import Program, number
from engine.settings import without_settings
from engine.value import Call, Value


def lower(program: Program) -> Plan:
    """Plan a bound program whose sizes and settings are all known."""
    lowering = _Lowering()
    for name, value in program.feeds.items():
        spec = value.spec
        lowering.add(value, Buffer("feed", spec.dtype, spec.static_shape, 0, -1, -1, 0, name))
    for path, read in program.variables.items():
        spec = read.value.spec
        lowering.add(read.value, Buffer("variable", spec.dtype, spec.static_shape, 0, -1, -1, 0, path))
    for key, array in program.constants.items():
        lowering.add_key(key, Buffer("constant", array.dtype.name, array.shape, 0, -1, -1, 0))
    steps = [step for index, call in enumerate(program.calls) if (step := lowering.step(index, call))]
    wanted = [*program.outputs.values(), *program.updates.values()]
    for value in wanted:
        lowering.touch(lowering.numbers[number(value)], len(program.calls))
    buffers, arena_bytes = lowering.placed()
    at = lowering.numbers
    return Plan(
        tuple(steps),
        buffers,
        arena_bytes,
        {name: at[number(value)] for name, value in program.feeds.items()},
        {path: at[number(read.value)] for path, read in program.variables.items()},
        {at[key]: array for key, array in program.constants.items()},
        {path: at[number(value)] for path, value in program.updates.items()},
        {name: at[number(value)] for name, value in program.outputs.items()},
    )


@dataclass
class _Open:
    """A buffer whose lifetime is still growing."""

    buffer: Buffer
    first: int
    last: int


class _Lowering:
    """The state of one walk over a program: which value lies in which buffer, and since when."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self._open: list[_Open] = []

    def add(self, value: Value, buffer: Buffer) -> int:
        return self.add_key(number(value), buffer)

    def add_key(self, key: int, buffer: Buffer) -> int:
        index = len(self._open)
        self.numbers[key] = index
        root = buffer.root if buffer.kind == "view" else index
        self._open.append(_Open(replace(buffer, root=root), buffer.first, buffer.last))
        return index

    def touch(self, index: int, step: int) -> None:
        root = self._open[self._open[index].buffer.root]
        root.last = max(root.last, step)

    def step(self, index: int, call: Call) -> Step | None:
        """Make the buffers of a call. A constant needs no step."""
        if all(number(value) in self.numbers for value in call.outputs):
            return None
        inputs = [-1 if value is None else self.numbers[number(value)] for value in call.inputs]
        for port, given in zip(call.op.ports_for(len(inputs)), inputs, strict=True):
            if given >= 0 and not port.shape_only:
                self.touch(given, index)
        root = self._shown(call, inputs)
        kind = "arena" if root is None else "view"
        outputs = [
            self.add(
                value, Buffer(kind, value.spec.dtype, value.spec.static_shape, 0, index, index, root or 0)
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
        )

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

    def placed(self) -> tuple[tuple[Buffer, ...], int]:
        in_arena = [i for i, entry in enumerate(self._open) if entry.buffer.kind == "arena"]
        lives = [Life(self._open[i].buffer.nbytes, self._open[i].first, self._open[i].last) for i in in_arena]
        offsets, size = place(lives)
        where = dict(zip(in_arena, offsets, strict=True))
        buffers = []
        for entry in self._open:
            root = self._open[entry.buffer.root]
            offset = where.get(entry.buffer.root, 0)
            kind = root.buffer.kind if entry.buffer.kind == "view" else entry.buffer.kind
            name = root.buffer.name
            buffers.append(
                replace(entry.buffer, kind=kind, offset=offset, first=root.first, last=root.last, name=name)
            )
        return tuple(buffers), size
