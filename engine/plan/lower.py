"""Program to plan: bind every size to a number, work out lifetimes, and place the buffers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.errors import FeedError, FlowscopeError
from engine.ops.state import Assign
from engine.plan.memory import Life, place
from engine.plan.plan import Buffer, Plan, Step
from engine.program.program import Program, number
from engine.spec import Spec, shape_text
from engine.value import Call, Value


def lower(program: Program, feeds: Mapping[str, Spec]) -> Plan:
    """Plan a program for feeds of given specs.

    Raises FeedError for a feed that is missing or does not fit its placeholder, and SpecError with the node
    where the sizes that the feeds bring do not fit together.
    """
    lowering = _Lowering()
    sizes: dict[str, int] = {}
    for name, value in program.feeds.items():
        if name not in feeds:
            raise FeedError(f"nothing is fed to '{name}'.", hint=f"Feed it a tensor of {value.spec}.")
        _bind(name, value.spec, feeds[name], sizes)
        lowering.add(value, Buffer("feed", feeds[name].dtype, feeds[name].static_shape, 0, -1, -1, 0, name))
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
        self._specs: list[Spec] = []

    def add(self, value: Value, buffer: Buffer) -> int:
        return self.add_key(number(value), buffer)

    def add_key(self, key: int, buffer: Buffer) -> int:
        index = len(self._open)
        self.numbers[key] = index
        root = buffer.root if buffer.kind == "view" else index
        self._open.append(_Open(replace(buffer, root=root), buffer.first, buffer.last))
        self._specs.append(Spec(buffer.dtype, buffer.shape))
        return index

    def touch(self, index: int, step: int) -> None:
        root = self._open[self._open[index].buffer.root]
        root.last = max(root.last, step)

    def step(self, index: int, call: Call) -> Step | None:
        """Infer the call again on sizes that are numbers, and make its buffers. A constant needs no step."""
        if all(number(value) in self.numbers for value in call.outputs):
            return None
        inputs = [-1 if value is None else self.numbers[number(value)] for value in call.inputs]
        try:
            specs = call.op.output_specs([self._given(call, i, n) for i, n in enumerate(inputs)])
            shapes = [spec.static_shape for spec in specs]
        except FlowscopeError as error:
            raise error.at(call.path, type(call.op).__name__) from None
        for port, given in zip(type(call.op).ports_for(len(inputs)), inputs, strict=True):
            if given >= 0 and not port.shape_only:
                self.touch(given, index)
        root = self._shown(call, inputs)
        kind = "arena" if root is None else "view"
        outputs = [
            self.add(value, Buffer(kind, spec.dtype, shape, 0, index, index, root or 0))
            for value, spec, shape in zip(call.outputs, specs, shapes, strict=True)
        ]
        if root is not None:
            return None
        return Step(
            call.op.kernel_name(),
            tuple(inputs),
            tuple(outputs),
            call.op.settings(),
            call.path,
            type(call.op).__name__,
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

    def _given(self, call: Call, position: int, buffer: int) -> Spec | None:
        if buffer < 0:
            return None
        value = call.inputs[position]
        variable = value is not None and value.spec.variable
        return replace(self._specs[buffer], variable=variable)

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


def _bind(name: str, declared: Spec, given: Spec, sizes: dict[str, int]) -> None:
    """Check a feed against its placeholder, and learn what its named sizes are."""
    shape = declared.bind(sizes).shape
    fits = shape is None or (given.shape is not None and len(shape) == len(given.shape))
    if fits and shape is not None:
        fits = all(
            isinstance(size, str) or size == fed for size, fed in zip(shape, given.static_shape, strict=True)
        )
    if not fits or given.dtype != declared.dtype:
        raise FeedError(
            f"'{name}' was fed {given}; expected {shape_text(shape)} {declared.dtype}.",
            hint="Feed a tensor of that shape and dtype.",
        )
    for size, fed in zip(shape or (), given.static_shape, strict=False):
        if isinstance(size, str) and size != "?":
            sizes[size] = fed
