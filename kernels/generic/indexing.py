"""Rows picked by number, and numbers turned into rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.generic.output import Array
from kernels.refusal import Refusal
from kernels.registry import kernel


@kernel()
def gather(xp: Any, x: Array, indices: Array, *, axis: int, out: Array | None = None) -> Array:
    check_indices(xp, indices, x.shape[axis])
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
def one_hot(xp: Any, indices: Array, *, depth: int, dtype: str, out: Array | None = None) -> Array:
    result = xp.empty((*indices.shape, depth), dtype) if out is None else out
    return xp.equal(indices[..., None], xp.arange(depth), out=result)


def check_indices(xp: Any, indices: Array, size: int) -> None:
    """Refuse an index outside 0 to size - 1.

    Only on the host: elsewhere the answer would make the device wait.
    """
    # Read as unsigned, a negative number is larger than any size: one pass finds both kinds.
    if xp is np and indices.size and indices.view(f"u{indices.itemsize}").max() >= size:
        lowest = indices.min()
        wrong = lowest if lowest < 0 else indices.max()
        raise Refusal(f"index {wrong} lies outside 0 to {size - 1}.", "Give indices that count from 0.")
