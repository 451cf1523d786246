"""Products along axes, running products, and the recurrence that is the way back from them."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array
from kernels.generic.precision import widened
from kernels.generic.reduction import Axes
from kernels.generic.statistics import along
from kernels.registry import kernel


@kernel()
def reduce_prod(xp: Any, x: Array, *, axes: Axes, keep_dims: bool, out: Array | None = None) -> Array:
    return x.prod(axis=axes or None, dtype=x.dtype, keepdims=keep_dims, out=out)


@kernel()
def cum_prod(
    xp: Any, x: Array, *, axis: int, reverse: bool, exclusive: bool, out: Array | None = None
) -> Array:
    result = xp.empty_like(x) if out is None else out
    source, target = along(xp, x, axis, reverse), along(xp, result, axis, reverse)
    if exclusive:
        target[..., :1] = 1
        source, target = source[..., :-1], target[..., 1:]
    target[...] = xp.cumprod(source, axis=-1, dtype=x.dtype)
    return result


@kernel()
def linear_recurrence(
    xp: Any, factors: Array, terms: Array, *, axis: int, reverse: bool, out: Array | None = None
) -> Array:
    result = xp.empty_like(terms) if out is None else out
    kept, added = (along(xp, widened(part), axis, reverse)[..., :-1] for part in (factors, terms))
    target = along(xp, result, axis, reverse)
    target[..., :1] = 0
    target[..., 1:] = decaying_sum(xp, xp.array(kept), added)
    return result


def decaying_sum(xp: Any, factors: Array, terms: Array) -> Array:
    """Along the last axis: what came before, times the factor of an element, plus its term."""
    total, kept, step = xp.array(terms), factors, 1
    while step < total.shape[-1]:
        total[..., step:] = total[..., step:] + kept[..., step:] * total[..., :-step]
        kept[..., step:] = kept[..., step:] * kept[..., :-step]
        step *= 2
    return total
