"""A signal cut into frames that may overlap, and frames added up to a signal."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array, deliver
from kernels.generic.precision import widened
from kernels.registry import kernel


@kernel()
def frame(xp: Any, x: Array, *, length: int, step: int, out: Array | None = None) -> Array:
    return _frames(xp, x, (x.shape[-1] - length) // step + 1, length, step, out)


@kernel()
def frames_like(xp: Any, x: Array, like: Array, *, step: int, out: Array | None = None) -> Array:
    count, length = like.shape[-2:]
    return _frames(xp, x, count, length, step, out)


@kernel()
def overlap_add(xp: Any, x: Array, *, step: int, out: Array | None = None) -> Array:
    *stack, count, length = x.shape
    # Each frame is cut into slices of one step: the first slices of all frames lie side by side, and so on.
    slices = -(-length // step)
    total = xp.zeros((*stack, count + slices, step), widened(x).dtype)
    for first in range(slices):
        part = x[..., first * step : (first + 1) * step]
        total[..., first : first + count, : part.shape[-1]] += part
    signal = total.reshape(*stack, (count + slices) * step)
    size = (count - 1) * step + length if count else 0
    return deliver(xp, signal[..., :size].astype(x.dtype, copy=False), out)


def _frames(xp: Any, x: Array, count: int, length: int, step: int, out: Array | None) -> Array:
    """So many pieces of the last axis."""
    places = xp.arange(count)[:, None] * step + xp.arange(length)
    return xp.take(x, places, axis=-1, out=out)
