"""Draws by proposal and refusal: gamma numbers, counts and hits, each element from counters of its own.

An element proposes a number from four random words, and again from others until one is taken. The words
depend on seed, step, stream, element and turn alone: all elements are drawn side by side, the same on every
device, and one that takes longer changes no other. Everything is computed in float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver
from kernels.generic.philox import random_blocks
from kernels.generic.special import log_gamma
from kernels.registry import kernel

Propose = Callable[..., tuple[Array, Array]]
"""From four rows of words and the parameters: what each element proposes, and whether it is taken."""

TURNS = 64
"""How often an element may propose. That all are refused has a chance below 1e-30 for all parameters."""
_FEW = 10.0
"""Up to this mean a count is found by adding chances up, and beyond it by proposals."""
_LONGEST = 100
"""How many chances are added up: with a mean of 10, that a count is larger has a chance below 1e-60."""


@kernel()
def random_gamma(
    xp: Any,
    concentration: Array,
    counter: Array,
    *,
    stream: int,
    logarithm: bool,
    out: Array | None = None,
) -> Array:
    wide = concentration.astype(np.float64)
    instead = xp.log(xp.where(wide < 1.0, wide + 1.0, wide) - 1 / 3)
    found = _first_taken(xp, counter, stream, _propose_gamma, xp.ones_like(wide), [wide], instead)
    found = xp.where(wide < 0.0, math.nan, found if logarithm else xp.exp(found))
    return deliver(xp, found.astype(concentration.dtype), out)


@kernel()
def random_poisson(xp: Any, rate: Array, counter: Array, *, stream: int, out: Array | None = None) -> Array:
    wide = rate.astype(np.float64)
    many = (wide > _FEW) & (wide < math.inf)
    proposed = _first_taken(xp, counter, stream, _propose_poisson, many, [wide], xp.floor(wide))
    low = xp.where(wide <= _FEW, wide, 0.0)
    counted = _counted(xp, counter, stream, xp.exp(-low), lambda k: low / (k + 1.0))
    found = xp.where(wide <= _FEW, counted, proposed)
    return deliver(xp, xp.where(wide >= 0.0, found, math.nan).astype(rate.dtype), out)


@kernel()
def random_binomial(
    xp: Any, trials: Array, probability: Array, counter: Array, *, stream: int, out: Array | None = None
) -> Array:
    count, chance = xp.broadcast_arrays(xp.rint(trials.astype(np.float64)), probability.astype(np.float64))
    rare = xp.minimum(chance, 1.0 - chance)  # hits or misses, whatever there are fewer of
    valid = (count >= 0.0) & (count < math.inf) & (rare >= 0.0)
    few = valid & (count * rare <= _FEW)
    mode = xp.floor(count * rare)
    proposed = _first_taken(xp, counter, stream, _propose_binomial, valid & ~few, [count, rare, mode], mode)
    low = xp.where(few, rare, 0.0)
    none = xp.exp(xp.where(few, count, 0.0) * xp.log1p(-low))
    counted = _counted(xp, counter, stream, none, lambda k: (count - k) / (k + 1.0) * (low / (1.0 - low)))
    found = xp.where(few, counted, proposed)
    found = xp.where(valid, xp.where(chance > 0.5, count - found, found), math.nan)
    return deliver(xp, found.astype(trials.dtype), out)


def _first_taken(
    xp: Any,
    counter: Array,
    stream: int,
    propose: Propose,
    wanted: Array,
    parameters: Sequence[Array],
    instead: Array,
) -> Array:
    """What is taken first at each place that is wanted; elsewhere, and where no turn is taken, `instead`."""
    found = xp.array(instead).reshape(-1)
    flat = [array.reshape(-1) for array in parameters]
    left = xp.flatnonzero(wanted)
    for turn in range(TURNS):
        if not left.size:
            break
        words = random_blocks(xp, counter, stream, turn, left, found.size)
        proposed, taken = propose(xp, [_uniform(row) for row in words], *(array[left] for array in flat))
        found[left[taken]] = proposed[taken]
        left = left[~taken]
    return found.reshape(instead.shape)


def _propose_gamma(xp: Any, drawn: Sequence[Array], concentration: Array) -> tuple[Array, Array]:
    """The logarithm of the cube of a normal number that was stretched and moved.

    Source: Marsaglia and Tsang, A simple method for generating gamma variables, 2000.
    """
    small = concentration < 1.0
    d = xp.where(small, concentration + 1.0, concentration) - 1 / 3
    normal = xp.sqrt(-2.0 * xp.log(drawn[0])) * xp.cos(2 * math.pi * drawn[1])
    root = 1.0 + normal / xp.sqrt(9.0 * d)
    cube = xp.where(root > 0.0, root, 1.0) ** 3
    height = 0.5 * normal * normal + d * (1.0 - cube + xp.log(cube))
    # What is no number, or infinite, is not refused, and shows at once.
    refused = (root <= 0.0) | (xp.log(drawn[2]) >= height)
    found = xp.log(d) + xp.log(cube)
    # With a concentration below one it is a number of one more, times a power of a uniform one.
    return xp.where(small, found + xp.log(drawn[3]) / concentration, found), ~refused


def _propose_poisson(xp: Any, drawn: Sequence[Array], rate: Array) -> tuple[Array, Array]:
    """Source: Hörmann, The transformed rejection method for generating Poisson random variables, 1993."""
    b = 0.931 + 2.53 * xp.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse = 1.1239 + 1.1328 / (b - 3.4)
    sure = 0.9277 - 3.6224 / (b - 2.0)
    k, level, surely = _transformed(xp, drawn, rate + 0.43, a, b, sure)
    height = k * xp.log(rate) - rate - log_gamma(xp, k + 1.0)
    return k, surely | ((k >= 0.0) & (xp.log(level * inverse) <= height))


def _propose_binomial(
    xp: Any, drawn: Sequence[Array], trials: Array, chance: Array, mode: Array
) -> tuple[Array, Array]:
    """Source: Hörmann, The generation of binomial random variates, 1993."""
    deviation = xp.sqrt(trials * chance * (1.0 - chance))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * chance
    alpha = (2.83 + 5.1 / b) * deviation
    k, level, surely = _transformed(xp, drawn, trials * chance + 0.5, a, b, 0.92 - 4.2 / b)

    def ways(hits: Array) -> Array:
        return log_gamma(xp, hits + 1.0) + log_gamma(xp, trials - hits + 1.0)

    height = ways(mode) - ways(k) + (k - mode) * xp.log(chance / (1.0 - chance))
    within = (k >= 0.0) & (k <= trials)
    return k, surely | (within & (xp.log(level * alpha) <= height))


def _transformed(
    xp: Any, drawn: Sequence[Array], centre: Array, a: Array, b: Array, sure: Array
) -> tuple[Array, Array, Array]:
    """A count under Hörmann's hat, how high the point beside it lies, and whether that is surely low."""
    u = drawn[0] - 0.5
    edge = 0.5 - xp.absolute(u)
    k = xp.floor((2.0 * a / edge + b) * u + centre)
    return k, drawn[1] / (a / (edge * edge) + b), (edge >= 0.07) & (drawn[1] <= sure)


def _counted(xp: Any, counter: Array, stream: int, none: Array, ratio: Callable[[float], Array]) -> Array:
    """Counts whose chances are summed up to a uniform number: that of none is given, and how they go on."""
    places = xp.arange(none.size)
    drawn = _uniform(random_blocks(xp, counter, stream, 0, places, none.size)[0]).reshape(none.shape)
    found, chance, below = xp.zeros_like(none), none, none
    for k in range(_LONGEST):
        more = (drawn > below) & (chance > 1e-18)  # the sum of all may stop just below one
        if not more.any():
            break
        found = xp.where(more, k + 1.0, found)
        chance = chance * ratio(float(k))
        below = below + chance
    return found


def _uniform(words: Array) -> Array:
    """Numbers between 0 and 1, neither of which is among them."""
    return ((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
