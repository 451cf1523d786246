"""First values of variables. The seed and the variable's path decide them, nothing else.

Sources: Glorot and Bengio 2010 (glorot), He et al. 2015 (he).
"""

from __future__ import annotations

import math
import zlib

import numpy as np

from engine.ops.state import Variable


def initial_value(op: Variable, path: str, seed: int) -> np.ndarray:
    """The value that a variable starts with, of its shape and dtype."""
    shape, kind = op.shape, op.initializer
    if kind in ("zeros", "ones"):
        return np.full(shape, float(kind == "ones"), op.dtype)
    generator = np.random.Generator(np.random.Philox(key=[seed, zlib.crc32(path.encode())]))
    fan_in, fan_out = fans(shape)
    if kind in ("normal", "uniform"):
        spread = 0.05
    else:
        # Both families are usually given by their standard deviation; a uniform draw is wider by sqrt(3).
        spread = math.sqrt(2.0 / (fan_in + fan_out) if kind.startswith("glorot") else 2.0 / fan_in)
        spread *= math.sqrt(3.0) if kind.endswith("uniform") else 1.0
    if kind.endswith("normal"):
        drawn = generator.standard_normal(shape) * spread
    else:
        drawn = generator.uniform(-spread, spread, shape)
    return np.asarray(drawn, op.dtype)


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs and outputs one unit has: for a matrix its sizes, for a filter times its window."""
    if not shape:
        return 1, 1
    if len(shape) == 1:
        return shape[0] or 1, shape[0] or 1
    window = math.prod(shape[:-2])
    return max(window * shape[-2], 1), max(window * shape[-1], 1)
