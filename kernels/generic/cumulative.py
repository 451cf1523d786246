"""The running logarithm of a sum of exponentials, and the shares that its elements have in it."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array
from kernels.generic.precision import widened
from kernels.generic.products import decaying_sum
from kernels.generic.statistics import along
from kernels.registry import kernel


@kernel()
def cum_log_sum_exp(xp: Any, x: Array, *, axis: int, reverse: bool, out: Array | None = None) -> Array:
    result = xp.empty_like(x) if out is None else out
    total, step = xp.array(along(xp, widened(x), axis, reverse)), 1
    # Each pass doubles how far back an element has looked.
    while step < total.shape[-1]:
        total[..., step:] = xp.logaddexp(total[..., step:], total[..., :-step])
        step *= 2
    along(xp, result, axis, reverse)[...] = total
    return result


@kernel()
def cum_shares(
    xp: Any,
    v: Array,
    x: Array,
    y: Array,
    *,
    axis: int,
    reverse: bool,
    back: bool,
    out: Array | None = None,
) -> Array:
    result = xp.empty_like(v) if out is None else out
    values, ours, theirs = (along(xp, widened(part), axis, reverse != back) for part in (v, x, y))
    share = _ratio(xp, ours, theirs)
    factors = xp.zeros(theirs.shape, theirs.dtype)
    before, after = theirs[..., :-1], theirs[..., 1:]
    factors[..., 1:] = _ratio(xp, after, before) if back else _ratio(xp, before, after)
    total = decaying_sum(xp, factors, values if back else values * share)
    along(xp, result, axis, reverse != back)[...] = total * share if back else total
    return result


def _ratio(xp: Any, a: Array, b: Array) -> Array:
    """exp(a - b), and one where both are the same infinity."""
    return xp.exp(xp.where(a == b, a.dtype.type(0), a - b))
