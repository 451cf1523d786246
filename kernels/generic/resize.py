"""Resizing: one product with a matrix of weights for each axis; the way back is the transposed product."""

from __future__ import annotations

from typing import Any

from kernels.generic.interpolation import Interpolation, Sizes, Stretch, Terms, stretches, terms
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
            result = _product(xp, terms(change, how, back=False), result, change.axis)
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
        result = _product(xp, terms(change, how, back=True), result, change.axis)
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


def _product(xp: Any, terms: Terms, x: Array, axis: int) -> Array:
    """A matrix, as its terms, times what lies along an axis."""
    result = xp.zeros((*x.shape[:axis], terms.rows, *x.shape[axis + 1 :]), x.dtype)
    for picks, weights in zip(terms.picks, terms.weights, strict=True):
        product = xp.take(x, xp.asarray(picks), axis=axis)
        product *= xp.asarray(weights.astype(x.dtype)).reshape(-1, *[1] * (x.ndim - axis - 1))
        result += product
    return result
