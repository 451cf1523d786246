"""Counting: how often numbers occur, and where they would stand in a sorted row."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver
from kernels.registry import kernel


@kernel()
def bincount(xp: Any, x: Array, *, count: int, out: Array | None = None) -> Array:
    # A large uint64 stays what it is; read as int64 it would be negative, and is counted nowhere either.
    flat = x.reshape(-1).astype(np.int64)
    inside = flat[(flat >= 0) & (flat < count)]
    return deliver(xp, xp.bincount(inside, minlength=count).astype(np.int64), out)


@kernel()
def histogram(xp: Any, x: Array, *, bins: int, low: float, high: float, out: Array | None = None) -> Array:
    flat = x.reshape(-1).astype(np.float64)
    inside = flat[(flat >= low) & (flat <= high)]
    return deliver(xp, xp.histogram(inside, bins, (low, high))[0].astype(np.int64), out)


@kernel()
def search_sorted(xp: Any, row: Array, values: Array, *, right: bool, out: Array | None = None) -> Array:
    return deliver(xp, xp.searchsorted(row, values, "right" if right else "left").astype(np.int64), out)
