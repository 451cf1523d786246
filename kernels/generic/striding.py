"""A part of a tensor by starts, ends and steps, and the way back."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array, copied
from kernels.registry import kernel

Numbers = tuple[int, ...]


@kernel()
def strided_slice(
    xp: Any,
    x: Array,
    *,
    starts: Numbers,
    ends: Numbers,
    axes: Numbers,
    steps: Numbers,
    out: Array | None = None,
) -> Array:
    return copied(xp, x[_cuts(x.ndim, starts, ends, axes, steps)], out)


@kernel()
def strided_place(
    xp: Any,
    x: Array,
    like: Array,
    *,
    starts: Numbers,
    ends: Numbers,
    axes: Numbers,
    steps: Numbers,
    out: Array | None = None,
) -> Array:
    result = xp.empty(like.shape, x.dtype) if out is None else out
    result[...] = 0
    result[_cuts(like.ndim, starts, ends, axes, steps)] = x
    return result


def _cuts(rank: int, starts: Numbers, ends: Numbers, axes: Numbers, steps: Numbers) -> tuple[slice, ...]:
    """One slice for each axis. Python moves what lies outside to the edge."""
    found = [slice(None)] * rank
    cuts = map(slice, starts, ends, steps or (1,) * len(starts))
    for axis, cut in zip(axes or range(len(starts)), cuts, strict=True):
        found[axis] = cut
    return tuple(found)
