"""Memory: give every buffer a place in one arena, so that those whose lives do not overlap share bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 64
"""Bytes. A cache line, and the widest vector register."""

_Bytes = NDArray[np.int64]


@dataclass(frozen=True)
class Life:
    """How many bytes are needed from one step to another, both included."""

    nbytes: int
    first: int
    last: int


def place(lives: Sequence[Life]) -> tuple[list[int], int]:
    """Offsets for all lives, and the size of the arena.

    The largest come first, each into the lowest gap between those that live at the same time
    (greedy by size; Pisarchyk and Lee, Efficient Memory Management for Deep Neural Net Inference, 2020).
    """
    offsets = [0] * len(lives)
    # What is placed, sorted by offset: first step, last step, start and end in bytes. In arrays, because each
    # life is compared with all before it: 10,000 of them in half a second (tests/benchmarks/executor.py).
    table = np.empty((4, len(lives)), np.int64)
    filled = (index for index, life in enumerate(lives) if life.nbytes)
    for count, index in enumerate(sorted(filled, key=lambda i: (-lives[i].nbytes, lives[i].first))):
        life, needed = lives[index], _aligned(lives[index].nbytes)
        first, last, start, end = table[:, :count]
        meets = ((first <= life.last) & (life.first <= last)).nonzero()[0]
        offset = _lowest_gap(start[meets], end[meets], needed)
        offsets[index] = offset
        row = int(start.searchsorted(offset))
        table[:, row + 1 : count + 1] = table[:, row:count]
        table[:, row] = life.first, life.last, offset, offset + needed
    return offsets, max(
        (offset + _aligned(life.nbytes) for offset, life in zip(offsets, lives, strict=True)), default=0
    )


def _lowest_gap(start: _Bytes, end: _Bytes, needed: int) -> int:
    """The lowest offset with so much room between intervals that are sorted by their start."""
    if not start.size:
        return 0
    tops = np.maximum.accumulate(end)
    room = start.copy()
    room[1:] -= tops[:-1]
    gap = int((room >= needed).argmax())
    if room[gap] < needed:
        return int(tops[-1])
    return int(tops[gap - 1]) if gap else 0


def _aligned(nbytes: int) -> int:
    return -(-nbytes // ALIGNMENT) * ALIGNMENT
