"""Other dtypes, and tensors that take only the shape and dtype of another one."""

from __future__ import annotations

from typing import Any

from kernels.devices import to_host
from kernels.generic.output import Array, copied
from kernels.registry import kernel


@kernel(narrow=True)
def cast(xp: Any, x: Array, *, dtype: str, out: Array | None = None) -> Array:
    if x.dtype.kind == "c" and xp.dtype(dtype).kind not in "cb":
        x = x.real
    result = xp.empty(x.shape, dtype) if out is None else out
    xp.copyto(result, x, casting="unsafe")
    if result.dtype.kind in "iu" and x.dtype.kind not in "iub":
        _saturate(xp, x, result)
    return result


def _saturate(xp: Any, x: Array, result: Array) -> None:
    """Say what floats become that a whole-number dtype does not hold; processors differ in it."""
    limits = xp.iinfo(result.dtype)
    # One more than the greatest is a power of two, which every float dtype tells exactly, or as infinite.
    below, above = x <= limits.min - 1.0, x >= limits.max + 1.0
    unusual = below | above | xp.isnan(x)
    if unusual.any():
        xp.copyto(result, limits.min, where=below)
        xp.copyto(result, limits.max, where=above)
        xp.copyto(result, 0, where=xp.isnan(x))


@kernel(narrow=True)
def bit_cast(xp: Any, x: Array, *, dtype: str, out: Array | None = None) -> Array:
    bits = x.view(xp.uint8) != 0 if dtype == "bool" else x.view(dtype)
    return copied(xp, bits, out)


@kernel()
def identity(xp: Any, x: Array) -> Array:
    return x


@kernel()
def stop_gradient(xp: Any, x: Array) -> Array:
    return x


@kernel()
def zeros_like(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return _filled(xp, x, 0, out)


@kernel()
def ones_like(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return _filled(xp, x, 1, out)


def _filled(xp: Any, x: Array, number: int, out: Array | None) -> Array:
    result = xp.empty(x.shape, x.dtype) if out is None else out
    result[...] = number
    return result


@kernel(narrow=True)
def copy_to(xp: Any, x: Array, *, device: str, out: Array | None = None) -> Array:
    # The one kernel whose input may lie on another device than its output, which is always xp's own.
    return copied(xp, xp.asarray(to_host(x)), out)
