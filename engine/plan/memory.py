"""Memory: give every buffer a place in one arena, so that those whose lives do not overlap share bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ALIGNMENT = 64
"""Bytes. A cache line, and the widest vector register."""


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
    placed: list[int] = []
    size = 0
    for index in sorted(range(len(lives)), key=lambda i: (-lives[i].nbytes, lives[i].first)):
        life = lives[index]
        needed = _aligned(life.nbytes)
        offset = 0
        for other in sorted(
            (i for i in placed if lives[i].first <= life.last and life.first <= lives[i].last),
            key=lambda i: offsets[i],
        ):
            if offset + needed <= offsets[other]:
                break
            offset = max(offset, offsets[other] + _aligned(lives[other].nbytes))
        offsets[index] = offset
        placed.append(index)
        size = max(size, offset + needed)
    return offsets, size


def _aligned(nbytes: int) -> int:
    return -(-nbytes // ALIGNMENT) * ALIGNMENT
