"""Complex numbers: made of two parts, and taken apart again."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array, copied, deliver
from kernels.registry import kernel


@kernel()
def complex_(xp: Any, a: Array, b: Array, *, out: Array | None = None) -> Array:
    if out is None:
        dtype = "complex128" if a.dtype == "float64" else "complex64"
        out = xp.empty(xp.broadcast_shapes(a.shape, b.shape), dtype)
    # Written part by part: a + 1j * b would turn an infinite b into a real part that is not a number.
    out.real, out.imag = a, b
    return out


@kernel()
def real(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return copied(xp, x.real, out)


@kernel()
def imaginary(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return copied(xp, x.imag, out)


@kernel()
def conjugate(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.conjugate(x, out=out)


@kernel()
def angle(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return deliver(xp, xp.angle(x).astype(x.real.dtype), out)
