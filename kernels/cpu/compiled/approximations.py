"""exp, log, tanh and erf of float32 by polynomials, without branches, so that loops over them use vectors.

Relative errors: exp 2e-7, log 2e-7, tanh 4e-7, erf 2e-7 (tests/kernels/cpu/test_elements.py).
Source: S. L. Moshier, Cephes Mathematical Library, 1992 (expf, logf, tanhf); erf as in the generic kernel.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.cpu.compiled.declare import helper
from kernels.cpu.compiled.memory import as_bits, as_float, magnitude, nearest
from kernels.generic.elementwise import FLOAT32_ONE, SHORT_P, SHORT_Q

_ZERO, _ONE, _TWO, _HALF = np.float32(0), np.float32(1), np.float32(2), np.float32(0.5)
_LOG2_E = np.float32(1.44269504088896341)
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
_LEAST, _MOST = np.float32(-104), np.float32(89)
_E0, _E1, _E2 = np.float32(1.9875691500e-4), np.float32(1.3981999507e-3), np.float32(8.3334519073e-3)
_E3, _E4, _E5 = np.float32(4.1665795894e-2), np.float32(1.6666665459e-1), np.float32(5.0000001201e-1)
_L0, _L1, _L2 = np.float32(7.0376836292e-2), np.float32(-1.1514610310e-1), np.float32(1.1676998740e-1)
_L3, _L4, _L5 = np.float32(-1.2420140846e-1), np.float32(1.4249322787e-1), np.float32(-1.6668057665e-1)
_L6, _L7, _L8 = np.float32(2.0000714765e-1), np.float32(-2.4999993993e-1), np.float32(3.3333331174e-1)
_T0, _T1, _T2 = np.float32(-5.70498872745e-3), np.float32(2.06390887954e-2), np.float32(-5.37397155531e-2)
_T3, _T4 = np.float32(1.33314422036e-1), np.float32(-3.33332819422e-1)
_NEAR = np.float32(0.625)
_SQRT_HALF = np.float32(0.707106781186547524)
_INFINITE, _NAN = np.float32(np.inf), np.float32(np.nan)
_SMALLEST = np.float32(np.finfo(np.float32).smallest_normal)
_P = tuple(np.float32(p) for p in SHORT_P)
_Q = tuple(np.float32(q) for q in SHORT_Q)
_P0, _P1, _P2, _P3, _P4, _P5 = _P
_Q0, _Q1, _Q2, _Q3, _Q4, _Q5 = _Q
_FAR = np.float32(FLOAT32_ONE)


@helper
def exponential(x: Any) -> Any:
    """e to the power of x. The power of two is multiplied in two steps, so that each of them is a float32."""
    inside = _LEAST if x < _LEAST else (_MOST if x > _MOST else x)
    whole = nearest(inside * _LOG2_E)
    rest = inside - whole * _LN2_HIGH - whole * _LN2_LOW
    series = ((((_E0 * rest + _E1) * rest + _E2) * rest + _E3) * rest + _E4) * rest + _E5
    near = series * rest * rest + rest + _ONE
    power = np.int32(whole)
    first = power >> np.int32(1)
    second = power - first
    grown = near * as_float((first + np.int32(127)) << np.int32(23))
    result = grown * as_float((second + np.int32(127)) << np.int32(23))
    return result if x == x else x


@helper
def logarithm(x: Any) -> Any:
    """The natural logarithm: that of a fraction near 1, and the power of two before it."""
    bits = as_bits(x)
    power = ((bits >> np.int32(23)) & np.int32(255)) - np.int32(126)
    fraction = as_float((bits & np.int32(0x007FFFFF)) | np.int32(0x3F000000))
    small = fraction < _SQRT_HALF
    rest = (fraction + fraction if small else fraction) - _ONE
    whole = np.float32(power) - (_ONE if small else _ZERO)
    square = rest * rest
    series = (((_L0 * rest + _L1) * rest + _L2) * rest + _L3) * rest + _L4
    series = (((series * rest + _L5) * rest + _L6) * rest + _L7) * rest + _L8
    near = series * rest * square + _LN2_LOW * whole - _HALF * square
    result = rest + near + _LN2_HIGH * whole
    positive = result if x < _INFINITE else x
    return positive if x >= _SMALLEST else (-_INFINITE if x > -_SMALLEST else _NAN)


@helper
def tangent(x: Any) -> Any:
    """The hyperbolic tangent."""
    size = magnitude(x)
    square = x * x
    near = ((((_T0 * square + _T1) * square + _T2) * square + _T3) * square + _T4) * square * x + x
    far = _ONE - _TWO / (exponential(size + size) + _ONE)
    return near if size < _NEAR else (-far if x < _ZERO else far)


@helper
def erf(x: Any) -> Any:
    """The error function."""
    inside = -_FAR if x < -_FAR else (_FAR if x > _FAR else x)
    z = inside * inside
    above = ((((_P0 * z + _P1) * z + _P2) * z + _P3) * z + _P4) * z + _P5
    below = ((((_Q0 * z + _Q1) * z + _Q2) * z + _Q3) * z + _Q4) * z + _Q5
    result = inside * (above / below)
    return -_ONE if result < -_ONE else (_ONE if result > _ONE else result)
