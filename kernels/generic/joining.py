"""One tensor out of several: joined along an axis, or stacked along a new one."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array, copied
from kernels.registry import kernel


@kernel()
def concat(xp: Any, *values: Array, axis: int, out: Array | None = None) -> Array:
    return xp.concatenate(values, axis=axis, out=out)


@kernel()
def concat_part(xp: Any, x: Array, *values: Array, axis: int, index: int, out: Array | None = None) -> Array:
    begin = sum(value.shape[axis] for value in values[:index])
    cut = [slice(None)] * x.ndim
    cut[axis] = slice(begin, begin + values[index].shape[axis])
    return copied(xp, x[tuple(cut)], out)


@kernel()
def stack(xp: Any, *values: Array, axis: int, out: Array | None = None) -> Array:
    return xp.stack(values, axis=axis, out=out)
