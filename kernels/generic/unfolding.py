"""Windows of images written out one beside the other, and put together again."""

from __future__ import annotations

import math
from typing import Any

from kernels.generic.output import Array, copied
from kernels.generic.windows import (
    Sizes,
    axes_of,
    columns,
    each,
    inside,
    offsets,
    padded,
    padded_sizes,
)
from kernels.registry import kernel


@kernel()
def im2_col(
    xp: Any,
    x: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    window: Sizes,
    dilations: Sizes,
    out: Array | None = None,
) -> Array:
    sizes = x.shape[1:-1]
    wide = each(window, len(sizes))
    axes = axes_of(sizes, wide, strides, dilations, padding, pads)
    counts = tuple(axis.count(size) for axis, size in zip(axes, sizes, strict=True))
    shape = (x.shape[0], math.prod(counts), math.prod(wide), x.shape[-1])
    result = xp.empty(shape, x.dtype) if out is None else out
    result[...] = columns(xp, padded(xp, x, axes), axes, counts, 1).reshape(shape)
    return result


@kernel()
def im2_col_gradient(
    xp: Any,
    dy: Array,
    like: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    window: Sizes,
    dilations: Sizes,
    out: Array | None = None,
) -> Array:
    return _put_together(xp, dy, like.shape[1:-1], window, strides, dilations, padding, pads, out)


@kernel()
def col2_im(
    xp: Any,
    x: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    window: Sizes,
    dilations: Sizes,
    sizes: Sizes,
    out: Array | None = None,
) -> Array:
    return _put_together(xp, x, sizes, window, strides, dilations, padding, pads, out)


def _put_together(
    xp: Any,
    x: Array,
    sizes: Sizes,
    window: Sizes,
    strides: Sizes,
    dilations: Sizes,
    padding: str,
    pads: Sizes,
    out: Array | None,
) -> Array:
    """The sum of all windows at their places, without the margins."""
    wide = each(window, len(sizes))
    axes = axes_of(sizes, wide, strides, dilations, padding, pads)
    counts = tuple(axis.count(size) for axis, size in zip(axes, sizes, strict=True))
    windows = x.reshape(x.shape[0], *counts, *wide, x.shape[-1])
    whole = xp.zeros((x.shape[0], *padded_sizes(sizes, axes), x.shape[-1]), x.dtype)
    every = (slice(None),) * (1 + len(axes))
    for offset, part in offsets(axes, counts):
        whole[(slice(None), *part)] += windows[(*every, *offset)]
    return copied(xp, whole[(slice(None), *inside(sizes, axes))], out)
