"""What can be said of a tensor in few bytes: figures, a histogram, a sample, and slices of its values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.telemetry.events import histogram_of
from engine.worker.messages import Histogram, ReadTile, Statistics

Array = NDArray[Any]

WHOLE = 4096
"""A tensor of so many elements is its own sample."""
SAMPLE = 65536
"""Otherwise a sample has so many elements at most."""
SAMPLE_ENTRIES = 64
CELLS = 4 * 1024 * 1024
"""A slice has so many values at most."""
BINS = 48


def statistics(array: Array) -> Statistics:
    """Figures over the finite values, and how many values are not finite; of complex ones over |x|."""
    size = int(array.size)
    if not size:
        return Statistics(None, None, None, None, 0, 0, 0, 0)
    zeros = size - int(np.count_nonzero(array))
    nan = inf = 0
    array = real(array)
    finite = array
    if array.dtype.kind == "f":
        low, high = array.min(), array.max()  # NaN and inf show in these two, so most tensors need no mask
        if not (np.isfinite(low) and np.isfinite(high)):
            nan = int(np.count_nonzero(np.isnan(array)))
            mask = np.isfinite(array)
            inf = size - nan - int(np.count_nonzero(mask))
            finite = array[mask]
            if not finite.size:
                return Statistics(None, None, None, None, nan, inf, zeros, size)
    numbers = finite if finite.dtype == np.float64 else finite.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, std = float(numbers.mean()), float(numbers.std())
    low, high = float(numbers.min()), float(numbers.max())
    return Statistics(low, high, _finite(mean), _finite(std), nan, inf, zeros, size)


def histogram(array: Array) -> Histogram:
    """Equally wide bins over the finite values."""
    found = histogram_of(array, tag="", split="train", step=0, epoch=0, wall_time=0.0, bins=BINS)
    return Histogram(found.counts.tolist(), found.edges.tolist())


def sample(array: Array) -> Array | None:
    """The first entries of the leading axis, or a small tensor whole; None where one entry is too large."""
    array = plain(array)
    if array.size <= WHOLE:
        return array
    per_entry = math.prod(array.shape[1:]) or 1
    entries = min(len(array), SAMPLE_ENTRIES, SAMPLE // per_entry) if array.ndim > 1 else SAMPLE
    return array[:entries] if entries else None


def tile(array: Array, wanted: ReadTile) -> Array:
    """The slice that was asked for, reduced to cells; raises ValueError, in words for the user."""
    plane = _plane(plain(array), wanted.fixed)
    rows, columns = plane.shape
    row0, row1 = max(0, wanted.row0), min(rows, wanted.row1)
    column0, column1 = max(0, wanted.column0), min(columns, wanted.column1)
    if row0 >= row1 or column0 >= column1:
        return plane[:0, :0]
    row_step, column_step = max(1, wanted.row_step), max(1, wanted.column_step)
    cells = -(-(row1 - row0) // row_step) * -(-(column1 - column0) // column_step)
    if cells > CELLS:
        raise ValueError(f"The slice has {cells:,} cells; the limit is {CELLS:,}.")
    part = plane[row0:row1, column0:column1]
    if (row_step, column_step) == (1, 1):
        return part
    part = real(part)
    across = range(0, part.shape[1], column_step)
    down = range(0, part.shape[0], row_step)
    low = np.minimum.reduceat(np.minimum.reduceat(part, across, axis=1), down, axis=0)
    high = np.maximum.reduceat(np.maximum.reduceat(part, across, axis=1), down, axis=0)
    # NaN is neither smaller nor greater, and both reductions pass it on.
    return np.where(high.astype(np.float64) >= -low.astype(np.float64), high, low)


def entries(array: Array, first: int, count: int) -> Array:
    """Entries of the leading axis; raises ValueError, in words for the user."""
    array = plain(array)
    if not array.ndim:
        return array
    found = array[max(0, first) : max(0, first) + max(0, count)]
    if found.size > CELLS:
        raise ValueError(f"These entries have {found.size:,} values; the limit is {CELLS:,}.")
    return found


def plain(array: Array) -> Array:
    """The same values in a dtype that NumPy's own functions know: bfloat16 as float32."""
    return array.astype(np.float32) if array.dtype.name == "bfloat16" else array


def real(array: Array) -> Array:
    """What is counted and compared of values: of complex numbers their distance from zero."""
    return np.abs(array) if array.dtype.kind == "c" else plain(array)


def _plane(array: Array, fixed: tuple[int, ...]) -> Array:
    leading = array.shape[:-2]
    if len(fixed) != len(leading) or not all(0 <= i < n for i, n in zip(fixed, leading, strict=False)):
        raise ValueError(f"There is no slice {fixed} in a tensor of {array.ndim} axes.")
    plane: Array = array[fixed]
    return plane.reshape(1, -1) if plane.ndim < 2 else plane


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
