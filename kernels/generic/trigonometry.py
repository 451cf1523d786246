"""Angles and their inverses, hyperbolic functions, logarithms of other bases, and what is no number."""

from __future__ import annotations

import math
from typing import Any

from kernels.generic.output import Array, deliver
from kernels.registry import kernel


@kernel()
def asin(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.arcsin(x, out=out)


@kernel()
def acos(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.arccos(x, out=out)


@kernel()
def atan(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.arctan(x, out=out)


@kernel()
def atan2(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.arctan2(a, b, out=out)


@kernel()
def hypot(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.hypot(a, b, out=out)


@kernel()
def sinh(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.sinh(x, out=out)


@kernel()
def cosh(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.cosh(x, out=out)


@kernel()
def asinh(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.arcsinh(x, out=out)


@kernel()
def acosh(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.arccosh(x, out=out)


@kernel()
def atanh(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.arctanh(x, out=out)


@kernel()
def log2(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.log2(x, out=out)


@kernel()
def log10(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.log10(x, out=out)


@kernel()
def exp2(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.exp2(x, out=out)


@kernel()
def is_nan(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.isnan(x, out=out)


@kernel()
def is_inf(xp: Any, x: Array, *, positive: bool, negative: bool, out: Array | None = None) -> Array:
    if positive and negative:
        return xp.isinf(x, out=out)
    if not positive and not negative:
        return deliver(xp, xp.zeros(x.shape, bool), out)
    return xp.equal(x, math.inf if positive else -math.inf, out=out)
