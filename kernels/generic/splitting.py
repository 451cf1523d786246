"""Several tensors out of one: parts along an axis, or the slices themselves."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from kernels.generic.output import Array, copied_all
from kernels.registry import kernel


@kernel()
def split(xp: Any, x: Array, *, sizes: tuple[int, ...], axis: int, out: Any = None) -> Any:
    whole, shares = x.shape[axis], sizes.count(-1)
    left = whole - sum(size for size in sizes if size != -1)
    widths = [left // shares if size == -1 else size for size in sizes]
    moved = xp.moveaxis(x, axis, 0)
    ends = list(accumulate(widths))
    parts = (moved[end - width : end] for end, width in zip(ends, widths, strict=True))
    return copied_all(xp, [xp.moveaxis(part, 0, axis) for part in parts], out)


@kernel()
def unstack(xp: Any, x: Array, *, count: int, axis: int, out: Any = None) -> Any:
    return copied_all(xp, [*xp.moveaxis(x, axis, 0)], out)
