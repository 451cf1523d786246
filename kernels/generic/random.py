"""Random tensors from a counter: the same seed, step and stream give the same numbers on every device."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver
from kernels.generic.philox import random_words
from kernels.generic.special import erfinv
from kernels.registry import kernel

Sizes = tuple[int, ...]


@kernel()
def random_uniform(
    xp: Any,
    like: Array | None,
    counter: Array,
    *,
    shape: Sizes,
    dtype: str,
    stream: int,
    low: float,
    high: float,
    out: Array | None = None,
) -> Array:
    shape, kind, wide = _what(like, shape, dtype)
    numbers = uniform(xp, counter, stream, shape, wide)
    return _moved(xp, numbers, high - low, low, kind, out)


@kernel()
def random_normal(
    xp: Any,
    like: Array | None,
    counter: Array,
    *,
    shape: Sizes,
    dtype: str,
    stream: int,
    mean: float,
    deviation: float,
    out: Array | None = None,
) -> Array:
    shape, kind, wide = _what(like, shape, dtype)
    numbers = normal(xp, counter, stream, shape, wide)
    return _moved(xp, numbers, deviation, mean, kind, out)


@kernel()
def random_truncated_normal(
    xp: Any,
    like: Array | None,
    counter: Array,
    *,
    shape: Sizes,
    dtype: str,
    stream: int,
    mean: float,
    deviation: float,
    out: Array | None = None,
) -> Array:
    shape, kind, wide = _what(like, shape, dtype)
    within = uniform(xp, counter, stream, shape, wide) * 2 - 1
    numbers = erfinv(xp, within * math.erf(math.sqrt(2)))
    return _moved(xp, numbers, math.sqrt(2) * deviation, mean, kind, out)


@kernel()
def random_exponential(
    xp: Any,
    like: Array | None,
    counter: Array,
    *,
    shape: Sizes,
    dtype: str,
    stream: int,
    rate: float,
    out: Array | None = None,
) -> Array:
    shape, kind, wide = _what(like, shape, dtype)
    numbers = -xp.log1p(-uniform(xp, counter, stream, shape, wide))
    return deliver(xp, (numbers / rate).astype(kind, copy=False), out)


@kernel()
def random_integer(
    xp: Any,
    like: Array | None,
    counter: Array,
    *,
    shape: Sizes,
    dtype: str,
    stream: int,
    low: int,
    high: int,
    out: Array | None = None,
) -> Array:
    shape = shape if like is None else like.shape
    # The remainder of 64 bits prefers small numbers by no more than (high - low) / 2 ** 64.
    span = high - low
    words = _long_words(xp, counter, stream, math.prod(shape))
    found = (words if span == 2**64 else words % np.uint64(span)) + np.uint64(low % 2**64)
    return deliver(xp, found.astype(dtype).reshape(shape), out)


@kernel()
def random_bernoulli(
    xp: Any, probability: Array, counter: Array, *, stream: int, out: Array | None = None
) -> Array:
    wide = np.float64 if probability.dtype == np.float64 else np.float32
    return xp.less(uniform(xp, counter, stream, probability.shape, wide), probability, out=out)


@kernel()
def random_categorical(
    xp: Any, logits: Array, counter: Array, *, stream: int, samples: int, out: Array | None = None
) -> Array:
    wide = logits.astype(np.float64)
    chance = xp.exp(wide - wide.max(axis=-1, keepdims=True)) if wide.size else wide
    below = xp.cumsum(chance, axis=-1)
    below = below / below[..., -1:]
    drawn = uniform(xp, counter, stream, (*logits.shape[:-1], samples), np.float64)
    # How many classes lie wholly below the number that was drawn.
    return deliver(xp, (drawn[..., None] >= below[..., None, :]).sum(axis=-1, dtype=np.int64), out)


@kernel()
def random_permutation(
    xp: Any, like: Array, counter: Array, *, stream: int, out: Array | None = None
) -> Array:
    return deliver(xp, xp.argsort(_long_words(xp, counter, stream, like.shape[0])), out)


def uniform(xp: Any, counter: Array, stream: int, shape: Sizes, wide: type[Any]) -> Array:
    """Numbers from 0 to below 1, of float32 or float64: as many bits as those hold."""
    count = math.prod(shape)
    if wide is np.float64:
        words = _long_words(xp, counter, stream, count)
        return ((words >> np.uint64(11)).astype(np.float64) * 2.0**-53).reshape(shape)
    words = random_words(xp, counter, stream, count)
    return ((words >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)).reshape(shape)


def normal(xp: Any, counter: Array, stream: int, shape: Sizes, wide: type[Any]) -> Array:
    """Numbers of mean 0 and variance 1, in pairs: a random direction, and a distance from the origin."""
    count = math.prod(shape)
    half = -(-count // 2)
    words = (_long_words if wide is np.float64 else random_words)(xp, counter, stream, 2 * half)
    # All bits are used, because the furthest distance depends on the smallest number; a half keeps it from 0.
    numbers = (words.astype(wide) + wide(0.5)) * wide(2.0 ** (-8 * words.dtype.itemsize))
    distance = xp.sqrt(xp.log(numbers[:half]) * wide(-2))
    angle = numbers[half:] * wide(2 * math.pi)
    found = xp.concatenate([distance * xp.cos(angle), distance * xp.sin(angle)])
    return found[:count].reshape(shape)


def _moved(
    xp: Any, numbers: Array, factor: float, plus: float, kind: np.dtype[Any], out: Array | None
) -> Array:
    """Numbers of our own, stretched and shifted in place, and rounded to the dtype that is wanted."""
    numbers = xp.asarray(numbers)  # of a scalar NumPy makes a number of its own
    xp.add(xp.multiply(numbers, factor, out=numbers), plus, out=numbers)
    return deliver(xp, numbers.astype(kind, copy=False), out)


def _long_words(xp: Any, counter: Array, stream: int, count: int) -> Array:
    return random_words(xp, counter, stream, 2 * count).view(np.uint64)


def _what(like: Array | None, shape: Sizes, dtype: str) -> tuple[Sizes, np.dtype[Any], type[Any]]:
    """Shape and dtype of the result, and the dtype in which it is drawn: a float16 has too few bits."""
    kind = np.dtype(dtype) if like is None else np.dtype(like.dtype)
    return shape if like is None else like.shape, kind, np.float64 if kind == np.float64 else np.float32
