"""Random tensors from a counter: the same seed, step and stream give the same bits on every device."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.devices import to_host
from kernels.generic.output import Array, deliver
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
    numbers = _generator(counter, stream).random(shape, wide)
    return deliver(xp, xp.asarray((numbers * (high - low) + low).astype(kind)), out)


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
    numbers = _generator(counter, stream).standard_normal(shape, wide)
    return deliver(xp, xp.asarray((numbers * deviation + mean).astype(kind)), out)


def _generator(counter: Array, stream: int) -> np.random.Generator:
    """A generator that depends on nothing but seed, step and stream.

    Philox (Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, 2011) hashes a key and a counter. The
    step stands in the highest word of the counter, far above what one tensor counts through.
    """
    seed, step = to_host(counter)
    key = np.array([seed, stream], np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=np.array([0, 0, 0, step], np.uint64)))


def _what(like: Array | None, shape: Sizes, dtype: str) -> tuple[Sizes, np.dtype[Any], type[Any]]:
    """Shape and dtype of the result, and the dtype in which it is drawn: NumPy draws no float16."""
    kind = np.dtype(dtype) if like is None else np.dtype(like.dtype)
    return shape if like is None else like.shape, kind, np.float64 if kind == np.float64 else np.float32
