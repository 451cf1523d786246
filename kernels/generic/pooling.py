"""Pooling: the largest element of each window, the mean of each window, and the ways back."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array, deliver
from kernels.generic.windows import Axis, Sizes, axes_of, inside, offsets, padded, padded_sizes
from kernels.registry import kernel

Axes = tuple[Axis, ...]
_LOWEST = float("-inf")


@kernel()
def max_pool(
    xp: Any, x: Array, *, strides: Sizes, padding: str, pads: Sizes, window: Sizes, out: Array | None = None
) -> Array:
    axes = _axes(x, window, strides, padding, pads)
    return deliver(xp, _largest(xp, padded(xp, x, axes, _LOWEST), axes, _counts(x, axes)), out)


@kernel()
def max_pool_gradient(
    xp: Any,
    dy: Array,
    x: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    window: Sizes,
    out: Array | None = None,
) -> Array:
    axes = _axes(x, window, strides, padding, pads)
    whole = xp.zeros((x.shape[0], *padded_sizes(x.shape[1:-1], axes), x.shape[-1]), dy.dtype)
    for part, chosen in _first_largest(xp, x, axes):
        whole[part] += xp.where(chosen, dy, dy.dtype.type(0))
    return deliver(xp, xp.ascontiguousarray(whole[(slice(None), *inside(x.shape[1:-1], axes))]), out)


@kernel()
def max_pool_select(
    xp: Any,
    z: Array,
    x: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    window: Sizes,
    out: Array | None = None,
) -> Array:
    axes = _axes(x, window, strides, padding, pads)
    result = xp.empty((x.shape[0], *_counts(x, axes), x.shape[-1]), z.dtype) if out is None else out
    result[...] = 0
    given = padded(xp, z, axes)
    for part, chosen in _first_largest(xp, x, axes):
        xp.copyto(result, given[part], where=chosen)
    return result


@kernel()
def average_pool(
    xp: Any, x: Array, *, strides: Sizes, padding: str, pads: Sizes, window: Sizes, out: Array | None = None
) -> Array:
    axes = _axes(x, window, strides, padding, pads)
    counts = _counts(x, axes)
    result = xp.empty((x.shape[0], *counts, x.shape[-1]), x.dtype) if out is None else out
    result[...] = 0
    given = padded(xp, x, axes)
    for _, part in offsets(axes, counts):
        result += given[(slice(None), *part)]
    result /= _elements(xp, x, axes, x.dtype)
    return result


@kernel()
def average_pool_gradient(
    xp: Any,
    dy: Array,
    like: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    window: Sizes,
    out: Array | None = None,
) -> Array:
    axes = _axes(like, window, strides, padding, pads)
    sizes = like.shape[1:-1]
    whole = xp.zeros((dy.shape[0], *padded_sizes(sizes, axes), dy.shape[-1]), dy.dtype)
    shares = dy / _elements(xp, like, axes, dy.dtype)
    for _, part in offsets(axes, dy.shape[1:-1]):
        whole[(slice(None), *part)] += shares
    return deliver(xp, xp.ascontiguousarray(whole[(slice(None), *inside(sizes, axes))]), out)


def _axes(x: Array, window: Sizes, strides: Sizes, padding: str, pads: Sizes) -> Axes:
    """The geometry of all axes; without strides the windows lie side by side."""
    sizes = x.shape[1:-1]
    wide = window * len(sizes) if len(window) == 1 else window
    return axes_of(sizes, wide, strides or wide, (1,), padding, pads)


def _counts(x: Array, axes: Axes) -> Sizes:
    return tuple(axis.count(size) for axis, size in zip(axes, x.shape[1:-1], strict=True))


def _largest(xp: Any, given: Array, axes: Axes, counts: Sizes) -> Array:
    """The largest element of each window of a padded tensor. What is not a number stays so."""
    result = xp.full((given.shape[0], *counts, given.shape[-1]), _LOWEST, given.dtype)
    for _, part in offsets(axes, counts):
        xp.maximum(result, given[(slice(None), *part)], out=result)
    return result


def _first_largest(xp: Any, x: Array, axes: Axes) -> Any:
    """For each offset in the window its elements, and which of them are the first largest ones."""
    counts = _counts(x, axes)
    given = padded(xp, x, axes, _LOWEST)
    largest = _largest(xp, given, axes, counts)
    taken = xp.zeros(largest.shape, bool)
    for _, offset_part in offsets(axes, counts):
        part = (slice(None), *offset_part)
        chosen = (given[part] == largest) & ~taken
        taken |= chosen
        yield part, chosen


def _elements(xp: Any, x: Array, axes: Axes, dtype: Any) -> Array:
    """How many elements of the tensor itself, without the margins, lie in each window."""
    sizes = x.shape[1:-1]
    ones = padded(xp, xp.ones((1, *sizes, 1), dtype), axes)
    counts = _counts(x, axes)
    total = xp.zeros((1, *counts, 1), dtype)
    for _, part in offsets(axes, counts):
        total += ones[(slice(None), *part)]
    return total
