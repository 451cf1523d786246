"""A cache of steps that is written at a place of its own in each example, and the way back."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.generic.output import Array, copied
from kernels.refusal import Refusal
from kernels.registry import kernel


@kernel()
def tensor_scatter(
    xp: Any,
    cache: Array,
    update: Array,
    indices: Array | None = None,
    *,
    axis: int,
    circular: bool,
    out: Array | None = None,
) -> Array:
    result = copied(xp, cache, out)
    place = _places(xp, cache.shape[axis], update.shape[axis], len(cache), indices, circular)
    xp.moveaxis(result, axis, 1)[place] = xp.moveaxis(update, axis, 1)
    return result


@kernel()
def tensor_scatter_part(
    xp: Any,
    x: Array,
    like: Array,
    indices: Array | None = None,
    *,
    axis: int,
    circular: bool,
    out: Array | None = None,
) -> Array:
    place = _places(xp, x.shape[axis], like.shape[axis], len(x), indices, circular)
    return copied(xp, xp.moveaxis(xp.moveaxis(x, axis, 1)[place], 1, axis), out)


def _places(
    xp: Any, room: int, steps: int, examples: int, indices: Array | None, circular: bool
) -> tuple[Array, Array]:
    """Example and place in the cache of each new step."""
    first = xp.zeros(examples, "int64") if indices is None else indices.astype("int64")
    places = first[:, None] + xp.arange(steps)
    if circular:
        places %= max(room, 1)
    elif xp is np and places.size and (places.min() < 0 or places.max() >= room):
        # Only on the host: elsewhere the answer would make the device wait.
        raise Refusal(
            f"new steps are written to the places {places.min()} to {places.max()} of a cache of {room}.",
            "Make the cache longer, or circular.",
        )
    return xp.arange(examples)[:, None], places
