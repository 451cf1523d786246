"""The debiased exponential moving average of a curve, continued point by point."""

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_BLOCK = 64
_BITS = 40.0


class MovingAverage:
    """Smooths values as they arrive; the average so far continues where the last call ended.

    Values that are not finite stay as they are and leave the average alone. A weight of 0 changes nothing.
    """

    def __init__(self, weight: float) -> None:
        if not 0.0 <= weight < 1.0:
            raise ValueError(f"Smoothing weight {weight} is outside 0 to 0.99. Choose a weight below 1.")
        self.weight = weight
        self._sum = 0.0
        self._count = 0

    def extend(self, values: FloatArray) -> FloatArray:
        """Return the smoothed `values`, given all values of earlier calls."""
        smoothed = np.array(values, dtype=np.float64)
        if self.weight == 0.0:
            return smoothed
        finite = np.isfinite(smoothed)
        fresh = smoothed[finite]
        if not fresh.size:
            return smoothed
        sums = _decayed_sums((1.0 - self.weight) * fresh, self.weight)
        # Powers of the weight below the last bit change nothing, and tiny ones are slow to compute.
        reach = min(fresh.size, math.ceil(_BITS / -math.log(self.weight)))
        powers = self.weight ** np.arange(1.0, reach + 1.0)
        sums[:reach] += self._sum * powers
        self._sum = float(sums[-1])
        sums[:reach] /= 1.0 - powers * self.weight**self._count
        smoothed[finite] = sums
        self._count += fresh.size
        return smoothed


def _decayed_sums(values: FloatArray, decay: float) -> FloatArray:
    """Return s with `s[i] = decay * s[i - 1] + values[i]`, starting from 0.

    A block is one product with a triangle of powers; what each block hands on is the same recurrence again.
    """
    if values.size <= _BLOCK:
        return np.asarray(_triangle(decay)[: values.size, : values.size] @ values)
    blocks = -(-values.size // _BLOCK)
    padded = np.zeros(blocks * _BLOCK)
    padded[: values.size] = values
    local = padded.reshape(blocks, _BLOCK) @ _triangle(decay).T
    ends = _decayed_sums(local[:, -1], decay**_BLOCK)
    local[1:] += ends[:-1, None] * decay ** np.arange(1.0, _BLOCK + 1.0)
    return local.reshape(-1)[: values.size]


def _triangle(decay: float) -> FloatArray:
    lag = np.subtract.outer(np.arange(_BLOCK), np.arange(_BLOCK))
    return np.where(lag >= 0, decay ** np.maximum(lag, 0).astype(np.float64), 0.0)
