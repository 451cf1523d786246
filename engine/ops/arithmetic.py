"""Arithmetic on two tensors, element by element: sums, products, quotients, powers, and the larger of two."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import ARITHMETIC, INEXACT, Broadcasting, conjugate, number_like, operands, unbroadcast
from engine.op import Call, Gradients
from engine.ops.activation import Sigmoid
from engine.ops.comparison import Equal, Greater, Less, LogicalAnd
from engine.ops.elementwise import Log, Sign, Trunc
from engine.ops.selection import Where
from engine.spec import FLOATS
from engine.value import Value

_NAN, _INF = float("nan"), float("inf")
_SHAPES = (
    Case([(3, 4), (3, 4)]),
    Case([(3, 4), (4,)]),
    Case([(3, 1), (1, 4)]),
    Case([(2, 3, 4), ()]),
    Case([(1,), (5,)]),
    Case([(), ()]),
    Case([(0, 4), (4,)]),
)
_WHOLE = Case(
    [Sample((4,), "int64", values=[-7, -1, 0, 7]), Sample((4,), "int64", values=[2, 3, -4, -3])],
    gradient=False,
)
_COMPLEX = (
    Case([Sample((3, 4), "complex"), Sample((4,), "complex")]),
    Case([Sample((0, 4), "complex"), Sample((), "complex")]),
)
_LARGE = Case([(4,), (4,)], low=1e18, high=1e19, gradient=False)


class Add(Broadcasting):
    """The sum of two tensors."""

    formula = "y = a + b"
    takes = ARITHMETIC
    cases = (*_SHAPES, _WHOLE, _LARGE, *_COMPLEX)

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        return dy, dy


class Subtract(Broadcasting):
    """The difference of two tensors."""

    formula = "y = a - b"
    takes = ARITHMETIC
    cases = (*_SHAPES, _WHOLE, _LARGE, *_COMPLEX)

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        return dy, -dy


class Multiply(Broadcasting):
    """The product of two tensors, element by element. For the product of matrices use MatMul."""

    formula = "y = a · b"
    takes = ARITHMETIC
    cases = (*_SHAPES, _WHOLE, _LARGE, *_COMPLEX)

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        return dy * conjugate(b), dy * conjugate(a)


class Divide(Broadcasting):
    """The quotient of two tensors. A number divided by zero is infinite, zero by zero is not a number."""

    formula = "y = a / b"
    advice = "For whole numbers use FloorDivide."
    takes = INEXACT
    cases = (
        Case([(3, 4), (4,)], low=0.5, high=2.0),
        Case([(3, 1), (1, 4)], low=-2.0, high=-0.5),
        Case([(0,), ()]),
        Case([Sample(values=[1.0, -1.0, 0.0]), Sample(values=[0.0, 0.0, 0.0])], gradient=False),
        _LARGE,
        Case([Sample((3, 4), "complex"), Sample((4,), "complex", low=0.5, high=2.0)]),
    )

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        return dy / conjugate(b), -(dy * conjugate(y) / conjugate(b))


class FloorDivide(Broadcasting):
    """The quotient of two tensors, rounded down. A whole number divided by zero gives zero."""

    formula = "y = floor(a / b)"
    differentiable = False
    cases = (
        _WHOLE,
        Case([(3, 4), (4,)], low=0.5, high=9.0, gradient=False),
        Case([(0,), ()], gradient=False),
    )


class Mod(Broadcasting):
    """What is left of a when it is divided by b. It has the sign of b."""

    formula = "y = a - b · floor(a / b)"
    cases = (
        _WHOLE,
        Case([Sample(values=[-2.6, -0.3, 0.4, 2.7]), Sample(values=[1.0, 1.5, -1.1, 0.8])]),
        Case([(0, 2), (2,)]),
    )

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        return dy, -(dy * FloorDivide()(a, b))


class Fmod(Broadcasting):
    """What is left of a when it is divided by b and the quotient is cut. It has the sign of a, as in C."""

    formula = "y = a - b · trunc(a / b)"
    cases = Mod.cases

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        return dy, -(dy * Trunc()(a / b))


class Power(Broadcasting):
    """a raised to the power of b. A negative float to the power of a fraction is not a number."""

    formula = "y = a to the power of b"
    advice = "For the square of a tensor use Square, which is faster."
    cases = (
        # At b = 0 the slope along a is zero, and the slope of that along b is not.
        Case([Sample(values=[0.5, 2.0, 1.5]), Sample(values=[0.0, -1.0, 0.0])]),
        Case([(3, 4), (4,)], low=0.5, high=2.0),
        # The slope at a = 0 must be found without dividing by a, and without the logarithm of a.
        Case([Sample(values=[0.0, 0.0, 0.0, -1.5]), Sample(values=[1.0, 2.0, 3.0, 2.0])], gradient=False),
        Case([Sample(values=[0.0, 2.0]), Sample(values=0.0)], gradient=False),
        Case([Sample((3,), "int64", values=[-2, 0, 3]), Sample((), "int64", values=3)], gradient=False),
        Case([(0,), (0,)]),
    )

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        zero, one = number_like(a, 0.0), number_like(a, 1.0)
        # Where both are 0 the factor b is 0 already; a ** -1 would turn it into 0 * inf.
        both = LogicalAnd()(Equal()(a, zero), Equal()(b, zero))
        exponent = Where()(both, one, b - 1)
        logarithm = Log()(Where()(a > 0, a, one))
        return dy * b * Power()(a, exponent), dy * y * logarithm


class Maximum(Broadcasting):
    """The larger of two elements. Where both are equal, each gets half of the gradient."""

    formula = "y = max(a, b)"
    cases = (
        *_SHAPES,
        _WHOLE,
        Case([Sample(values=[1.0, 2.0]), Sample(values=[1.0, 2.0])], gradient=False),
        Case([Sample(values=[float("nan"), 1.0]), Sample(values=[1.0, float("inf")])], gradient=False),
    )

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        return _winner(dy, Greater()(a, b), a, b), _winner(dy, Greater()(b, a), a, b)


class Minimum(Broadcasting):
    """The smaller of two elements. Where both are equal, each gets half of the gradient."""

    formula = "y = min(a, b)"
    cases = Maximum.cases

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        return _winner(dy, Less()(a, b), a, b), _winner(dy, Less()(b, a), a, b)


class CopySign(Broadcasting):
    """The size of a with the sign of b. The sign of -0 is negative."""

    formula = "y = |a| with the sign of b"
    takes = FLOATS
    cases = (
        Case([(3, 4), (4,)]),
        Case([Sample(values=[1.0, -2.0, 0.0]), Sample(values=[-0.0, 0.0, -3.0])], gradient=False),
        Case([(0, 2), ()]),
        Case([Sample(values=[_INF, _NAN]), Sample(values=[-1.0, 1.0])], gradient=False),
    )

    def gradient(self, call: Call, dy: Value) -> Gradients:
        a, b = operands(call)
        turned = CopySign()(number_like(a, 1.0), b) * Sign()(a)
        return unbroadcast(dy * turned, a), None


class LogAddExp(Broadcasting):
    """The logarithm of the sum of two exponentials, without their overflow: how log-probabilities add."""

    formula = "y = log(exp(a) + exp(b))"
    takes = FLOATS
    cases = (
        # So far apart that an exponential overflows, which no slope may show.
        Case([Sample(values=[1e3, -1e3, 0.5]), Sample(values=[0.0, 0.0, 0.0])]),
        *_SHAPES,
        Case([(3,), (3,)], low=1e3, high=1e3 + 5),
        Case([(3,), (3,)], low=-1e3, high=-1e3 + 5),
        Case([Sample(values=[-_INF, 0.0, _INF]), Sample(values=[-_INF, -_INF, 0.0])], gradient=False),
    )

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        # The share of each side: 1 / (1 + exp(b - a)).
        return dy * Sigmoid()(a - b), dy * Sigmoid()(b - a)


class Xlogy(Broadcasting):
    """a times the logarithm of b, and zero where a is zero: what entropies are sums of."""

    formula = "y = a · log(b), and 0 where a = 0"
    takes = FLOATS
    cases = (
        Case([(3, 4), (4,)], low=0.1, high=3.0),
        Case([Sample(values=[0.0, 0.0, 0.0, 1.0]), Sample(values=[0.0, -1.0, _NAN, 0.0])], gradient=False),
        Case([(0, 2), ()]),
    )

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        zero, one = number_like(a, 0.0), number_like(a, 1.0)
        dead = LogicalAnd()(Equal()(a, zero), b <= 0)
        return Where()(dead, zero, dy * Log()(Where()(dead, one, b))), dy * a / b


def _winner(dy: Value, wins: Value, a: Value, b: Value) -> Value:
    """dy where this side wins, half of it on a tie, zero elsewhere."""
    zero = number_like(dy, 0.0)
    return Where()(wins, dy, Where()(Equal()(a, b), dy * 0.5, zero))
