"""How a kernel hands over its result: in the array it was given, or in one of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Array = Any
"""An array of NumPy or of CuPy."""


def deliver(xp: Any, result: Array, out: Array | None) -> Array:
    """Put a finished result into `out`, if there is one."""
    if out is None:
        return result
    xp.copyto(out, result)
    return out


def deliver_all(xp: Any, results: Sequence[Array], out: tuple[Array, ...] | None) -> tuple[Array, ...]:
    """Put the finished results of a kernel with several outputs into `out`, if there is one."""
    places = out or (None,) * len(results)
    return tuple(deliver(xp, result, place) for result, place in zip(results, places, strict=True))


def copied_all(xp: Any, views: Sequence[Array], out: Any) -> Any:
    """Copies of views, for a kernel whose settings say how many outputs it has: of one no tuple is made."""
    if len(views) == 1:
        return copied(xp, views[0], out)
    places = out or (None,) * len(views)
    return tuple(copied(xp, view, place) for view, place in zip(views, places, strict=True))


def copied(xp: Any, view: Array, out: Array | None) -> Array:
    """A copy of what is only a view of an input, in memory order."""
    if out is None:
        return xp.array(view, order="C")
    xp.copyto(out, view)
    return out


def spread(xp: Any, x: Array, shape: Sequence[int], out: Array | None) -> Array:
    """A tensor broadcast to a shape, written out in full."""
    result = xp.empty(shape, x.dtype) if out is None else out
    result[...] = x
    return result
