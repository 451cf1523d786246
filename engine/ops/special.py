"""Special functions: what no finite formula of powers and exponentials gives."""

from __future__ import annotations

import math

from engine.case import Case, Sample
from engine.families import Elementwise, number_like
from engine.op import attribute
from engine.ops.elementwise import Abs, Cos, Exp, Square
from engine.ops.selection import Where
from engine.value import Value

_NAN, _INF = float("nan"), float("inf")
_ROOT_PI = math.sqrt(math.pi)
_EDGES = (Case([(0, 4)]), Case([()], low=0.2, high=0.8))


class Erfc(Elementwise):
    """One minus the error function, exact also where that is close to one: the far tail of a normal error."""

    formula = "y = 1 - erf(x)"
    cases = (
        *_EDGES,
        Case([(3, 4)], low=-3.0, high=3.0),
        Case([Sample(values=[4.5, 8.0, -7.0])]),
        Case([Sample(values=[_INF, -_INF, _NAN, 30.0])], gradient=False),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * Exp()(-(x * x)) * (-2 / _ROOT_PI)


class Erfinv(Elementwise):
    """The inverse of the error function. At -1 and 1 it is infinite, beyond them not a number.

    sqrt(2) · erfinv(2 · p - 1) is the number below which a normal number lies with probability p.
    """

    formula = "y with erf(y) = x"
    cases = (
        *_EDGES,
        Case([(3, 4)], low=-0.9, high=0.9),
        Case([Sample(values=[0.99, -0.999, 1e-9])]),
        Case([Sample(values=[1.0, -1.0, 1.5, _NAN])], gradient=False),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * Exp()(y * y) * (_ROOT_PI / 2)


class LogGamma(Elementwise):
    """The logarithm of the size of the gamma function, which continues the factorial."""

    formula = "y = log|gamma(x)|;  gamma(n) = (n - 1)! for whole numbers"
    cases = (
        *_EDGES,
        Case([(3, 4)], low=0.1, high=9.0),
        Case([Sample(values=[-0.5, -1.3, -2.7])]),
        Case([(3,)], low=1e3, high=1e4),
        Case([Sample(values=[0.0, -1.0, 1.0, 2.0, _INF, -_INF, _NAN])], gradient=False),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * Digamma()(x)


class Digamma(Elementwise):
    """The slope of the logarithm of the gamma function. At 0, -1, -2 and on it has poles."""

    formula = "y = d log(gamma(x)) / dx"
    cases = (
        *_EDGES,
        Case([(3, 4)], low=0.3, high=9.0),
        Case([Sample(values=[-0.5, -1.3, -2.7])]),
        Case([(3,)], low=1e3, high=1e4),
        Case([Sample(values=[-1.0, _INF, _NAN])], gradient=False),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * Polygamma()(x)


class Polygamma(Elementwise):
    """A further derivative of Digamma. From the second order on it is known for positive numbers only."""

    formula = "y = the derivative of Digamma at x, taken `order` times"
    order: int = attribute(default=1, low=1, high=16, help="How many times Digamma is differentiated.")
    cases = (
        *_EDGES,
        Case([(3, 4)], low=0.5, high=9.0),
        Case([(3, 4)], {"order": 3}, low=0.5, high=9.0),
        Case([Sample(values=[-0.5, -1.3, -2.7])], gradient=False),
        Case([(3,)], low=1e3, high=1e4),
        Case([Sample(values=[-1.0, 0.0, _INF, _NAN])], gradient=False),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * Polygamma(order=self.order + 1)(x)


class Sinc(Elementwise):
    """The sine of pi · x, divided by pi · x, and one at zero: the filter that cuts off high frequencies."""

    formula = "y = sin(pi · x) / (pi · x), and 1 at 0"
    cases = (
        Case([(3, 4)], low=0.3, high=3.0),
        *_EDGES,
        Case([Sample(values=[-2.0, -0.5, 1.0])]),
        Case([Sample(values=[0.0, 0.0])]),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        near = Abs()(x) < 0.05
        small = Where()(near, x, number_like(x, 0.0))
        # Near zero a series, because there the difference would be of two numbers that are almost one.
        square = Square()(small * math.pi)
        series = number_like(x, 1.0)
        for divisor in (88, 54, 28, 10):
            series = 1.0 - square / divisor * series
        far = (Cos()(x * math.pi) - y) / Where()(near, number_like(x, 1.0), x)
        return dy * Where()(near, small * series * (-(math.pi**2) / 3), far)
