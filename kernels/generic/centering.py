"""The middle of a tensor, or a tensor in the middle of zeros."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kernels.generic.output import Array
from kernels.registry import kernel


@kernel()
def center_crop_pad(
    xp: Any, x: Array, *, axes: tuple[int, ...], sizes: tuple[int, ...], out: Array | None = None
) -> Array:
    shape = list(x.shape)
    for axis, size in zip(axes or range(x.ndim), sizes, strict=True):
        shape[axis] = size
    return _centered(xp, x, shape, out)


@kernel()
def center_like(xp: Any, x: Array, like: Array, *, out: Array | None = None) -> Array:
    return _centered(xp, x, like.shape, out)


def _centered(xp: Any, x: Array, shape: Sequence[int], out: Array | None) -> Array:
    """Both middles laid on one another; of an odd difference the larger half lies behind."""
    result = xp.empty(shape, x.dtype) if out is None else out
    result[...] = 0
    taken, filled = [], []
    for before, after in zip(x.shape, shape, strict=True):
        common = min(before, after)
        start, place = (before - common) // 2, (after - common) // 2
        taken.append(slice(start, start + common))
        filled.append(slice(place, place + common))
    result[tuple(filled)] = x[tuple(taken)]
    return result
