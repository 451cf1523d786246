"""Spread, norms and counts along axes, and running products and maxima."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver
from kernels.generic.precision import widened
from kernels.generic.reduction import Axes, reduce_max, reduce_mean
from kernels.registry import kernel


@kernel()
def reduce_variance(xp: Any, x: Array, *, axes: Axes, keep_dims: bool, out: Array | None = None) -> Array:
    return deliver(xp, _variance(xp, x, axes, keep_dims).astype(x.dtype, copy=False), out)


@kernel()
def reduce_std(xp: Any, x: Array, *, axes: Axes, keep_dims: bool, out: Array | None = None) -> Array:
    return deliver(xp, xp.sqrt(_variance(xp, x, axes, keep_dims)).astype(x.dtype, copy=False), out)


@kernel()
def reduce_log_sum_exp(xp: Any, x: Array, *, axes: Axes, keep_dims: bool, out: Array | None = None) -> Array:
    largest = reduce_max(xp, x, axes=axes, keep_dims=True)
    # Infinity minus infinity would be no number.
    shift = xp.where(xp.isfinite(largest), largest, x.dtype.type(0))
    total = xp.exp(widened(x - shift)).sum(axis=axes or None, keepdims=keep_dims)
    return deliver(xp, (xp.log(total) + shift.reshape(total.shape)).astype(x.dtype), out)


@kernel()
def reduce_norm(
    xp: Any, x: Array, *, axes: Axes, keep_dims: bool, norm: str, out: Array | None = None
) -> Array:
    size = widened(xp.absolute(x))
    if norm == "l1":
        return deliver(xp, size.sum(axis=axes or None, keepdims=keep_dims).astype(x.dtype), out)
    largest = reduce_max(xp, size, axes=axes, keep_dims=True)
    # In units of the largest element no square overflows, and none of a small one vanishes.
    unit = xp.where(xp.isfinite(largest) & (largest > 0), largest, size.dtype.type(1))
    root = xp.sqrt(xp.square(size / unit).sum(axis=axes or None, keepdims=keep_dims))
    return deliver(xp, (root * unit.reshape(root.shape)).astype(x.dtype), out)


@kernel()
def count_nonzero(xp: Any, x: Array, *, axes: Axes, keep_dims: bool, out: Array | None = None) -> Array:
    return (x != 0).sum(axis=axes or None, dtype=np.int64, keepdims=keep_dims, out=out)


@kernel()
def cum_max(xp: Any, x: Array, *, axis: int, reverse: bool, out: Array | None = None) -> Array:
    result = xp.empty_like(x) if out is None else out
    along(xp, result, axis, reverse)[...] = _running_max(xp, along(xp, x, axis, reverse))
    return result


@kernel()
def cum_arg_max(xp: Any, x: Array, *, axis: int, reverse: bool, out: Array | None = None) -> Array:
    result = xp.empty(x.shape, np.int64) if out is None else out
    source = along(xp, x, axis, reverse)
    largest = _running_max(xp, source)
    # A place is new where the maximum is no longer the one before; NaN differs from itself only once.
    before, after = largest[..., :-1], largest[..., 1:]
    places = xp.zeros(source.shape, np.int64)
    places[..., 1:] = (after != before) & ~((after != after) & (before != before))
    places *= xp.arange(source.shape[-1])
    places = _running_max(xp, places)
    along(xp, result, axis, reverse)[...] = source.shape[-1] - 1 - places if reverse else places
    return result


def _variance(xp: Any, x: Array, axes: Axes, keep_dims: bool) -> Array:
    x = widened(x)
    distance = x - reduce_mean(xp, x, axes=axes, keep_dims=True)
    return reduce_mean(xp, xp.square(distance), axes=axes, keep_dims=keep_dims)


def along(xp: Any, x: Array, axis: int, reverse: bool) -> Array:
    """A view whose last axis is run along, from the front."""
    turned = xp.moveaxis(x, axis, -1)
    return turned[..., ::-1] if reverse else turned


def _running_max(xp: Any, x: Array) -> Array:
    """Along the last axis. Each pass doubles how far back an element has looked; CuPy has no other way."""
    result, step = xp.array(x), 1
    while step < x.shape[-1]:
        result[..., step:] = xp.maximum(result[..., step:], result[..., :-step])
        step *= 2
    return result
