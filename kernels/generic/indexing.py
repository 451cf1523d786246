"""Rows picked by number, and numbers turned into rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver
from kernels.refusal import Refusal
from kernels.registry import kernel


@kernel()
def gather(xp: Any, x: Array, indices: Array, *, axis: int, out: Array | None = None) -> Array:
    check_places(xp, indices, x.shape[axis])
    return xp.take(x, indices, axis=axis, out=out)


@kernel()
def scatter_add(
    xp: Any, x: Array, indices: Array, like: Array, *, axis: int, out: Array | None = None
) -> Array:
    result = xp.empty(like.shape, x.dtype) if out is None else out
    result[...] = 0
    place = (slice(None),) * (axis % like.ndim)
    xp.add.at(result, (*place, indices), x)
    return result


@kernel()
def one_hot(
    xp: Any,
    indices: Array,
    *,
    depth: int,
    dtype: str,
    axis: int,
    wrap: bool,
    on: float,
    off: float,
    out: Array | None = None,
) -> Array:
    # Signed, so that a number of the row and one counted from its end can be told apart.
    places = xp.expand_dims(indices, axis).astype(np.int64)
    row = xp.arange(depth).reshape([-1 if at == axis % places.ndim else 1 for at in range(places.ndim)])
    found = places == row
    if wrap:
        found |= places == row - depth
    kind = out.dtype if out is not None else dtype
    return deliver(xp, xp.where(found, xp.asarray(on, kind), xp.asarray(off, kind)), out)


def check_indices(xp: Any, indices: Array, size: int) -> None:
    """Refuse an index outside 0 to size - 1.

    Only on the host: elsewhere the answer would make the device wait.
    """
    # Read as unsigned, a negative number is larger than any size: one pass finds both kinds.
    if xp is np and indices.size and indices.view(f"u{indices.itemsize}").max() >= size:
        lowest = indices.min()
        wrong = lowest if lowest < 0 else indices.max()
        raise Refusal(f"index {wrong} lies outside 0 to {size - 1}.", "Give indices that count from 0.")


def check_places(xp: Any, indices: Array, size: int) -> None:
    """Refuse an index outside -size to size - 1; a negative one counts from the end. Only on the host."""
    if xp is np and indices.size and (indices.max() >= size or indices.min() < -size):
        wrong = indices.max() if indices.max() >= size else indices.min()
        raise Refusal(
            f"index {wrong} lies outside {-size} to {size - 1}.",
            "Indices count from 0, or from -1 backwards.",
        )
