"""Logic on the bits of whole numbers, shifts of them, and the exclusive or."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array, deliver
from kernels.registry import kernel


@kernel()
def bitwise_and(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.bitwise_and(a, b, out=out)


@kernel()
def bitwise_or(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.bitwise_or(a, b, out=out)


@kernel()
def bitwise_xor(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.bitwise_xor(a, b, out=out)


@kernel()
def bitwise_not(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.invert(x, out=out)


@kernel()
def shift_left(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    # What a processor makes of a shift by its own width or more differs from one to the next.
    moved = xp.left_shift(a, _within(xp, a, b))
    return deliver(xp, xp.where(_outside(a, b), a.dtype.type(0), moved), out)


@kernel()
def shift_right(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    sign = xp.where(a < 0, a.dtype.type(-1), a.dtype.type(0)) if a.dtype.kind == "i" else a.dtype.type(0)
    moved = xp.right_shift(a, _within(xp, a, b))
    return deliver(xp, xp.where(_outside(a, b), sign, moved), out)


@kernel()
def logical_xor(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    return xp.logical_xor(a, b, out=out)


def _outside(a: Array, b: Array) -> Array:
    return (b < 0) | (b >= 8 * a.itemsize)


def _within(xp: Any, a: Array, b: Array) -> Array:
    """The shifts, with a harmless one where the result is another."""
    return xp.where(_outside(a, b), b.dtype.type(0), b)
