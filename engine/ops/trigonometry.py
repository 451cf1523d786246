"""Angles and their inverses, hyperbolic functions, logarithms of other bases, and what is no number."""

from __future__ import annotations

import math
from typing import ClassVar

from engine.case import Case, Sample
from engine.families import Broadcasting, Elementwise, number_like
from engine.op import attribute
from engine.ops.comparison import Equal
from engine.ops.elementwise import Rsqrt
from engine.ops.selection import Where
from engine.spec import FLOATS, Spec
from engine.value import Value

_NAN, _INF = float("nan"), float("inf")
_WIDE = (Case([(3, 4)], low=-3.0, high=3.0), Case([()]), Case([(1,)]), Case([(0, 4)]))
_TINY = Case([(3,)], low=1e-12, high=1e-11)
_WITHIN_ONE = (
    Case([(3, 4)], low=-0.9, high=0.9),
    Case([()]),
    Case([(0, 4)]),
    Case([Sample(values=[-1.0, 0.0, 1.0])], gradient=False),
    Case([Sample(values=[-1.5, 1.5, _NAN])], gradient=False),
)
_HUGE = Case([Sample(values=[-1e30, 1e30, -_INF, _INF])], gradient=False)
_OVERFLOW = Case([(3,)], low=100.0, high=700.0, gradient=False)
_PAIRS = (
    Case([(3, 4), (4,)], low=0.2, high=2.0),
    Case([(3, 1), (1, 4)], low=-2.0, high=-0.2),
    Case([(0,), ()]),
    Case([Sample(values=[0.0, -0.0, 0.0, 2.0]), Sample(values=[0.0, -1.0, 1.0, 0.0])], gradient=False),
    # The squares of these have no place in float32.
    Case([(3,), (3,)], low=1e25, high=1e26, gradient=False),
    Case([(3,), (3,)], low=1e-26, high=1e-25, gradient=False),
)
_POSITIVE = (
    Case([(3, 4)], low=0.1, high=4.0),
    Case([Sample(values=[0.0, -1.0, _INF])], gradient=False),
    Case([(2,)], low=1e-30, high=1e-29, gradient=False),
    Case([(0,)]),
)
_KINDS = (
    Case([(2, 3)], gradient=False),
    Case([Sample(values=[0.0, _NAN, _INF, -_INF])], gradient=False),
    Case([()], gradient=False),
    Case([(0,)], gradient=False),
)


class Asin(Elementwise):
    """The angle, in radians, whose sine is x. Outside -1 to 1 it is not a number."""

    formula = "y = asin(x), from -pi/2 to pi/2"
    cases = (*_WITHIN_ONE, _TINY)

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * _slope(x)


class Acos(Elementwise):
    """The angle, in radians, whose cosine is x. Outside -1 to 1 it is not a number."""

    formula = "y = acos(x), from 0 to pi"
    cases = _WITHIN_ONE

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return -(dy * _slope(x))


class Atan(Elementwise):
    """The angle, in radians, whose tangent is x."""

    formula = "y = atan(x), between -pi/2 and pi/2"
    advice = "For the direction of a point use Atan2, which knows all four quarters."
    cases = (*_WIDE, _TINY, _HUGE)

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy / (x * x + 1)


class Atan2(Broadcasting):
    """The direction, in radians, in which the point with height a and width b lies from the origin."""

    formula = "y = atan(a / b) in the quarter of the point, from -pi to pi"
    takes = FLOATS
    cases = _PAIRS

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        # Divided twice by the distance, because its square overflows before it does.
        distance = Hypot()(a, b)
        return dy * (b / distance / distance), -(dy * (a / distance / distance))


class Hypot(Broadcasting):
    """The distance of a point from the origin, without squares that overflow.

    At the origin its gradient is zero.
    """

    formula = "y = sqrt(a² + b²)"
    takes = FLOATS
    cases = _PAIRS

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        divisor = Where()(Equal()(y, number_like(y, 0.0)), number_like(y, 1.0), y)
        return dy * (a / divisor), dy * (b / divisor)


