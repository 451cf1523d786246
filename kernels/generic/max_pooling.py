"""Pooling by the largest element of each window: the element, where it lies, and the ways back."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from kernels.generic.indexing import check_indices
from kernels.generic.output import Array, copied, deliver
from kernels.generic.pooling import Axes, pooling_axes, window_counts
from kernels.generic.windows import Sizes, axes_of, each, inside, offsets, padded, padded_sizes
from kernels.registry import kernel


@kernel()
def max_pool(
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
    return deliver(xp, _largest(xp, padded(xp, x, axes, _lowest(x)), axes, window_counts(x, axes)), out)


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
    dilations: Sizes,
    ceil_mode: bool,
    out: Array | None = None,
) -> Array:
    axes = pooling_axes(x, window, strides, dilations, padding, pads, ceil_mode)
    whole = xp.zeros((x.shape[0], *padded_sizes(x.shape[1:-1], axes), x.shape[-1]), dy.dtype)
    for part, chosen in _first_largest(xp, x, axes):
        whole[part] += xp.where(chosen, dy, dy.dtype.type(0))
    return copied(xp, whole[(slice(None), *inside(x.shape[1:-1], axes))], out)


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
    dilations: Sizes,
    ceil_mode: bool,
    out: Array | None = None,
) -> Array:
    axes = pooling_axes(x, window, strides, dilations, padding, pads, ceil_mode)
    counts = window_counts(x, axes)
    result = xp.empty((x.shape[0], *counts, x.shape[-1]), z.dtype) if out is None else out
    result[...] = 0
    given = padded(xp, z, axes)
    for part, chosen in _first_largest(xp, x, axes):
        xp.copyto(result, given[part], where=chosen)
    return result


@kernel()
def max_pool_indices(
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
    sizes = x.shape[1:-1]
    shape = (x.shape[0], *window_counts(x, axes), x.shape[-1])
    result = xp.empty(shape, np.int64) if out is None else out
    result[...] = -1
    numbers = padded(xp, xp.arange(math.prod(sizes)).reshape(1, *sizes, 1), axes, -1)
    for part, chosen in _first_largest(xp, x, axes):
        xp.copyto(result, xp.broadcast_to(numbers[part], shape), where=chosen)
    return result


@kernel()
def max_unpool(
    xp: Any,
    x: Array,
    indices: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    window: Sizes,
    sizes: Sizes,
    out: Array | None = None,
) -> Array:
    if not sizes:
        counts = x.shape[1:-1]
        wide = each(window, len(counts))
        axes = axes_of(counts, wide, strides or wide, (1,), padding, pads)
        sizes = tuple(
            axis.full_size(count, padding, pads) if count else 0
            for axis, count in zip(axes, counts, strict=True)
        )
    check_indices(xp, indices, math.prod(sizes))
    result = xp.zeros((x.shape[0], math.prod(sizes), x.shape[-1]), x.dtype)
    places = _listed(indices).astype(np.int64, copy=False)
    xp.put_along_axis(result, places, _listed(x), 1)
    return deliver(xp, result.reshape(x.shape[0], *sizes, x.shape[-1]), out)


@kernel()
def max_unpool_gradient(
    xp: Any,
    dy: Array,
    indices: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    window: Sizes,
    sizes: Sizes,
    out: Array | None = None,
) -> Array:
    places = _listed(indices).astype(np.int64, copy=False)
    return deliver(xp, xp.take_along_axis(_listed(dy), places, 1).reshape(indices.shape), out)


def _lowest(x: Array) -> float | int:
    """What is smaller than every other number of a dtype: the margins are never the largest."""
    return float("-inf") if x.dtype.kind == "f" else int(np.iinfo(x.dtype).min)


def _listed(x: Array) -> Array:
    """The places of each image in one row."""
    return x.reshape(x.shape[0], math.prod(x.shape[1:-1]), x.shape[-1])


def _largest(xp: Any, given: Array, axes: Axes, counts: Sizes) -> Array:
    """The largest element of each window of a padded tensor. What is not a number stays so."""
    result = xp.full((given.shape[0], *counts, given.shape[-1]), _lowest(given), given.dtype)
    for _, part in offsets(axes, counts):
        xp.maximum(result, given[(slice(None), *part)], out=result)
    return result


def _first_largest(xp: Any, x: Array, axes: Axes) -> Iterator[tuple[tuple[slice, ...], Array]]:
    """For each offset in the window its elements, and which of them are the first largest ones.

    What is no number counts as the largest. The margins are never chosen, even where nothing lies above them.
    """
    counts = window_counts(x, axes)
    given = padded(xp, x, axes, _lowest(x))
    largest = _largest(xp, given, axes, counts)
    real = padded(xp, xp.ones((1, *x.shape[1:-1], 1), bool), axes, False)
    no_numbers = given != given
    if xp is np and not no_numbers.any():
        no_numbers = None  # the usual case; elsewhere the answer would make the device wait
    free = xp.ones(largest.shape, bool)
    for _, offset_part in offsets(axes, counts):
        part = (slice(None), *offset_part)
        chosen = given[part] == largest
        if no_numbers is not None:
            chosen |= no_numbers[part]
        chosen &= free
        if given is not x:
            chosen &= real[part]
        free ^= chosen
        yield part, chosen
