"""Resizing: for each axis products with bands of weights; the way back are the transposed products."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kernels.generic.interpolation import Interpolation, Sizes, Stretch, stretches
from kernels.generic.output import Array, copied, deliver
from kernels.registry import kernel

Numbers = tuple[float, ...]


@kernel()
def resize(
    xp: Any,
    x: Array,
    *,
    axes: Sizes,
    sizes: Sizes,
    scales: Numbers,
    aspect: str,
    interpolation: str,
    coordinates: str,
    rounding: str,
    coefficient: float,
    exclude_outside: bool,
    antialias: bool,
    region: Numbers,
    extrapolation: float,
    out: Array | None = None,
) -> Array:
    how = Interpolation(interpolation, coordinates, rounding, coefficient, exclude_outside, antialias)
    changes = _changes(x, axes, sizes, scales, aspect, region, how)
    result = x
    for change in changes:
        if interpolation == "nearest":
            result = xp.take(result, xp.asarray(change.nearest(how)), axis=change.axis)
        else:
            result = _stretched(xp, change, how, result)
    if not changes:
        return copied(xp, x, out)
    for change in changes:
        outside = change.outside(how)
        if outside is not None:
            result[(slice(None),) * change.axis + (xp.asarray(outside),)] = extrapolation
    return deliver(xp, result, out)


@kernel()
def resize_gradient(
    xp: Any,
    dy: Array,
    like: Array,
    *,
    axes: Sizes,
    sizes: Sizes,
    scales: Numbers,
    aspect: str,
    interpolation: str,
    coordinates: str,
    rounding: str,
    coefficient: float,
    exclude_outside: bool,
    antialias: bool,
    region: Numbers,
    extrapolation: float,
    out: Array | None = None,
) -> Array:
    how = Interpolation(interpolation, coordinates, rounding, coefficient, exclude_outside, antialias)
    changes = _changes(like, axes, sizes, scales, aspect, region, how)
    result = dy
    for change in changes:
        result = _given_back(xp, change, how, result)
    return deliver(xp, result, out) if changes else copied(xp, dy, out)


def _changes(
    x: Array, axes: Sizes, sizes: Sizes, scales: Numbers, aspect: str, region: Numbers, how: Interpolation
) -> list[Stretch]:
    """What happens to each axis, without those that stay as they are."""
    chosen = [axis % x.ndim for axis in axes] or range(1, x.ndim - 1)
    found = stretches(x.shape, chosen, sizes, scales, aspect, region)
    if how.coordinates == "crop_and_resize":
        return [*found]
    return [change for change in found if change.wanted != change.size or change.scale != 1.0]


def _stretched(xp: Any, change: Stretch, how: Interpolation, x: Array) -> Array:
    """The new elements along one axis."""
    every = (slice(None),) * change.axis
    parts = [_product(xp, band.weights, x[(*every, band.old)], change.axis) for band in change.bands(how)]
    return parts[0] if len(parts) == 1 else xp.concatenate(parts, axis=change.axis)


def _given_back(xp: Any, change: Stretch, how: Interpolation, dy: Array) -> Array:
    """What the new elements along one axis give back to the old ones."""
    every = (slice(None),) * change.axis
    result = xp.zeros((*dy.shape[: change.axis], change.size, *dy.shape[change.axis + 1 :]), dy.dtype)
    for band in change.bands(how):
        result[(*every, band.old)] += _product(xp, band.weights.T, dy[(*every, band.new)], change.axis)
    return result


def _product(xp: Any, matrix: np.ndarray, x: Array, axis: int) -> Array:
    """The matrix times what lies along an axis."""
    weights = xp.asarray(matrix.astype(x.dtype))
    before, behind = math.prod(x.shape[:axis]), math.prod(x.shape[axis + 1 :])
    shape = (*x.shape[:axis], len(matrix), *x.shape[axis + 1 :])
    if behind == 1:
        return xp.matmul(x.reshape(before, x.shape[axis]), weights.T).reshape(shape)
    return xp.matmul(weights, x.reshape(before, x.shape[axis], behind)).reshape(shape)