class Sinh(Elementwise):
    """The hyperbolic sine. Beyond 89 a float32 overflows to infinity."""

    formula = "y = (exp(x) - exp(-x)) / 2"
    cases = (*_WIDE, _TINY, _OVERFLOW)

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * Cosh()(x)


class Cosh(Elementwise):
    """The hyperbolic cosine. Beyond 89 a float32 overflows to infinity."""

    formula = "y = (exp(x) + exp(-x)) / 2"
    cases = (*_WIDE, _OVERFLOW)

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * Sinh()(x)


class Asinh(Elementwise):
    """The inverse of the hyperbolic sine: a logarithm of size that keeps the sign and takes zero."""

    formula = "y = log(x + sqrt(x² + 1))"
    cases = (*_WIDE, _TINY, _HUGE)

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy / Hypot()(x, number_like(x, 1.0))


class Acosh(Elementwise):
    """The inverse of the hyperbolic cosine. Below 1 it is not a number; at 1 its gradient is infinite."""

    formula = "y = log(x + sqrt(x² - 1))"
    cases = (
        Case([(3, 4)], low=1.2, high=9.0),
        Case([Sample(values=[1.0, 0.5, -2.0, _INF])], gradient=False),
        Case([(2,)], low=1e30, high=1e31, gradient=False),
        Case([(0,)]),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        # Two roots, because the square of a large x overflows.
        return dy * Rsqrt()(x - 1) * Rsqrt()(x + 1)


class Atanh(Elementwise):
    """The inverse of the hyperbolic tangent. At -1 and 1 it is infinite, beyond them not a number."""

    formula = "y = log((1 + x) / (1 - x)) / 2"
    cases = (*_WITHIN_ONE, _TINY)

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy / ((1 - x) * (x + 1))


class Log2(Elementwise):
    """The logarithm of base two: how many bits. Of zero it is minus infinity."""

    formula = "y = log(x) / log(2)"
    cases = _POSITIVE

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy / x * (1 / math.log(2))


class Log10(Elementwise):
    """The logarithm of base ten: decibels are ten of it. Of zero it is minus infinity."""

    formula = "y = log(x) / log(10)"
    cases = _POSITIVE

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy / x * (1 / math.log(10))


class Exp2(Elementwise):
    """Two to the power of x. From x = 128 a float32 overflows to infinity."""

    formula = "y = 2 to the power of x"
    cases = (
        *_WIDE,
        Case([(3,)], low=130.0, high=900.0, gradient=False),
        Case([(3,)], low=-900.0, high=-130.0),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * y * math.log(2)


class _Kind(Elementwise, abstract=True):
    """What IsNan and IsInf share."""

    differentiable = False
    cases: ClassVar[tuple[Case, ...]] = _KINDS

    def infer(self, x: Spec) -> Spec:
        return super().infer(x).with_dtype("bool")


class IsNan(_Kind):
    """Whether an element is not a number: what comes of 0 / 0, or of the square root of -1."""

    formula = "y = (x != x)"
    advice = "Connect ReduceAny behind it to stop where the first one appears."


class IsInf(_Kind):
    """Whether an element is infinite, on either side or on one of them."""

    formula = "y = (|x| = infinity)"
    positive: bool = attribute(default=True, help="Whether plus infinity counts.")
    negative: bool = attribute(default=True, help="Whether minus infinity counts.")
    cases = (
        *_KINDS,
        Case([Sample(values=[_NAN, _INF, -_INF])], {"negative": False}, gradient=False),
        Case([Sample(values=[_NAN, _INF, -_INF])], {"positive": False}, gradient=False),
        Case([Sample(values=[_NAN, _INF, -_INF])], {"positive": False, "negative": False}, gradient=False),
    )


def _slope(x: Value) -> Value:
    """1 / sqrt(1 - x²); as a product, it keeps its digits where x is close to 1."""
    return Rsqrt()((1 - x) * (x + 1))
