"""Windows: rows of weights that fade a piece of a signal in and out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver
from kernels.registry import kernel


@kernel()
def hann_window(xp: Any, *, size: int, periodic: bool, dtype: str, out: Array | None = None) -> Array:
    return _cosines(xp, (0.5, -0.5), size, periodic, dtype, out)


@kernel()
def hamming_window(
    xp: Any, *, size: int, periodic: bool, dtype: str, alpha: float, out: Array | None = None
) -> Array:
    return _cosines(xp, (alpha, alpha - 1), size, periodic, dtype, out)


@kernel()
def blackman_window(xp: Any, *, size: int, periodic: bool, dtype: str, out: Array | None = None) -> Array:
    return _cosines(xp, (0.42, -0.5, 0.08), size, periodic, dtype, out)


def _cosines(
    xp: Any, factors: Sequence[float], size: int, periodic: bool, dtype: str, out: Array | None
) -> Array:
    """The sum of cosines of 0, 1, 2... periods with their factors; a single weight is one."""
    period = size if periodic else size - 1
    if size == 1:
        return deliver(xp, xp.ones(1, dtype), out)
    angle = xp.arange(size, dtype=np.float64) * (2 * math.pi / max(period, 1))
    total = sum((factor * xp.cos(periods * angle) for periods, factor in enumerate(factors)), xp.zeros(size))
    return deliver(xp, total.astype(dtype), out)
