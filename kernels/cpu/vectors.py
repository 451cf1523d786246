"""The vectors of a processor, and how large tiles of a matrix product can be with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PANELS = (1, 2)
"""How many vectors wide tiles are."""


@dataclass(frozen=True)
class Vectors:
    """How many float32 one vector holds, and how many vectors there are."""

    width: int
    count: int

    def rows(self, vectors: int) -> int:
        """The most rows of a tile that is so many vectors wide: three quarters of all vectors hold C."""
        return min(14, self.count * 3 // 4 // vectors)


def vectors_of(features: Mapping[str, bool]) -> Vectors:
    """The vectors of a processor with these features."""
    if features.get("avx512f"):
        return Vectors(16, 32)
    if features.get("avx2") and features.get("fma"):
        return Vectors(8, 16)
    return Vectors(4, 32 if features.get("neon") else 16)
