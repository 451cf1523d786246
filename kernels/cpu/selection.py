"""Choosing between tensors without branches."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.generic import selection
from kernels.registry import kernel

Array = np.ndarray


@kernel("cpu")
def where(xp: Any, condition: Array, a: Array, b: Array, *, out: Array | None = None) -> Array:
    # np.where and np.copyto branch on each element; on signs of activations, which nobody can predict, the
    # processor guesses wrong half of the time. Exclusive or on the bits takes a fifth of the time there
    # (tests/benchmarks/kernels.py), and hands on NaN and -0 as they are.
    if out is None:
        out = xp.empty(xp.broadcast_shapes(condition.shape, a.shape, b.shape), a.dtype)
    if out.itemsize > 8:
        selection.where(xp, condition, a, b, out=out)  # no whole number is so wide
        return out
    whole = np.dtype(f"i{out.dtype.itemsize}")
    bits, other = out.view(whole), b.view(whole)
    xp.bitwise_xor(a.view(whole), other, out=bits)
    xp.multiply(bits, condition, out=bits)
    xp.bitwise_xor(bits, other, out=bits)
    return out
