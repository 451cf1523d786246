"""What the elements of a tensor decide the size of."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver, deliver_all
from kernels.registry import kernel


@kernel()
def non_zero(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    places = xp.nonzero(x.reshape(-1))[0].astype(np.int64)
    # A single number has no axes, and so its one position has no numbers.
    columns = xp.unravel_index(places, x.shape) if x.ndim else ()
    rows = xp.stack(columns, axis=-1) if columns else xp.empty((len(places), 0), np.int64)
    return deliver(xp, rows, out)


@kernel()
def unique(
    xp: Any,
    x: Array,
    *,
    whole: bool,
    axis: int,
    in_order: bool,
    out: tuple[Array, ...] | None = None,
) -> tuple[Array, ...]:
    along = None if whole else axis
    found = xp.unique(x, return_index=True, return_inverse=True, return_counts=True, axis=along)
    values, indices, inverse, counts = found
    inverse = inverse.reshape(-1)
    if not in_order:
        order = xp.argsort(indices, kind="stable")
        values = xp.take(values, order, axis=0 if whole else axis)
        indices, counts, inverse = indices[order], counts[order], xp.argsort(order)[inverse]
    numbers = [array.astype(np.int64) for array in (indices, inverse, counts)]
    return deliver_all(xp, [values, *numbers], out)
