"""A part of a tensor by where it begins and how large it is, and the ways back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kernels.generic.output import Array, copied
from kernels.registry import kernel

Sizes = tuple[int, ...]


@kernel()
def slice_(xp: Any, x: Array, *, begin: Sizes, size: Sizes, out: Array | None = None) -> Array:
    starts = [start + whole if start < 0 else start for start, whole in zip(begin, x.shape, strict=False)]
    ends = [None if count == -1 else start + count for start, count in zip(starts, size, strict=True)]
    return copied(xp, x[tuple(map(slice, starts, ends))], out)


@kernel()
def slice_like(xp: Any, x: Array, like: Array, *, begin: Sizes, out: Array | None = None) -> Array:
    return copied(xp, x[_part(begin, like.shape, x.shape)], out)


@kernel()
def pad_like(xp: Any, x: Array, like: Array, *, begin: Sizes, out: Array | None = None) -> Array:
    result = xp.empty(like.shape, x.dtype) if out is None else out
    result[...] = 0
    result[_part(begin, x.shape, like.shape)] = x
    return result


def _part(begin: Sizes, sizes: Sequence[int], whole: Sequence[int]) -> tuple[slice, ...]:
    """Where a part of some sizes lies in the whole. A negative begin counts from the end."""
    starts = [start + size if start < 0 else start for start, size in zip(begin, whole, strict=False)]
    starts += [0] * (len(sizes) - len(starts))
    return tuple(slice(start, start + size) for start, size in zip(starts, sizes, strict=True))
