"""Fourier transforms: a signal as a sum of waves, and back."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array, copied, deliver
from kernels.generic.precision import widened
from kernels.registry import kernel


@kernel()
def fft(xp: Any, x: Array, *, axis: int, length: int, norm: str, out: Array | None = None) -> Array:
    return deliver(xp, xp.fft.fft(widened(x), length or None, axis, norm), out)


@kernel()
def inverse_fft(xp: Any, x: Array, *, axis: int, length: int, norm: str, out: Array | None = None) -> Array:
    return deliver(xp, xp.fft.ifft(widened(x), length or None, axis, norm), out)


@kernel()
def rfft(xp: Any, x: Array, *, axis: int, length: int, norm: str, out: Array | None = None) -> Array:
    return deliver(xp, xp.fft.rfft(widened(x), length or None, axis, norm), out)


@kernel()
def inverse_rfft(xp: Any, x: Array, *, axis: int, length: int, norm: str, out: Array | None = None) -> Array:
    return deliver(xp, xp.fft.irfft(widened(x), length or None, axis, norm), out)


@kernel()
def fit_like(xp: Any, x: Array, like: Array, *, axis: int, out: Array | None = None) -> Array:
    result = xp.empty(like.shape, x.dtype) if out is None else out
    shared = min(x.shape[axis], like.shape[axis])
    xp.moveaxis(result, axis, 0)[:shared] = xp.moveaxis(x, axis, 0)[:shared]
    xp.moveaxis(result, axis, 0)[shared:] = 0
    return result


@kernel()
def doubled_waves(xp: Any, x: Array, like: Array, *, axis: int, out: Array | None = None) -> Array:
    result = copied(xp, x, out)
    last = x.shape[axis] - 1 if like.shape[axis] % 2 == 0 else x.shape[axis]
    xp.moveaxis(result, axis, 0)[1:last] *= 2
    return result
