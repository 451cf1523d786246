"""Sums, means and extremes along axes, the ways back from them, and running sums."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kernels.generic.output import Array, copied, deliver, spread
from kernels.registry import kernel

Axes = tuple[int, ...]


@kernel()
def sum_to(xp: Any, x: Array, like: Array, *, out: Array | None = None) -> Array:
    if x.shape == like.shape:
        return copied(xp, x, out)
    new = x.ndim - like.ndim
    repeated = tuple(
        axis for axis in range(x.ndim) if axis < new or (like.shape[axis - new] == 1 and x.shape[axis] != 1)
    )
    total = x.sum(axis=repeated, dtype=x.dtype, keepdims=True)
    return deliver(xp, total.reshape(like.shape), out)


@kernel()
def broadcast_like(
    xp: Any, x: Array, like: Array, *, axes: Axes, keep_dims: bool, out: Array | None = None
) -> Array:
    if axes and not keep_dims:
        reduced = {axis % like.ndim for axis in axes}
        x = x.reshape([1 if axis in reduced else size for axis, size in enumerate(like.shape)])
    return spread(xp, x, like.shape, out)


@kernel()
def element_count(xp: Any, x: Array, *, axes: Axes, out: Array | None = None) -> Array:
    count = math.prod(x.shape[axis] for axis in axes) if axes else x.size
    return deliver(xp, xp.asarray(count, dtype=x.dtype), out)


@kernel()
def reduce_sum(xp: Any, x: Array, *, axes: Axes, keep_dims: bool, out: Array | None = None) -> Array:
    return x.sum(axis=axes or None, dtype=x.dtype, keepdims=keep_dims, out=out)


@kernel()
def reduce_mean(xp: Any, x: Array, *, axes: Axes, keep_dims: bool, out: Array | None = None) -> Array:
    # xp.mean warns of an empty mean past errstate, and is slower.
    count = math.prod(x.shape[axis] for axis in axes) if axes else x.size
    if x.dtype == np.float16:
        # The sum of a few large float16 overflows although their mean does not.
        total = x.sum(axis=axes or None, dtype=np.float32, keepdims=keep_dims)
        return deliver(xp, xp.true_divide(total, count).astype(np.float16), out)
    if x.dtype == np.float32 and axes and x.ndim - 1 not in {axis % x.ndim for axis in axes}:
        # Where the last axis stays, NumPy adds up slice by slice, and loses digits with every slice.
        total = x.sum(axis=axes, dtype=np.float64, keepdims=keep_dims)
        return deliver(xp, xp.true_divide(total, count).astype(np.float32), out)
    total = x.sum(axis=axes or None, keepdims=keep_dims, out=out)
    return xp.true_divide(total, count, out=out)


@kernel()
def reduce_max(xp: Any, x: Array, *, axes: Axes, keep_dims: bool, out: Array | None = None) -> Array:
    return _extreme(xp, xp.max, x, axes, keep_dims, out, low=True)


@kernel()
def reduce_min(xp: Any, x: Array, *, axes: Axes, keep_dims: bool, out: Array | None = None) -> Array:
    return _extreme(xp, xp.min, x, axes, keep_dims, out, low=False)


@kernel()
def reduce_any(xp: Any, x: Array, *, axes: Axes, keep_dims: bool, out: Array | None = None) -> Array:
    return xp.any(x, axis=axes or None, keepdims=keep_dims, out=out)


@kernel()
def reduce_all(xp: Any, x: Array, *, axes: Axes, keep_dims: bool, out: Array | None = None) -> Array:
    return xp.all(x, axis=axes or None, keepdims=keep_dims, out=out)


@kernel()
def arg_max(xp: Any, x: Array, *, axis: int, keep_dims: bool, last: bool, out: Array | None = None) -> Array:
    return _position(xp, xp.argmax, x, axis, keep_dims, last, out)


@kernel()
def arg_min(xp: Any, x: Array, *, axis: int, keep_dims: bool, last: bool, out: Array | None = None) -> Array:
    return _position(xp, xp.argmin, x, axis, keep_dims, last, out)


@kernel()
def cum_sum(
    xp: Any, x: Array, *, axis: int, exclusive: bool, reverse: bool, out: Array | None = None
) -> Array:
    result = xp.empty_like(x) if out is None else out
    source, target = xp.moveaxis(x, axis, -1), xp.moveaxis(result, axis, -1)
    if reverse:
        source, target = source[..., ::-1], target[..., ::-1]
    if exclusive:
        target[..., :1] = 0
        source, target = source[..., :-1], target[..., 1:]
    target[...] = xp.cumsum(source, axis=-1, dtype=x.dtype)
    return result


def _extreme(
    xp: Any, find: Any, x: Array, axes: Axes, keep_dims: bool, out: Array | None, *, low: bool
) -> Array:
    """The largest or smallest element. NumPy has none of nothing; here it is what loses to all."""
    if x.size:
        return find(x, axis=axes or None, keepdims=keep_dims, out=out)
    if x.dtype.kind == "f":
        nothing: float = -math.inf if low else math.inf
    else:
        limits = np.iinfo(x.dtype)
        nothing = limits.min if low else limits.max
    shape = x.sum(axis=axes or None, keepdims=keep_dims).shape
    return deliver(xp, xp.full(shape, nothing, dtype=x.dtype), out)


def _position(
    xp: Any, find: Any, x: Array, axis: int, keep_dims: bool, last: bool, out: Array | None
) -> Array:
    """Where an extreme lies; the search finds the first, so for the last it begins at the other end."""
    found = find(xp.flip(x, axis) if last else x, axis=axis, keepdims=keep_dims)
    return deliver(xp, x.shape[axis] - 1 - found if last else found, out)
