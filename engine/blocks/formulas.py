"""Short formulas that have names of their own, and sums, means and extremes of many tensors."""

from __future__ import annotations

import functools
from typing import ClassVar

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import NUMBERS, require_dtype
from engine.op import Block, Op, Port, attribute
from engine.ops.arithmetic import Add, Maximum, Minimum, Multiply
from engine.ops.comparison import Equal, IsFinite, LogicalAnd, LogicalOr
from engine.ops.elementwise import Abs, Log, Square, Trunc
from engine.ops.selection import Clip
from engine.ops.trigonometry import IsNan
from engine.spec import FLOATS
from engine.value import BlockBuilder, Value

_NAN, _INF = float("nan"), float("inf")
_PAIRS = (Case([(3, 4), (3, 4)]), Case([(3, 4), (3, 1)]), Case([(0, 4), (0, 1)]), Case([(1,), (1,)]))


class SquaredDifference(Block):
    """The square of the difference of two tensors."""

    category = "Math"
    inputs = ("a", "b")
    formula = "y = (a - b)²"
    advice = "Its mean is the mean squared error."
    cases = _PAIRS

    def expand(self, b: BlockBuilder, first: Value, second: Value) -> Value:
        return Square()(first - second)


class Lerp(Block):
    """The way from a to b: at weight 0 it is a, at 1 it is b, and between them it runs evenly."""

    category = "Math"
    inputs = ("a", "b", "weight")
    formula = "y = a + weight · (b - a)"
    advice = "With a small weight it keeps a running mean."
    cases = (Case([(3, 4), (3, 4), (3, 4)]), Case([(3, 4), (3, 1), (3, 1)]), Case([(0,), (0,), (0,)]))

    def expand(self, b: BlockBuilder, start: Value, end: Value, weight: Value) -> Value:
        require_dtype(start.spec, FLOATS, "a")
        return start + weight * (end - start)


class Logit(Block):
    """The number whose sigmoid is x. Of 0 it is minus infinity, of 1 infinity."""

    category = "Math"
    formula = "y = log(x / (1 - x))"
    advice = "An epsilon keeps the result finite."
    epsilon: float = attribute(
        default=0.0, low=0.0, high=0.5, help="x is first brought between epsilon and 1 - epsilon."
    )
    cases = (
        Case([(3, 4)], low=0.1, high=0.9),
        Case([Sample(values=[0.0, 0.01, 0.5, 1.0])], {"epsilon": 0.1}),
        Case([(0, 2)]),
        Case([Sample(values=[0.0, 1.0, 2.0])], gradient=False),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_dtype(x.spec, FLOATS, "x")
        if self.epsilon:
            x = Clip(low=self.epsilon, high=1.0 - self.epsilon)(x)
        return Log()(x / (1 - x))


class Frac(Block):
    """What stands behind the point. It has the sign of x."""

    category = "Math"
    formula = "y = x - trunc(x)"
    advice = "For a remainder that is never negative use Mod with b = 1."
    cases = (Case([(3, 4)], low=-9.0, high=9.0), Case([(0,)]), Case([Sample(values=[1.5, -1.5, 3.25])]))

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_dtype(x.spec, FLOATS, "x")
        return x - Trunc()(x)


class IsClose(Block):
    """Whether two elements are equal but for a rounding error."""

    category = "Math"
    inputs = ("a", "b")
    formula = "y = |a - b| <= absolute + relative · |b|"
    advice = "What is not a number is close to nothing, unless equal_nan is on."
    differentiable = False
    relative: float = attribute(default=1e-5, low=0.0, help="How far off a may be, as a part of b.")
    absolute: float = attribute(default=1e-8, low=0.0, help="How far off a may be in any case.")
    equal_nan: bool = attribute(default=False, help="Whether two that are not numbers are close.")
    cases = (
        Case([(3, 4), (3, 4)], gradient=False),
        Case(
            [Sample(values=[1.0, _INF, _INF, _NAN]), Sample(values=[1.000001, _INF, -_INF, _NAN])],
            gradient=False,
        ),
        Case([Sample(values=[_NAN, 1.0]), Sample(values=[_NAN, 2.0])], {"equal_nan": True}, gradient=False),
        Case([(0,), (0,)], gradient=False),
    )

    def expand(self, b: BlockBuilder, first: Value, second: Value) -> Value:
        require_dtype(first.spec, FLOATS, "a")
        near = Abs()(first - second) <= Abs()(second) * self.relative + self.absolute
        close = LogicalOr()(Equal()(first, second), LogicalAnd()(near, IsFinite()(second)))
        if self.equal_nan:
            close = LogicalOr()(close, LogicalAnd()(IsNan()(first), IsNan()(second)))
        return close


class _OfMany(Block, abstract=True):
    """What the ops on any number of tensors share: they are broadcast, and joined two by two."""

    category = "Math"
    inputs = (Port("xs", many=True, help="Any number of tensors of one dtype."),)
    advice = "Wire as many tensors as you like; each new wire makes room for another."
    cases = (*_PAIRS, Case([(3, 4)]), Case([(3, 4), (3, 1), (3, 4), (3, 4)]))
    joins: ClassVar[type[Op]]
    """The op on two tensors."""

    def expand(self, b: BlockBuilder, *xs: Value) -> Value:
        if not xs:
            raise SpecError("no tensor is connected.", hint="Connect at least one.")
        require_dtype(xs[0].spec, NUMBERS, "xs")
        return functools.reduce(self.joins(), xs)


class AddN(_OfMany):
    """The sum of any number of tensors."""

    formula = "y = xs[0] + xs[1] + ..."
    joins = Add


class MultiplyN(_OfMany):
    """The product of any number of tensors, element by element."""

    formula = "y = xs[0] · xs[1] · ..."
    joins = Multiply


class MaximumN(_OfMany):
    """The largest of the elements of any number of tensors."""

    formula = "y = max(xs[0], xs[1], ...)"
    joins = Maximum


class MinimumN(_OfMany):
    """The smallest of the elements of any number of tensors."""

    formula = "y = min(xs[0], xs[1], ...)"
    joins = Minimum


class AverageN(AddN):
    """The mean of any number of tensors."""

    formula = "y = (xs[0] + xs[1] + ...) / number of tensors"

    def expand(self, b: BlockBuilder, *xs: Value) -> Value:
        for x in xs:
            require_dtype(x.spec, FLOATS, "xs")
        return super().expand(b, *xs) / len(xs)
