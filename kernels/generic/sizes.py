"""The sizes of a tensor as a tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver
from kernels.registry import kernel


@kernel()
def shape(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return deliver(xp, xp.array(x.shape, np.int64), out)


@kernel()
def size(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return deliver(xp, xp.array(x.size, np.int64), out)


@kernel()
def rank(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return deliver(xp, xp.array(x.ndim, np.int64), out)
