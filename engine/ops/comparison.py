"""Comparisons and logic: true or false for each element."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import ANY, BOOL, Broadcasting, Comparison, Elementwise
from engine.spec import Spec

_CASES = (
    Case([(3, 4), (4,)], gradient=False),
    Case([Sample(values=[1.0, 2.0, float("nan")]), Sample(values=[1.0, 1.0, float("nan")])], gradient=False),
    Case([Sample((3,), "int64", -2, 2), Sample((1,), "int64", -2, 2)], gradient=False),
    Case([(0, 4), ()], gradient=False),
)
_LOGIC = (
    Case([Sample((3, 4), "bool"), Sample((4,), "bool")], gradient=False),
    Case([Sample((0,), "bool"), Sample((), "bool")], gradient=False),
)


class Equal(Comparison):
    """Whether two elements are equal. Something that is not a number equals nothing, itself included."""

    formula = "y = (a == b)"
    takes = ANY
    cases = (*_CASES, *_LOGIC)


class NotEqual(Comparison):
    """Whether two elements differ."""

    formula = "y = (a != b)"
    takes = ANY
    cases = (*_CASES, *_LOGIC)


class Less(Comparison):
    """Whether a is smaller than b."""

    formula = "y = (a < b)"
    cases = _CASES


class LessEqual(Comparison):
    """Whether a is smaller than b, or equal to it."""

    formula = "y = (a <= b)"
    cases = _CASES


class Greater(Comparison):
    """Whether a is larger than b."""

    formula = "y = (a > b)"
    cases = _CASES


class GreaterEqual(Comparison):
    """Whether a is larger than b, or equal to it."""

    formula = "y = (a >= b)"
    cases = _CASES


class LogicalAnd(Broadcasting):
    """Whether both are true."""

    formula = "y = a and b"
    takes = BOOL
    differentiable = False
    cases = _LOGIC


class LogicalOr(Broadcasting):
    """Whether at least one of both is true."""

    formula = "y = a or b"
    takes = BOOL
    differentiable = False
    cases = _LOGIC


class LogicalNot(Elementwise):
    """True where x is false."""

    formula = "y = not x"
    takes = BOOL
    differentiable = False
    cases = (Case([Sample((3, 2), "bool")], gradient=False), Case([Sample((0,), "bool")], gradient=False))


class IsFinite(Elementwise):
    """Whether an element is an ordinary number: neither infinite nor not-a-number."""

    advice = "Connect ReduceAll behind it to find the step at which training diverges."
    differentiable = False
    cases = (
        Case([(2, 3)], gradient=False),
        Case([Sample(values=[0.0, float("nan"), float("inf"), -float("inf")])], gradient=False),
        Case([(0,)], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        return super().infer(x).with_dtype("bool")
