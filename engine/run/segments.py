"""The steps of a plan that compiled code takes over: runs of them become one call, walked by all threads."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from engine.plan.plan import Plan, Step
from engine.plan.table import Access, Range, waits
from kernels import HOST
from kernels.cpu.records import Record, pack
from kernels.cpu.table import Table
from kernels.cpu.tier import Compiled

Array = Any
Call = Callable[[], object]


LONGEST = 1 << 28
"""Elementary operations between two questions whether to stop: some hundredths of a second."""


class StepFailed(Exception):
    """A step inside a run of steps could not be computed; the cause says why."""

    def __init__(self, index: int) -> None:
        super().__init__(f"step {index} failed")
        self.index = index


class Segments:
    """A plan bound to compiled code, as far as that knows its steps; the others stay what they are."""

    def __init__(
        self, compiled: Compiled, plan: Plan, arrays: Sequence[Array], calls: Sequence[Call]
    ) -> None:
        self._arrays = arrays
        self._numpy = calls
        self.team, self.library = compiled.team, compiled.library
        here = [not step.bodies and step.device in ("", HOST) for step in plan.steps]
        records = [
            self._record(compiled, s) if fits else None for s, fits in zip(plan.steps, here, strict=True)
        ]
        pairs = [(step, r) for step, r in zip(plan.steps, records, strict=True) if r is not None]
        self.steps = [(record, self._access(step, record)) for step, record in pairs]
        """The records of what compiled code knows, with what they read and write."""
        found = waits(access for _, access in self.steps)
        before = sum(record is not None for record in records[: plan.first_change])
        if 0 < before < len(found):
            found[before - 1] = True  # no variable changes before it is known that no value was refused
        self._table = Table([record for _, record in pairs], found, compiled.team.threads)
        self._steps = [index for index, record in enumerate(records) if record is not None]
        self.calls: list[tuple[Call, int]] = []
        """What is to be called in order, each with the step that it begins with."""
        self.single: list[Call] = []
        """The same step by step, for when each is timed."""
        first = 0
        for known, run in itertools.groupby(
            range(len(records)), key=lambda index: records[index] is not None
        ):
            steps = list(run)
            if known:
                self.single += [self._walk(first + offset, 1) for offset in range(len(steps))]
                for part in self._parts(first, first + len(steps)):
                    self.calls.append((self._walk(part.start, len(part)), self._steps[part.start]))
                first += len(steps)
            else:
                self.calls += [(calls[index], index) for index in steps]
                self.single += [calls[index] for index in steps]

    @property
    def compiled_steps(self) -> frozenset[int]:
        """The steps that compiled code computes."""
        return frozenset(self._steps)

    def _parts(self, first: int, last: int) -> Iterator[range]:
        """Rows of the table, cut where a run of them would take so long that a stop had to wait."""
        start, work = first, 0
        for row in range(first, last):
            work += self._table.records[row].work
            if work > LONGEST or row == last - 1:
                yield range(start, row + 1)
                start, work = row + 1, 0

    def _walk(self, first: int, count: int) -> Call:
        """The call that walks over some rows of the table."""
        records = self._table.records[first : first + count]
        alone = all(record.alone for record in records)
        walk = functools.partial(self.team.walk, self._table.address, first, count, alone, self._table)
        return functools.partial(self._checked, walk) if any(record.refuses for record in records) else walk

    def _checked(self, walk: Call) -> None:
        """Walk, and where compiled code refused a value, let NumPy say which one and why."""
        walk()
        refused = self._table.refused()
        if refused is not None:
            index = self._steps[refused]
            try:
                self._numpy[index]()
            except Exception as error:
                raise StepFailed(index) from error

    def _record(self, compiled: Compiled, step: Step) -> Record | None:
        inputs = [None if number < 0 else self._arrays[number] for number in step.inputs]
        outputs = [self._arrays[number] for number in step.outputs]
        return pack(compiled.library, step.kernel, inputs, outputs, dict(step.settings))

    def _access(self, step: Step, record: Record) -> Access:
        reads = tuple(_ranges(self._arrays[number] for number in step.inputs if number >= 0))
        writes = tuple(_ranges(self._arrays[number] for number in step.outputs))
        return Access(reads, writes, record.alone)


def _ranges(arrays: Iterator[Array]) -> Iterator[Range]:
    for array in arrays:
        start = int(array.ctypes.data)
        yield start, start + array.nbytes
