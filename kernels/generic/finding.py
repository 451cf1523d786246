"""What the elements of a tensor decide the size of."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver
from kernels.registry import kernel


@kernel()
def non_zero(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    places = xp.nonzero(x.reshape(-1))[0].astype(np.int64)
    # A single number has no axes, and so its one position has no numbers.
    columns = xp.unravel_index(places, x.shape) if x.ndim else ()
    rows = xp.stack(columns, axis=-1) if columns else xp.empty((len(places), 0), np.int64)
    return deliver(xp, rows, out)
