"""Slices of a tensor: their shape, how cells are reduced, and a source that answers from an array."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from widgets.inspector.looks import TileLook, TileRequest

Array = NDArray[Any]


@dataclass(frozen=True)
class MatrixShape:
    """A tensor seen as matrices: the leading axes choose one, the last two are its rows and columns."""

    leading: tuple[int, ...]
    rows: int
    columns: int

    @classmethod
    def of(cls, shape: tuple[int, ...]) -> "MatrixShape":
        """Return how a tensor of this shape is seen: a scalar is 1 x 1, a vector is one row.

        Without any entry on a leading axis there is no matrix to choose, and so no row.
        """
        rows, columns = (1, 1, *shape)[-2:]
        if 0 in shape[:-2]:
            return cls((), 0, columns)
        return cls(shape[:-2], rows, columns)


class TileSource(Protocol):
    """Answers requests for slices; the presenter has one that asks the worker."""

    def read(self, request: TileRequest) -> TileLook:
        """Return the values of the slice."""


class ArraySource:
    """A source over an array that is in this process."""

    def __init__(self, array: Array) -> None:
        self._array = array

    def read(self, request: TileRequest) -> TileLook:
        """Return the values of the slice, reduced to the cells that were asked for."""
        matrix = as_matrix(self._array, request.fixed)
        part = matrix[request.row0 : request.row1, request.column0 : request.column1]
        return TileLook(request, reduced(part, request.row_step, request.column_step))


def as_matrix(array: Array, fixed: tuple[int, ...]) -> Array:
    """Return the last two axes of an array, the leading ones held at `fixed`."""
    if array.ndim < 2:
        return array.reshape(1, -1)
    return np.asarray(array[fixed])


def reduced(values: Array, row_step: int, column_step: int) -> Array:
    """Return of each cell the value farthest from zero, NaN before all others, so that no spike is lost."""
    if row_step == 1 and column_step == 1:
        return values
    # Rows first: whole rows are compared at once, and little is left for the columns.
    low, high = _extremes(values, values, row_step)
    low, high = _extremes(low.T, high.T, column_step)
    low, high = low.T, high.T
    return np.where(np.abs(low) > np.abs(high), low, high)


def _extremes(low: Array, high: Array, step: int) -> tuple[Array, Array]:
    """Return minima of `low` and maxima of `high` over groups of `step` rows, the last one the rest."""
    if step == 1 or not low.size:
        return low[::step], high[::step]
    whole = len(low) // step * step
    lows = [low[:whole].reshape(-1, step, low.shape[1]).min(axis=1)]
    highs = [high[:whole].reshape(-1, step, high.shape[1]).max(axis=1)]
    if whole < len(low):
        lows.append(low[whole:].min(axis=0, keepdims=True))
        highs.append(high[whole:].max(axis=0, keepdims=True))
    return np.concatenate(lows), np.concatenate(highs)


def cells_of(request: TileRequest) -> tuple[int, int]:
    """Return how many rows and columns of cells a request has."""
    return (
        math.ceil((request.row1 - request.row0) / request.row_step),
        math.ceil((request.column1 - request.column0) / request.column_step),
    )
