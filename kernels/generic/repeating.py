"""Elements repeated along an axis, and grids out of rows."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array, copied_all, deliver
from kernels.registry import kernel


@kernel()
def repeat(xp: Any, x: Array, *, repeats: tuple[int, ...], axis: int, out: Array | None = None) -> Array:
    return deliver(xp, xp.repeat(x, _counts(repeats), axis), out)


@kernel()
def sum_repeats(
    xp: Any, x: Array, like: Array, *, repeats: tuple[int, ...], axis: int, out: Array | None = None
) -> Array:
    result = xp.empty(like.shape, x.dtype) if out is None else out
    result[...] = 0
    sources = xp.repeat(xp.arange(like.shape[axis]), _counts(repeats))
    xp.add.at(xp.moveaxis(result, axis, 0), sources, xp.moveaxis(x, axis, 0))
    return result


@kernel()
def meshgrid(xp: Any, *rows: Array, out: Any = None) -> Any:
    return copied_all(xp, xp.meshgrid(*rows, indexing="ij", copy=False), out)


def _counts(repeats: tuple[int, ...]) -> int | list[int]:
    return repeats[0] if len(repeats) == 1 else list(repeats)
