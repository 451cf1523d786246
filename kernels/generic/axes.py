"""One axis split into several, several axes merged into one, and the numbers along an axis."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver
from kernels.registry import kernel


@kernel()
def split_axis(xp: Any, x: Array, *, axis: int, sizes: tuple[int, ...]) -> Array:
    place = axis % x.ndim
    known = math.prod(size for size in sizes if size != -1)
    parts = [x.shape[place] // known if size == -1 else size for size in sizes]
    return x.reshape((*x.shape[:place], *parts, *x.shape[place + 1 :]))


@kernel()
def merge_axes(xp: Any, x: Array, *, axis: int, count: int) -> Array:
    place = axis % x.ndim
    merged = math.prod(x.shape[place : place + count])
    return x.reshape((*x.shape[:place], merged, *x.shape[place + count :]))


@kernel()
def positions(xp: Any, x: Array, *, axis: int, out: Array | None = None) -> Array:
    return deliver(xp, xp.arange(x.shape[axis], dtype=np.int64), out)
