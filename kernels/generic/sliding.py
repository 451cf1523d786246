"""Parts whose place comes by wire, read and replaced, and sequences turned round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kernels.devices import to_host
from kernels.generic.output import Array, copied, deliver
from kernels.refusal import Refusal
from kernels.registry import kernel


@kernel()
def dynamic_slice(
    xp: Any, x: Array, start: Array, *, size: tuple[int, ...], out: Array | None = None
) -> Array:
    return copied(xp, x[_part(x.shape, start, size)], out)


@kernel()
def dynamic_slice_like(xp: Any, x: Array, start: Array, like: Array, *, out: Array | None = None) -> Array:
    return copied(xp, x[_part(x.shape, start, like.shape)], out)


@kernel()
def dynamic_update_slice(
    xp: Any, x: Array, update: Array, start: Array, *, out: Array | None = None
) -> Array:
    result = copied(xp, x, out)
    result[_part(x.shape, start, update.shape)] = update
    return result


@kernel()
def reverse_sequence(
    xp: Any, x: Array, lengths: Array, *, axis: int, batch_axis: int, out: Array | None = None
) -> Array:
    steps = x.shape[axis]
    if xp is np and lengths.size and (lengths.min() < 0 or lengths.max() > steps):
        raise Refusal(f"a length lies outside 0 to {steps}.", "No sequence is longer than the axis.")
    ends = _along(lengths.astype(np.int64), batch_axis, x.ndim)
    places = _along(xp.arange(steps), axis, x.ndim)
    turned = xp.where(places < ends, ends - 1 - places, places)
    return deliver(xp, xp.take_along_axis(x, xp.broadcast_to(turned, _widened(turned, x, axis)), axis), out)


def _part(whole: Sequence[int], start: Array, sizes: Sequence[int]) -> tuple[slice, ...]:
    """Where the part lies, moved inside."""
    starts = to_host(start).tolist()
    inside = [min(max(begin, 0), size - part) for begin, size, part in zip(starts, whole, sizes, strict=True)]
    return tuple(slice(begin, begin + part) for begin, part in zip(inside, sizes, strict=True))


def _along(row: Array, axis: int, rank: int) -> Array:
    return row.reshape([-1 if at == axis % rank else 1 for at in range(rank)])


def _widened(turned: Array, x: Array, axis: int) -> list[int]:
    """The shape of x, along the axes where the places do not broadcast by themselves."""
    return [size if at != axis % x.ndim else turned.shape[at] for at, size in enumerate(x.shape)]
