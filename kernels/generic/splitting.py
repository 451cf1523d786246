"""Several tensors out of one: parts along an axis, or the slices themselves."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from kernels.generic.output import Array, copied
from kernels.registry import kernel


@kernel()
def split(xp: Any, x: Array, *, sizes: tuple[int, ...], axis: int, out: Any = None) -> Any:
    whole, shares = x.shape[axis], sizes.count(-1)
    left = whole - sum(size for size in sizes if size != -1)
    widths = [left // shares if size == -1 else size for size in sizes]
    moved = xp.moveaxis(x, axis, 0)
    ends = list(accumulate(widths))
    parts = (moved[end - width : end] for end, width in zip(ends, widths, strict=True))
    return _delivered(xp, [xp.moveaxis(part, 0, axis) for part in parts], out)


@kernel()
def unstack(xp: Any, x: Array, *, count: int, axis: int, out: Any = None) -> Any:
    return _delivered(xp, xp.moveaxis(x, axis, 0), out)


def _delivered(xp: Any, parts: Iterable[Array], out: Any) -> Any:
    """Copies of the parts: of several a tuple, and a single one as it is."""
    views = list(parts)
    places = [None] * len(views) if out is None else [out] if len(views) == 1 else list(out)
    made = tuple(copied(xp, view, place) for view, place in zip(views, places, strict=True))
    return made[0] if len(made) == 1 else made
