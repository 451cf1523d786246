"""Elements picked by whole positions, and elements put at places."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.devices import to_host
from kernels.generic.indexing import check_places
from kernels.generic.output import Array, copied, deliver
from kernels.refusal import Refusal
from kernels.registry import kernel

Place = tuple[Array, ...]


@kernel()
def gather_nd(xp: Any, x: Array, indices: Array, *, batch_axes: int, out: Array | None = None) -> Array:
    return deliver(xp, x[_rows(xp, x, indices, batch_axes)], out)


@kernel()
def scatter_nd(
    xp: Any,
    x: Array,
    indices: Array,
    updates: Array,
    *,
    reduction: str,
    batch_axes: int,
    out: Array | None = None,
) -> Array:
    return _put(xp, x, _rows(xp, x, indices, batch_axes), updates, reduction, out)


@kernel()
def put_along(
    xp: Any,
    x: Array,
    indices: Array,
    updates: Array,
    *,
    reduction: str,
    axis: int,
    out: Array | None = None,
) -> Array:
    return _put(xp, x, _along(xp, x, indices, axis), updates, reduction, out)


@kernel()
def lasting_nd(
    xp: Any, indices: Array, x: Array, updates: Array, *, batch_axes: int, out: Array | None = None
) -> Array:
    return _lasting(xp, x.shape, _rows(xp, x, indices, batch_axes), updates.shape, out)


@kernel()
def lasting_along(
    xp: Any, indices: Array, x: Array, updates: Array, *, axis: int, out: Array | None = None
) -> Array:
    return _lasting(xp, x.shape, _along(xp, x, indices, axis), updates.shape, out)


def _put(xp: Any, x: Array, place: Place, updates: Array, reduction: str, out: Array | None) -> Array:
    if reduction == "multiply" and xp is not np:
        # CuPy has sums and extremes at places, and no products.
        host = _put(np, to_host(x), tuple(map(to_host, place)), to_host(updates), reduction, None)
        return deliver(xp, xp.asarray(host), out)
    result = copied(xp, x, out)
    if reduction == "none":
        result[place] = updates
    else:
        getattr(xp, reduction).at(result, place, updates)
    return result


def _lasting(
    xp: Any, whole: tuple[int, ...], place: Place, shape: tuple[int, ...], out: Array | None
) -> Array:
    numbers = xp.arange(int(np.prod(shape))).reshape(shape)
    marks = xp.empty(whole, numbers.dtype)
    marks[place] = numbers
    return xp.equal(marks[place], numbers, out=out)


def _rows(xp: Any, x: Array, indices: Array, batch_axes: int) -> Place:
    """One array of numbers for each axis that the rows name; those of the batch count by themselves."""
    depth = indices.shape[-1]
    if not 1 <= depth <= x.ndim - batch_axes:
        raise Refusal(f"rows of {depth} numbers name no place in a tensor of rank {x.ndim}.")
    rank = indices.ndim - 1
    columns = [indices[..., column] for column in range(depth)]
    for column, size in zip(columns, x.shape[batch_axes:], strict=False):
        check_places(xp, column, size)
    batch = [_counted(xp, indices.shape[axis], axis, rank) for axis in range(batch_axes)]
    return (*batch, *columns)


def _along(xp: Any, x: Array, indices: Array, axis: int) -> Place:
    """Open grids of all axes but one, which the indices take."""
    check_places(xp, indices, x.shape[axis])
    place = [_counted(xp, size, at, indices.ndim) for at, size in enumerate(indices.shape)]
    place[axis] = indices
    return tuple(place)


def _counted(xp: Any, size: int, axis: int, rank: int) -> Array:
    """0, 1, 2... along one axis."""
    return xp.arange(size).reshape([-1 if at == axis else 1 for at in range(rank)])
