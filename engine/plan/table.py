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
class _Touched:
    """What was read and written."""

    reads: list[Range] = field(default_factory=list)
    writes: list[Range] = field(default_factory=list)

    def add(self, access: Access) -> None:
        self.reads += access.reads
        self.writes += access.writes

    def concerns(self, access: Access) -> bool:
        """Whether a record must wait for it."""
        return _meet(access.writes, self.reads) or _meet((*access.reads, *access.writes), self.writes)


def waits(records: Iterable[Access]) -> list[bool]:
    """For each record whether all its shares must be done before any thread goes on.

    One thread alone keeps its own order: what it does need not wait for what it did.
    """
    found: list[bool] = []
    by_one, by_all = _Touched(), _Touched()
    for access in records:
        if found and (by_all.concerns(access) or (not access.alone and by_one.concerns(access))):
            found[-1] = True
            by_one, by_all = _Touched(), _Touched()
        (by_one if access.alone else by_all).add(access)
        found.append(False)
    return found


def _meet(ranges: Sequence[Range], others: Sequence[Range]) -> bool:
    return any(start < last and first < end for start, end in ranges for first, last in others)
