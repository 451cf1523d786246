"""Arithmetic on two tensors, element by element."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array
from kernels.registry import kernel


@kernel()
def add(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.add(a, b, out=out)


@kernel()
def subtract(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.subtract(a, b, out=out)


@kernel()
def multiply(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.multiply(a, b, out=out)


@kernel()
def divide(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.true_divide(a, b, out=out)


@kernel()
def floor_divide(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.floor_divide(a, b, out=out)


@kernel()
def mod(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.remainder(a, b, out=out)


@kernel()
def fmod(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.fmod(a, b, out=out)


@kernel()
def power(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.power(a, b, out=out)


@kernel()
def maximum(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.maximum(a, b, out=out)


@kernel()
def minimum(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.minimum(a, b, out=out)


@kernel()
def copy_sign(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.copysign(a, b, out=out)


@kernel()
def log_add_exp(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.logaddexp(a, b, out=out)


@kernel()
def xlogy(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    # NaN stays NaN, also times zero.
    silent = xp.logical_and(a == 0, xp.logical_not(xp.isnan(b)))
    return xp.multiply(a, xp.log(xp.where(silent, xp.ones_like(b), b)), out=out)
