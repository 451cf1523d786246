"""Convolution as one matrix product for each group: the windows are the rows, the filters the columns.

Source: Chellapilla, Puri and Simard, High performance convolutional neural networks for document
processing, 2006.
"""

from __future__ import annotations

import math
from typing import Any

from kernels.generic import depthwise
from kernels.generic.output import Array, copied, deliver
from kernels.generic.windows import Sizes, axes_of, columns, inside, offsets, padded, padded_sizes
from kernels.registry import kernel


@kernel()
def convolution(
    xp: Any,
    x: Array,
    kernel: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    dilations: Sizes,
    groups: int,
    out: Array | None = None,
) -> Array:
    sizes = x.shape[1:-1]
    axes = axes_of(sizes, kernel.shape[:-2], strides, dilations, padding, pads)
    counts = tuple(axis.count(size) for axis, size in zip(axes, sizes, strict=True))
    if depthwise.applies(kernel, groups):
        return depthwise.forward(xp, padded(xp, x, axes), kernel, axes, counts, out)
    rows = columns(xp, padded(xp, x, axes), axes, counts, groups)
    y = xp.matmul(rows, _filters(kernel, groups)).swapaxes(0, 1)
    return deliver(xp, y.reshape(x.shape[0], *counts, kernel.shape[-1]), out)


@kernel()
def convolution_input_gradient(
    xp: Any,
    dy: Array,
    kernel: Array,
    like: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    dilations: Sizes,
    groups: int,
    out: Array | None = None,
) -> Array:
    sizes = like.shape[1:-1]
    axes = axes_of(sizes, kernel.shape[:-2], strides, dilations, padding, pads)
    if depthwise.applies(kernel, groups):
        whole = depthwise.back_to_input(xp, dy, kernel, axes, padded_sizes(sizes, axes), groups)
        return copied(xp, whole[(slice(None), *inside(sizes, axes))], out)
    counts, channels = dy.shape[1:-1], kernel.shape[-2]
    shares = xp.matmul(_grouped(dy, groups), _filters(kernel, groups).swapaxes(1, 2))
    shares = shares.reshape(groups, dy.shape[0], *counts, *kernel.shape[:-2], channels)
    whole = xp.zeros((groups, dy.shape[0], *padded_sizes(sizes, axes), channels), dy.dtype)
    every = (slice(None),) * (2 + len(axes))
    for offset, part in offsets(axes, counts):
        whole[(slice(None), slice(None), *part)] += shares[(*every, *offset)]
    dx = xp.moveaxis(whole[(slice(None), slice(None), *inside(sizes, axes))], 0, -2)
    return deliver(xp, dx.reshape(dy.shape[0], *sizes, groups * channels), out)


@kernel()
def convolution_kernel_gradient(
    xp: Any,
    x: Array,
    dy: Array,
    like: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    dilations: Sizes,
    groups: int,
    out: Array | None = None,
) -> Array:
    axes = axes_of(x.shape[1:-1], like.shape[:-2], strides, dilations, padding, pads)
    if depthwise.applies(like, groups):
        return deliver(xp, depthwise.back_to_kernel(xp, padded(xp, x, axes), dy, axes, like.shape), out)
    rows = columns(xp, padded(xp, x, axes), axes, dy.shape[1:-1], groups)
    found = xp.matmul(rows.swapaxes(1, 2), _grouped(dy, groups)).swapaxes(0, 1)
    return deliver(xp, found.reshape(like.shape), out)


def _filters(kernel: Array, groups: int) -> Array:
    """The filters as the columns of one matrix for each group."""
    width = math.prod(kernel.shape[:-1])
    return kernel.reshape(width, groups, kernel.shape[-1] // groups).swapaxes(0, 1)


def _grouped(dy: Array, groups: int) -> Array:
    """What belongs to each place of the window, as the rows of one matrix for each group."""
    places = math.prod(dy.shape[:-1])
    return dy.reshape(places, groups, dy.shape[-1] // groups).swapaxes(0, 1)
