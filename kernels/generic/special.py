"""Special functions, computed in float64 and rounded: NumPy and CuPy share none of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kernels.generic.elementwise import FAR_P, FAR_Q, exact_erf, polynomial
from kernels.generic.output import Array, deliver
from kernels.registry import kernel

# W. J. Cody, Rational Chebyshev Approximations for the Error Function, 1969: erfc beyond 4, in 1 / x².
_TAIL_P = (
    1.63153871373020978e-2,
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4,
)
_TAIL_Q = (
    1.0,
    2.56852019228982242,
    1.87295284992346725,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3,
)
# P. J. Acklam, An algorithm for computing the inverse normal cumulative distribution function, 2003.
_CENTRE_P = (
    -3.969683028665376e01,
    2.209460984245205e02,
    -2.759285104469687e02,
    1.383577518672690e02,
    -3.066479806614716e01,
    2.506628277459239,
)
_CENTRE_Q = (
    -5.447609879822406e01,
    1.615858368580409e02,
    -1.556989798598866e02,
    6.680131188771972e01,
    -1.328068155288572e01,
    1.0,
)
_EDGE_P = (
    -7.784894002430293e-03,
    -3.223964580411365e-01,
    -2.400758277161838,
    -2.549732539343734,
    4.374664141464968,
    2.938163982698783,
)
_EDGE_Q = (7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996, 3.754408661907416, 1.0)

_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
"""The Bernoulli numbers of even order, of which the series for large x are made."""
_LARGE = 12.0
"""From where on those series are exact in float64; a smaller x is moved there step by step."""


@kernel()
def erfc(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return _rounded(xp, exact_erfc(xp, x.astype(np.float64)), x, out)


@kernel()
def erfinv(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    wide = x.astype(np.float64)
    size = xp.absolute(wide)
    tail = (1.0 - size) / 2  # how much lies beyond
    near = size / 2
    square = near * near
    centre = near * polynomial(_CENTRE_P, square) / polynomial(_CENTRE_Q, square)
    depth = xp.sqrt(-2.0 * xp.log(tail))
    edge = -polynomial(_EDGE_P, depth) / polynomial(_EDGE_Q, depth)
    guess = xp.where(tail < 0.02425, edge, centre) / math.sqrt(2)
    # One step of Halley's method makes nine digits sixteen; each side is asked where it is exact.
    error = xp.where(size < 0.5, exact_erf(xp, guess) - size, 2 * tail - exact_erfc(xp, guess))
    step = error * xp.exp(guess * guess) * (math.sqrt(math.pi) / 2)
    better = guess - step / (1.0 + guess * step)
    result = xp.where(size < 1.0, better, xp.where(size == 1.0, math.inf, math.nan))
    return _rounded(xp, xp.copysign(result, wide), x, out)


@kernel()
def log_gamma(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    wide = x.astype(np.float64)
    positive = xp.where(wide > 0, wide, 1.0 - wide)
    product = xp.ones_like(wide)
    moved = positive
    for _ in range(int(_LARGE)):
        small = moved < _LARGE
        product = xp.where(small, product * moved, product)
        moved = xp.where(small, moved + 1.0, moved)
    inverse = 1.0 / moved
    series = sum(
        number / (2 * k * (2 * k - 1)) * inverse ** (2 * k - 1)
        for k, number in enumerate(_BERNOULLI, start=1)
    )
    stirling = (moved - 0.5) * xp.log(moved) - moved + 0.5 * math.log(2 * math.pi) + series
    result = stirling - xp.log(product)
    # The distance from the nearest whole number, because the sine of pi · n is not quite zero.
    sine = xp.absolute(xp.sin(math.pi * (wide - xp.rint(wide))))
    result = xp.where(wide > 0, result, math.log(math.pi) - xp.log(sine) - result)
    return _rounded(xp, xp.where(xp.isinf(wide), math.inf, result), x, out)


@kernel()
def digamma(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    wide = x.astype(np.float64)
    moved = xp.where(wide > 0, wide, 1.0 - wide)
    result = xp.zeros_like(wide)
    for _ in range(int(_LARGE)):
        small = moved < _LARGE
        result = xp.where(small, result - 1.0 / moved, result)
        moved = xp.where(small, moved + 1.0, moved)
    inverse = 1.0 / moved
    series = sum(number / (2 * k) * inverse ** (2 * k) for k, number in enumerate(_BERNOULLI, start=1))
    result = result + xp.log(moved) - 0.5 * inverse - series
    turn = math.pi / xp.tan(math.pi * (wide - xp.rint(wide)))
    pole = xp.where(wide == 0, xp.copysign(xp.full_like(wide, math.inf), -wide), math.nan)
    reflected = xp.where(wide == xp.rint(wide), pole, result - turn)
    return _rounded(xp, xp.where(wide > 0, result, reflected), x, out)


@kernel()
def polygamma(xp: Any, x: Array, *, order: int, out: Array | None = None) -> Array:
    wide = x.astype(np.float64)
    positive = xp.where(wide > 0, wide, 1.0 - wide)
    result = _zeta(xp, order + 1, positive) * ((-1) ** (order + 1) * math.factorial(order))
    if order == 1:
        sine = xp.sin(math.pi * (wide - xp.rint(wide)))
        reflected = xp.square(math.pi / sine) - result
    else:
        reflected = xp.full_like(wide, math.nan)
    return _rounded(xp, xp.where(wide > 0, result, reflected), x, out)


@kernel()
def sinc(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return deliver(xp, xp.sinc(x).astype(x.dtype, copy=False), out)


def exact_erfc(xp: Any, x: Array) -> Array:
    """One minus the error function, of float64."""
    size = xp.clip(xp.absolute(x), 0.4, 30.0)
    square = size * size
    middle = polynomial(FAR_P, size) / polynomial(FAR_Q, size)
    inverse = 1.0 / square
    far = (
        1 / math.sqrt(math.pi) - inverse * polynomial(_TAIL_P, inverse) / polynomial(_TAIL_Q, inverse)
    ) / size
    # exp(-x²) in two factors, because a rounding error of x² would count x² times.
    whole = xp.floor(size * 16.0) / 16.0
    decay = xp.exp(-whole * whole) * xp.exp(-(size - whole) * (size + whole))
    outside = decay * xp.where(size < 4.0, middle, far)
    outside = xp.where(x < 0, 2.0 - outside, outside)
    return xp.where(xp.absolute(x) < 0.46875, 1.0 - exact_erf(xp, x), outside)


def _zeta(xp: Any, s: int, x: Array) -> Array:
    """The sum of 1 / (x + k)^s over all k >= 0: some terms, and for the rest Euler and Maclaurin's series."""
    result = sum((x + float(k)) ** -s for k in range(int(_LARGE)))
    moved = x + _LARGE
    result = result + moved ** (1.0 - s) / (s - 1) + 0.5 * moved**-s
    factor = float(s)
    for k, number in enumerate(_BERNOULLI, start=1):
        result = result + number / math.factorial(2 * k) * factor * moved ** (1 - s - 2 * k)
        factor *= (s + 2 * k - 1) * (s + 2 * k)
    return result


def _rounded(xp: Any, result: Array, x: Array, out: Array | None) -> Array:
    return deliver(xp, result.astype(x.dtype, copy=False), out)
