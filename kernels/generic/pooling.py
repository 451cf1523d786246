"""Pooling by sums and means of each window, and the ways back."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array, copied, deliver
from kernels.generic.precision import widened
from kernels.generic.windows import Axis, Sizes, axes_of, each, inside, offsets, padded, padded_sizes
from kernels.registry import kernel

Axes = tuple[Axis, ...]


@kernel()
def sum_pool(
    xp: Any,
    x: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    window: Sizes,
    dilations: Sizes,
    ceil_mode: bool,
    out: Array | None = None,
) -> Array:
    axes = pooling_axes(x, window, strides, dilations, padding, pads, ceil_mode)
    return _rounded(xp, _summed(xp, x, axes, out), x, out)


@kernel()
def sum_pool_gradient(
    xp: Any,
    dy: Array,
    like: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    window: Sizes,
    dilations: Sizes,
    ceil_mode: bool,
    out: Array | None = None,
) -> Array:
    axes = pooling_axes(like, window, strides, dilations, padding, pads, ceil_mode)
    return _given_back(xp, widened(dy), like.shape[1:-1], axes, dy, out)


@kernel()
def average_pool(
    xp: Any,
    x: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    window: Sizes,
    dilations: Sizes,
    ceil_mode: bool,
    count_margins: bool,
    out: Array | None = None,
) -> Array:
    axes = pooling_axes(x, window, strides, dilations, padding, pads, ceil_mode)
    result = _summed(xp, x, axes, out)
    result /= _elements(xp, x, axes, count_margins, result.dtype)
    return _rounded(xp, result, x, out)


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
    dilations: Sizes,
    ceil_mode: bool,
    count_margins: bool,
    out: Array | None = None,
) -> Array:
    axes = pooling_axes(like, window, strides, dilations, padding, pads, ceil_mode)
    wide = widened(dy)
    shares = wide / _elements(xp, like, axes, count_margins, wide.dtype)
    return _given_back(xp, shares, like.shape[1:-1], axes, dy, out)


def pooling_axes(
    x: Array, window: Sizes, strides: Sizes, dilations: Sizes, padding: str, pads: Sizes, ceil_mode: bool
) -> Axes:
    """The geometry of all axes; without strides the windows lie side by side."""
    sizes = x.shape[1:-1]
    wide = each(window, len(sizes))
    axes = axes_of(sizes, wide, strides or wide, dilations, padding, pads)
    return tuple(axis.whole(size) for axis, size in zip(axes, sizes, strict=True)) if ceil_mode else axes


def window_counts(x: Array, axes: Axes) -> Sizes:
    """How many places the window has on each axis."""
    return tuple(axis.count(size) for axis, size in zip(axes, x.shape[1:-1], strict=True))


def _summed(xp: Any, x: Array, axes: Axes, out: Array | None) -> Array:
    """The sum of each window: in `out`, unless it is too narrow for long sums."""
    counts = window_counts(x, axes)
    given = padded(xp, widened(x), axes)
    result = out
    if result is None or result.dtype != given.dtype:
        result = xp.empty((x.shape[0], *counts, x.shape[-1]), given.dtype)
    result[...] = 0
    for _, part in offsets(axes, counts):
        result += given[(slice(None), *part)]
    return result


def _rounded(xp: Any, result: Array, x: Array, out: Array | None) -> Array:
    """A result in the dtype of x, and in `out` where it is not there yet."""
    return result if result is out else deliver(xp, result.astype(x.dtype, copy=False), out)


def _given_back(xp: Any, shares: Array, sizes: Sizes, axes: Axes, dy: Array, out: Array | None) -> Array:
    """Each share added to all elements of its window; in the dtype of dy."""
    whole = xp.zeros((shares.shape[0], *padded_sizes(sizes, axes), shares.shape[-1]), shares.dtype)
    for _, part in offsets(axes, shares.shape[1:-1]):
        whole[(slice(None), *part)] += shares
    return copied(xp, whole[(slice(None), *inside(sizes, axes))].astype(dy.dtype, copy=False), out)


def _elements(xp: Any, x: Array, axes: Axes, count_margins: bool, dtype: Any) -> Array:
    """How many elements lie in each window: those of the tensor, or of its margins too, but no overhang."""
    sizes = x.shape[1:-1]
    counted = xp.zeros((1, *padded_sizes(sizes, axes), 1), dtype)
    if count_margins:
        filled = tuple(slice(a.front + size + a.behind) for size, a in zip(sizes, axes, strict=True))
    else:
        filled = inside(sizes, axes)
    counted[(slice(None), *filled)] = 1
    counts = window_counts(x, axes)
    total = xp.zeros((1, *counts, 1), dtype)
    for _, part in offsets(axes, counts):
        total += counted[(slice(None), *part)]
    # A window with holes may step over all elements; its mean is then zero, as its sum is.
    return xp.maximum(total, 1, out=total)
