"""One record of the table, and who makes it: by kernel name, from arrays and settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels.cpu.library import Library

Array = Any
Arrays = Sequence[Array | None]

ALONE_BELOW = 1 << 14
"""Elementary operations that one thread does sooner than two have met."""


@dataclass(frozen=True)
class Record:
    """What one step is for compiled code.

    `words` begin at layout.FIRST; `work` says about how many elementary operations it is, `scratch` how many
    bytes each thread needs for itself, and `keeps` holds the tables that words point to.
    """

    kernel: int
    words: Sequence[int]
    work: int
    scratch: int = 0
    keeps: tuple[Any, ...] = ()
    refuses: bool = False
    """Whether it may find a value that it cannot work with; it then says so in the word layout.STATUS."""

    @property
    def alone(self) -> bool:
        """Whether one thread does it."""
        return self.work < ALONE_BELOW


Packer = Callable[..., Record | None]
"""`f(library, inputs, outputs, **settings)`; None where compiled code does not know such dtypes or sizes."""

_packers: dict[str, Packer] = {}


def packs(name: str) -> Callable[[Packer], Packer]:
    """Register how a kernel becomes a record."""

    def register(packer: Packer) -> Packer:
        _packers[name] = packer
        return packer

    return register


def pack(
    library: Library, name: str, inputs: Arrays, outputs: Arrays, settings: dict[str, Any]
) -> Record | None:
    """The record of a step, or None where it is left to NumPy."""
    packer = _packers.get(name)
    arrays = [array for array in (*inputs, *outputs) if array is not None]
    if packer is None or not all(array.flags.c_contiguous and array.size for array in arrays):
        return None
    return packer(library, inputs, outputs, **settings)


def packed_names() -> frozenset[str]:
    """The kernels that compiled code knows."""
    return frozenset(_packers)


def address(array: Array) -> int:
    """Where an array lies."""
    return int(array.ctypes.data)


def table(rows: Sequence[Sequence[int]]) -> np.ndarray:
    """Rows of whole numbers, for words to point to."""
    return np.array(rows, np.int64)
