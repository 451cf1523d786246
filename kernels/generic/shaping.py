"""The same elements in another shape or order."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array, copied
from kernels.registry import kernel

Sizes = tuple[int, ...]


@kernel()
def reshape_like(xp: Any, x: Array, like: Array) -> Array:
    return x.reshape(like.shape)


@kernel()
def reshape(xp: Any, x: Array, *, shape: Sizes, keep: bool) -> Array:
    return x.reshape([x.shape[axis] if keep and size == 0 else size for axis, size in enumerate(shape)])


@kernel()
def expand_dims(xp: Any, x: Array, *, axis: int) -> Array:
    return xp.expand_dims(x, axis)


@kernel()
def unsqueeze(xp: Any, x: Array, *, axes: Sizes) -> Array:
    return xp.expand_dims(x, axes)


@kernel()
def squeeze(xp: Any, x: Array, *, axes: Sizes) -> Array:
    return xp.squeeze(x, axis=axes or None)


@kernel()
def transpose(xp: Any, x: Array, *, permutation: Sizes, out: Array | None = None) -> Array:
    return copied(xp, x.transpose(permutation or None), out)
