"""A plan: flat records of kernels and buffers over one arena. Plain frozen data, with a printer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.program.program import is_result
from engine.spec import shape_text


@dataclass(frozen=True)
class Buffer:
    """Where one tensor lies. `kind` is `arena`, `feed`, `variable` or `constant`.

    `offset` is in bytes from the start of the arena; `first` and `last` are the steps between which the
    content matters. `root` is the buffer whose memory this one shows under another shape, or its own number.
    `device` is where it lies; empty where the plan runs.
    """

    kind: str
    dtype: str
    shape: tuple[int, ...]
    offset: int
    first: int
    last: int
    root: int
    name: str = ""
    device: str = ""

    @property
    def nbytes(self) -> int:
        return int(np.dtype(self.dtype).itemsize * np.prod(self.shape, dtype=object))


@dataclass(frozen=True)
class BodyPlan:
    """What a step runs instead of a kernel. `feeds` names the feed that each input of the step becomes.

    `counter` is the feed that random ops read; it is another for each iteration.
    """

    plan: Plan
    feeds: tuple[str, ...]
    counter: str = ""


@dataclass(frozen=True)
class Step:
    """One kernel on buffers, given by number; -1 stands for an open optional input.

    `paths` are those of all calls that it computes, of which `path` is the last.
    A branch or a loop has bodies, which the executor runs in the place of a kernel. `device` is where it
    runs; empty where the plan does.
    """

    kernel: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    settings: Mapping[str, Any]
    path: str
    op: str
    paths: tuple[str, ...]
    bodies: tuple[BodyPlan, ...] = ()
    device: str = ""


@dataclass(frozen=True)
class Plan:
    """The steps in order, the buffers that they work on, and which buffer is which feed or output.

    `arenas` says how many bytes the arena on each device has.
    """

    steps: tuple[Step, ...]
    buffers: tuple[Buffer, ...]
    arenas: Mapping[str, int]
    feeds: Mapping[str, int]
    variables: Mapping[str, int]
    constants: Mapping[int, np.ndarray]
    updates: Mapping[str, int]
    outputs: Mapping[str, int]
    first_change: int
    """The first step that writes into a variable. Behind it nothing can fail, and a run is not stopped."""

    @property
    def arena_bytes(self) -> int:
        """The bytes of all arenas together."""
        return sum(self.arenas.values())

    @property
    def results(self) -> Mapping[str, int]:
        """The outputs but those that are there for who looks inside."""
        return {name: number for name, number in self.outputs.items() if is_result(name)}

    def __str__(self) -> str:
        """The plan as text: one step a line, with offsets and sizes."""
        lines = [f"arena {self.arena_bytes:,} bytes, {len(self.steps)} steps"]
        for index, step in enumerate(self.steps):
            inputs = ", ".join(self._text(number) for number in step.inputs)
            outputs = ", ".join(self._text(number) for number in step.outputs)
            where = f" on {step.device}" if step.device else ""
            lines.append(f"{index:4} {step.kernel}({inputs}) -> {outputs}{where}  # {step.path}")
            for body in step.bodies:
                lines += [f"     {line}" for line in str(body.plan).splitlines()]
        return "\n".join(lines)

    def _text(self, number: int) -> str:
        if number < 0:
            return "_"
        buffer = self.buffers[number]
        place = f"@{buffer.offset}" if buffer.kind == "arena" else buffer.kind
        return f"{place}[{shape_text(buffer.shape)} {buffer.dtype}]"
