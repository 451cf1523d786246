"""Comparisons and logic: true or false for each element."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array
from kernels.registry import kernel


@kernel()
def equal(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.equal(a, b, out=out)


@kernel()
def not_equal(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.not_equal(a, b, out=out)


@kernel()
def less(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.less(a, b, out=out)


@kernel()
def less_equal(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.less_equal(a, b, out=out)


@kernel()
def greater(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.greater(a, b, out=out)


@kernel()
def greater_equal(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.greater_equal(a, b, out=out)


@kernel()
def logical_and(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.logical_and(a, b, out=out)


@kernel()
def logical_or(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.logical_or(a, b, out=out)


@kernel()
def logical_not(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.logical_not(x, out=out)


@kernel()
def is_finite(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.isfinite(x, out=out)
