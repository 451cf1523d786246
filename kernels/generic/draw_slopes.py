"""How a gamma number moves with its concentration, when it keeps its rank among all such numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver
from kernels.generic.special import digamma
from kernels.registry import kernel

_STEP = 0.1
_NODES = np.arange(-4.5, 9.0, _STEP)
"""Where the integral is taken, so that it is right to nine digits: Takahasi and Mori, Double exponential
formulas for numerical integration, 1974."""


@kernel()
def gamma_slope(
    xp: Any, y: Array, concentration: Array, *, logarithm: bool, out: Array | None = None
) -> Array:
    a = concentration.astype(np.float64)
    wide = y.astype(np.float64)
    log_x = wide if logarithm else xp.log(xp.maximum(wide, np.finfo(np.float64).tiny))
    x = xp.exp(log_x)
    slope = _slope_of_logarithm(xp, a, x, log_x)
    return deliver(xp, (slope if logarithm else slope * x).astype(y.dtype), out)


def _slope_of_logarithm(xp: Any, a: Array, x: Array, log_x: Array) -> Array:
    """-(dF/da) / (x · dF/dx) of the distribution F(x, a), as one integral over the logarithm of x.

    Both tails have the same integral but for the sign; the one is taken on whose side the density falls.
    """
    side = xp.where(x <= a, -1.0, 1.0)
    below = 1.0 / (xp.absolute(a - x) + xp.minimum(x, xp.sqrt(x)))
    above = xp.log1p(1.0 / (xp.absolute(x - a) + xp.sqrt(x)))
    length = xp.where(x <= a, below, above)
    offset = log_x - digamma(xp, a)
    total = xp.zeros_like(x)
    for node in _NODES:
        fade = math.exp(-node)
        s = side * length * math.exp(node - fade)
        weight = xp.absolute(s) * ((1.0 + fade) * _STEP)
        total = total + weight * (offset + s) * xp.exp(a * s - x * xp.expm1(s))
    return side * total
