"""A tensor with a margin around it, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kernels.generic.output import Array, copied
from kernels.registry import kernel

Widths = tuple[int, ...]


@kernel()
def pad(
    xp: Any,
    x: Array,
    *,
    before: Widths,
    after: Widths,
    axes: Widths,
    mode: str,
    value: float,
    out: Array | None = None,
) -> Array:
    margins = list(_margins(x.ndim, before, after, axes))
    inside = x[tuple(_kept(*margin, size) for margin, size in zip(margins, x.shape, strict=True))]
    if mode != "constant":
        widths = [(max(front, 0), max(behind, 0)) for front, behind in margins]
        return copied(xp, xp.pad(inside, widths, mode), out)
    shape = [size + front + behind for size, (front, behind) in zip(x.shape, margins, strict=True)]
    result = xp.empty(shape, x.dtype) if out is None else out
    result[...] = value
    starts = [max(front, 0) for front, _ in margins]
    places = [slice(start, start + size) for start, size in zip(starts, inside.shape, strict=True)]
    result[tuple(places)] = inside
    return result


@kernel()
def pad_back(
    xp: Any,
    x: Array,
    like: Array,
    *,
    before: Widths,
    after: Widths,
    axes: Widths,
    mode: str,
    out: Array | None = None,
) -> Array:
    total = x
    for axis, (front, behind) in enumerate(_margins(x.ndim, before, after, axes)):
        if front or behind:
            total = _folded(xp, total, axis, like.shape[axis], front, behind, mode)
    return copied(xp, total, out)


def _folded(xp: Any, x: Array, axis: int, size: int, front: int, behind: int, mode: str) -> Array:
    """Add the elements along one axis to those they were continued from."""
    places = xp.arange(size)[_kept(front, behind, size)]
    widths = (max(front, 0), max(behind, 0))
    moved = xp.moveaxis(x, axis, 0)
    result = xp.zeros((size, *moved.shape[1:]), x.dtype)
    if mode == "constant":
        result[places] = moved[widths[0] : widths[0] + len(places)]
    else:
        xp.add.at(result, xp.pad(places, widths, mode), moved)
    return xp.moveaxis(result, 0, axis)


def _kept(front: int, behind: int, size: int) -> slice:
    """What negative margins leave of an axis."""
    return slice(max(-front, 0), size + min(behind, 0))


def _margins(rank: int, before: Widths, after: Widths, axes: Widths) -> Iterator[tuple[int, int]]:
    """The margins in front and behind of every axis."""
    named = axes or range(len(before))
    widths = {
        axis % rank: margin for axis, margin in zip(named, zip(before, after, strict=True), strict=True)
    }
    return (widths.get(axis, (0, 0)) for axis in range(rank))
