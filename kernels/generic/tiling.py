"""Copies of a tensor: along axes of size 1, or side by side, and the sum of such copies."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array, copied, deliver, spread
from kernels.registry import kernel

Sizes = tuple[int, ...]


@kernel()
def broadcast_to(xp: Any, x: Array, *, shape: Sizes, out: Array | None = None) -> Array:
    new = len(shape) - x.ndim
    sizes = [x.shape[axis - new] if size == -1 else size for axis, size in enumerate(shape)]
    return spread(xp, x, sizes, out)


@kernel()
def tile(xp: Any, x: Array, *, multiples: Sizes, out: Array | None = None) -> Array:
    return deliver(xp, xp.tile(x, multiples), out)


@kernel()
def sum_tiles(xp: Any, x: Array, like: Array, *, multiples: Sizes, out: Array | None = None) -> Array:
    parts = [size for pair in zip(multiples, like.shape, strict=True) for size in pair]
    copies = tuple(range(0, len(parts), 2))
    total = x.reshape(parts).sum(axis=copies, dtype=x.dtype) if copies else x
    return copied(xp, total, out)
