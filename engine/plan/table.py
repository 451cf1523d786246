"""The table of a plan: which steps compiled code walks over in one go, and where its threads must wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Range = tuple[int, int]
"""The first byte of a piece of memory, and the first behind it."""


@dataclass(frozen=True)
class Access:
    """What a record reads and writes, and whether one thread does it."""

    reads: tuple[Range, ...]
    writes: tuple[Range, ...]
    alone: bool


@dataclass
class _Since:
    """What was touched since the threads met last, by how many of them."""

    reads: list[tuple[Range, bool]] = field(default_factory=list)
    writes: list[tuple[Range, bool]] = field(default_factory=list)

    def add(self, access: Access) -> None:
        self.reads += [(each, access.alone) for each in access.reads]
        self.writes += [(each, access.alone) for each in access.writes]

    def concerns(self, access: Access) -> bool:
        """Whether a record must wait for what was done: one thread alone keeps its own order."""
        return _meet(access.writes, access.alone, self.reads + self.writes) or _meet(
            access.reads, access.alone, self.writes
        )


def waits(records: Iterable[Access]) -> list[bool]:
    """For each record whether all threads must have done it before any goes on."""
    found: list[bool] = []
    since = _Since()
    for access in records:
        if found and since.concerns(access):
            found[-1] = True
            since = _Since()
        since.add(access)
        found.append(False)
    return found


def _meet(ranges: Sequence[Range], alone: bool, others: Sequence[tuple[Range, bool]]) -> bool:
    return any(
        start < other[1] and other[0] < end and not (alone and other_alone)
        for start, end in ranges
        for other, other_alone in others
    )
