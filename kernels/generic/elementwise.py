"""Mathematical functions of one tensor, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver
from kernels.registry import kernel

# W. J. Cody, Rational Chebyshev Approximations for the Error Function, Mathematics of Computation 23 (1969).
_NEAR_P = (
    1.85777706184603153e-1,
    3.16112374387056560,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3,
)
_NEAR_Q = (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3)
FAR_P = (
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3,
)
FAR_Q = (
    1.0,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3,
)

# Fitted to erf(x) / x in x * x, up to where erf is 1 in float32; the relative error of the fit is 2e-8.
FLOAT32_ONE = 3.925
SHORT_P = (
    2.046018332972697e-06,
    2.848451995361832e-04,
    3.772616198196203e-03,
    5.276950385478979e-02,
    1.905952708306838e-01,
    1.1283791457446513,
)
SHORT_Q = (
    3.804776749636227e-05,
    1.16387410703895e-03,
    1.498333052713183e-02,
    1.1418335260619086e-01,
    5.022433910631477e-01,
    1.0,
)


@kernel()
def negate(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.negative(x, out=out)


@kernel()
def abs_(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.absolute(x, out=out)


@kernel()
def sign(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.sign(x, out=out)


@kernel()
def square(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.multiply(x, x, out=out)


@kernel()
def sqrt(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.sqrt(x, out=out)


@kernel()
def rsqrt(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    root = xp.sqrt(x, out=out)
    return xp.true_divide(1.0, root, out=out)


@kernel()
def reciprocal(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.true_divide(1.0, x, out=out)


@kernel()
def exp(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.exp(x, out=out)


@kernel()
def expm1(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.expm1(x, out=out)


@kernel()
def log(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.log(x, out=out)


@kernel()
def log1p(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.log1p(x, out=out)


@kernel()
def sin(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.sin(x, out=out)


@kernel()
def cos(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.cos(x, out=out)


@kernel()
def tan(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.tan(x, out=out)


@kernel()
def erf(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    # NumPy has none.
    if x.dtype == np.float64:
        return deliver(xp, exact_erf(xp, x), out)
    # float16 cannot hold the coefficients, nor the squares.
    size = xp.clip(x.astype(np.float32, copy=False), -FLOAT32_ONE, FLOAT32_ONE)
    square = size * size
    result = size * (polynomial(SHORT_P, square) / polynomial(SHORT_Q, square))
    return deliver(xp, xp.clip(result, -1.0, 1.0).astype(x.dtype, copy=False), out)


@kernel()
def floor(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.floor(x, out=out)


@kernel()
def ceil(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.ceil(x, out=out)


@kernel()
def round_(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.rint(x, out=out)


@kernel()
def trunc(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.trunc(x, out=out)


def exact_erf(xp: Any, x: Array) -> Array:
    """Near zero a quotient of polynomials in x * x keeps the relative precision; further out 1 - erfc does.

    The quotient for erfc serves beyond Cody's limit of 4 as well, because only erf is asked for.
    """
    size = xp.minimum(xp.absolute(x), 7.0)
    square = size * size
    near = x * (polynomial(_NEAR_P, square) / polynomial(_NEAR_Q, square))
    far = 1.0 - xp.exp(-square) * (polynomial(FAR_P, size) / polynomial(FAR_Q, size))
    return xp.where(size < 0.46875, near, xp.copysign(far, x))


def polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Horner's scheme, the highest power first."""
    result = coefficients[0] * x + coefficients[1]
    for coefficient in coefficients[2:]:
        result *= x
        result += coefficient
    return result
