"""Elements in order: sorted, ranked, the largest few, reversed and rolled."""

from __future__ import annotations

from typing import Any

from kernels.generic.indexing import check_places
from kernels.generic.output import Array, copied, deliver
from kernels.registry import kernel


@kernel()
def pick_along(xp: Any, x: Array, indices: Array, *, axis: int, out: Array | None = None) -> Array:
    check_places(xp, indices, x.shape[axis])
    reached = [slice(size) for size in indices.shape]
    reached[axis] = slice(None)
    return deliver(xp, xp.take_along_axis(x[tuple(reached)], indices.astype("int64", copy=False), axis), out)


@kernel()
def add_along(
    xp: Any, x: Array, indices: Array, like: Array, *, axis: int, out: Array | None = None
) -> Array:
    result = xp.empty(like.shape, x.dtype) if out is None else out
    result[...] = 0
    # Open grids of all axes but one, which the indices take.
    place = list(xp.ogrid[tuple(slice(size) for size in indices.shape)])
    place[axis] = indices
    xp.add.at(result, tuple(place), x)
    return result


@kernel()
def arg_sort(xp: Any, x: Array, *, axis: int, descending: bool, out: Array | None = None) -> Array:
    return deliver(xp, _order(xp, x, axis, descending), out)


@kernel()
def sort(xp: Any, x: Array, *, axis: int, descending: bool, out: Array | None = None) -> Array:
    result = xp.sort(x, axis=axis)
    return copied(xp, xp.flip(result, axis) if descending else result, out)


@kernel()
def top_k(
    xp: Any, x: Array, *, k: int, axis: int, largest: bool, out: tuple[Array, Array] | None = None
) -> tuple[Array, Array]:
    first = xp.moveaxis(xp.moveaxis(_order(xp, x, axis, largest), axis, 0)[:k], 0, axis)
    values, indices = out or (None, None)
    return copied(xp, xp.take_along_axis(x, first, axis), values), copied(xp, first, indices)


@kernel()
def reverse(xp: Any, x: Array, *, axes: tuple[int, ...], out: Array | None = None) -> Array:
    return copied(xp, xp.flip(x, axes or None), out)


@kernel()
def roll(xp: Any, x: Array, *, shift: int, axis: int, out: Array | None = None) -> Array:
    return deliver(xp, xp.roll(x, shift, axis), out)


def _order(xp: Any, x: Array, axis: int, descending: bool) -> Array:
    """The stable order; going down, that of the elements read backwards, so that equal ones keep theirs."""
    if not descending:
        return xp.argsort(x, axis=axis, kind="stable")
    backwards = xp.argsort(xp.flip(x, axis), axis=axis, kind="stable")
    return x.shape[axis] - 1 - xp.flip(backwards, axis)
