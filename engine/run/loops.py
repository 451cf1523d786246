"""Loops over slices in compiled code: where that knows a body whole, its iterations are turns of one walk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.plan.table import Access, Range, waits
from engine.run.segments import LONGEST, Segments
from kernels.cpu.records import Record
from kernels.cpu.records.moving import move
from kernels.cpu.table import Table

Array = Any


@dataclass(frozen=True)
class Moves:
    """What is copied in each turn: slices into the body, what it makes to be stacked, and what it carries.

    Slices are given with the tensors that they belong to, the axis that is walked along first.
    """

    slices: Sequence[tuple[Array, Array]]
    stacked: Sequence[tuple[Array, Array]]
    carried: Sequence[tuple[Array, Array]]


class CompiledLoop:
    """All iterations of a loop as turns over one table: moves in, the body, moves out."""

    def __init__(self, segments: Segments, steps: Sequence[tuple[Record, Access]], turns: int) -> None:
        self._team = segments.team
        records = [record for record, _ in steps]
        self._table = Table(records, waits(access for _, access in steps), self._team.threads)
        self._alone = all(record.alone for record in records)
        self.turns = turns
        self._at_once = max(1, LONGEST // max(1, sum(record.work for record in records)))
        self._count = len(records)

    def run(self, stop: Callable[[], None]) -> bool:
        """Take all turns, asking between some of them whether to stop. False where a value was refused."""
        for first in range(0, self.turns, self._at_once):
            stop()
            turns = range(first, min(first + self._at_once, self.turns))
            self._team.walk(self._table.address, 0, self._count, self._alone, self._table, turns)
            if self._table.refused() is not None:
                return False
        return True


def compiled_loop(segments: Segments, moves: Moves, turns: int, *, reverse: bool) -> CompiledLoop | None:
    """The loop around a body; None where its slices lie in a way that compiled code does not know."""
    first, way = (turns - 1, -1) if reverse else (0, 1)
    into = [
        _move(segments, whole[first], place, whole, place, way * whole.strides[0], 0)
        for whole, place in moves.slices
    ]
    out = [
        _move(segments, made, whole[first], made, whole, 0, way * whole.strides[0])
        for made, whole in moves.stacked
    ]
    on = [_move(segments, made, place, made, place, 0, 0) for made, place in moves.carried]
    steps = [*into, *segments.steps, *out, *on]
    known = [step for step in steps if step is not None]
    return CompiledLoop(segments, known, turns) if len(known) == len(steps) else None


def _move(
    segments: Segments,
    source: Array,
    target: Array,
    whole_source: Array,
    whole_target: Array,
    source_turn: int,
    target_turn: int,
) -> tuple[Record, Access] | None:
    record = move(segments.library, source, target, source_turn, target_turn)
    if record is None:
        return None
    return record, Access((_range(whole_source),), (_range(whole_target),), record.alone)


def _range(array: Array) -> Range:
    start, end = np.lib.array_utils.byte_bounds(array)
    return int(start), int(end)
