"""Choosing between tensors by a condition, and keeping a tensor within limits."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array
from kernels.registry import kernel


@kernel()
def where(xp: Any, condition: Array, a: Array, b: Array, *, out: Array | None = None) -> Array:
    if out is None:
        return xp.where(condition, a, b)
    xp.copyto(out, b)
    xp.copyto(out, a, where=condition)
    return out


@kernel()
def clip(xp: Any, x: Array, *, low: float, high: float, out: Array | None = None) -> Array:
    return xp.clip(x, low, high, out=out)
