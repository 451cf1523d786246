"""Mathematical functions of one tensor, element by element."""

from __future__ import annotations

import math

from engine.case import Case, Sample
from engine.families import ARITHMETIC, INEXACT, NUMBERS, Elementwise, conjugate, number_like
from engine.ops.conversion import Cast
from engine.ops.selection import Where
from engine.spec import Spec, part_dtype
from engine.value import Value

_SHAPES = (Case([(3, 4)]), Case([()]), Case([(1,)]), Case([(0, 4)]))
_POSITIVE = (
    Case([(3, 4)], low=0.1, high=4.0),
    Case([(2,)], low=1e-30, high=1e-29, gradient=False),
    Case([(2,)], low=1e30, high=1e31, gradient=False),
    Case([Sample(values=[0.0, -1.0])], gradient=False),
    Case([(0,)]),
)
_WHOLE = Case([Sample((5,), "int64", values=[-3, -1, 0, 1, 3])], gradient=False)
_COMPLEX = (Case([Sample((3, 2), "complex")]), Case([Sample((0,), "complex")]))
_STEPS = (
    Case([Sample(values=[-2.5, -1.5, -0.5, 0.0, 0.5, 1.5, 2.5])], gradient=False),
    Case([(2, 3)], low=-9.0, high=9.0, gradient=False),
    Case([(0,)], gradient=False),
)


class Negate(Elementwise):
    """The tensor with the opposite sign."""

    formula = "y = -x"
    takes = ARITHMETIC
    cases = (*_SHAPES, _WHOLE, *_COMPLEX)

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return -dy


class Abs(Elementwise):
    """The distance of each element from zero, complex ones included. At zero its gradient is zero."""

    formula = "y = |x|"
    takes = ARITHMETIC
    cases = (
        Case([(3, 4)], low=0.1),
        Case([(3, 4)], low=-2.0, high=-0.1),
        Case([(0,)]),
        _WHOLE,
        Case([Sample((3, 2), "complex", low=0.1)]),
        Case([Sample((1,), "complex", values=[0.0])], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        return super().infer(x).with_dtype(part_dtype(x.dtype))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        if not x.spec.is_complex:
            return dy * Sign()(x)
        zero = number_like(y, 0.0)
        slope = dy / Where()(y > zero, y, number_like(y, 1.0))
        return x * Cast(dtype=x.spec.dtype)(slope)


class Sign(Elementwise):
    """-1, 0 or 1: on which side of zero an element lies."""

    formula = "y = x / |x|, and 0 at 0"
    takes = NUMBERS
    differentiable = False
    cases = (*_STEPS, _WHOLE)


class Square(Elementwise):
    """Each element multiplied by itself."""

    formula = "y = x²"
    takes = ARITHMETIC
    cases = (*_SHAPES, _WHOLE, *_COMPLEX, Case([(3,)], low=1e18, high=1e19, gradient=False))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * conjugate(x) * 2


class Sqrt(Elementwise):
    """The square root. Of a negative number it is not a number; at zero its gradient is infinite."""

    formula = "y = sqrt(x)"
    advice = "Add a small number before it where x can be zero."
    cases = _POSITIVE

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy / (y * 2)


class Rsqrt(Elementwise):
    """One divided by the square root: what normalization multiplies by."""

    formula = "y = 1 / sqrt(x)"
    cases = _POSITIVE

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * (y * y * y * -0.5)


class Reciprocal(Elementwise):
    """One divided by each element."""

    formula = "y = 1 / x"
    takes = INEXACT
    cases = (*_POSITIVE, Case([(3,)], low=-3.0, high=-0.5), *_COMPLEX)

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return -(dy * conjugate(y * y))


class Exp(Elementwise):
    """e to the power of x. Above x = 88.7 a float32 overflows to infinity."""

    formula = "y = exp(x)"
    takes = INEXACT
    cases = (
        *_SHAPES,
        *_COMPLEX,
        Case([(3,)], low=90.0, high=700.0, gradient=False),
        Case([(3,)], low=-700.0, high=-90.0, gradient=False),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * conjugate(y)


class Expm1(Elementwise):
    """e to the power of x, minus one; exact also where x is close to zero."""

    formula = "y = exp(x) - 1"
    cases = (*_SHAPES, Case([(3,)], low=1e-12, high=1e-11), Case([(3,)], low=-700.0, high=-90.0))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * (y + 1)


class Log(Elementwise):
    """The natural logarithm. Of zero it is minus infinity, of a negative number not a number."""

    formula = "y = log(x)"
    advice = "For the logarithm of a probability use LogSoftmax, which does not meet zero."
    cases = _POSITIVE

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy / x


class Log1p(Elementwise):
    """The natural logarithm of one plus x; exact also where x is close to zero."""

    formula = "y = log(1 + x)"
    cases = (
        Case([(3, 4)], low=-0.5, high=4.0),
        Case([(3,)], low=1e-12, high=1e-11),
        Case([Sample(values=[-1.0, -2.0])], gradient=False),
        Case([(0,)]),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy / (x + 1)


class Sin(Elementwise):
    """The sine of an angle in radians."""

    formula = "y = sin(x)"
    cases = (*_SHAPES, Case([(3,)], low=-400.0, high=400.0))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * Cos()(x)


class Cos(Elementwise):
    """The cosine of an angle in radians."""

    formula = "y = cos(x)"
    cases = (*_SHAPES, Case([(3,)], low=-400.0, high=400.0))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return -(dy * Sin()(x))


class Tan(Elementwise):
    """The tangent of an angle in radians."""

    formula = "y = tan(x)"
    cases = _SHAPES

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * (y * y + 1)


class Erf(Elementwise):
    """The error function: the probability that a normal error lies within x, of which Gelu is made."""

    formula = "y = 2 / sqrt(pi) · integral of exp(-t²) from 0 to x"
    cases = (
        *_SHAPES,
        Case([(9,)], low=-6.0, high=6.0),
        Case([(3,)], low=30.0, high=1e4),
        Case([(3,)], low=1e-9, high=1e-8),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * Exp()(-(x * x)) * (2 / math.sqrt(math.pi))


class Floor(Elementwise):
    """The largest whole number that is not above x."""

    formula = "y = floor(x)"
    differentiable = False
    cases = _STEPS


class Ceil(Elementwise):
    """The smallest whole number that is not below x."""

    formula = "y = ceil(x)"
    differentiable = False
    cases = _STEPS


class Round(Elementwise):
    """The nearest whole number; a half goes to the even one, so that rounding does not drift upwards."""

    formula = "y = round(x)"
    differentiable = False
    cases = _STEPS


class Trunc(Elementwise):
    """The whole number next to an element in the direction of zero: what stands before the point."""

    formula = "y = trunc(x)"
    differentiable = False
    cases = _STEPS
