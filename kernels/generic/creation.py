"""Tensors made from nothing but their settings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver
from kernels.registry import kernel


@kernel()
def fill(xp: Any, *, shape: tuple[int, ...], value: float, dtype: str, out: Array | None = None) -> Array:
    result = xp.empty(shape, dtype) if out is None else out
    result[...] = value
    return result


@kernel()
def range_(
    xp: Any, *, start: float, limit: float, delta: float, dtype: str, out: Array | None = None
) -> Array:
    count = max(0, math.ceil((limit - start) / delta))
    # Counted in whole numbers and then scaled, so that no error grows from one number to the next.
    wide = np.int64 if dtype[0] in "iu" else np.float64
    return deliver(xp, (wide(start) + xp.arange(count, dtype=wide) * wide(delta)).astype(dtype), out)
