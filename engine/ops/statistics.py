"""Spread, norms and counts along axes, and running products and maxima."""

from __future__ import annotations

from typing import ClassVar

from engine.case import Case, Sample
from engine.families import (
    ANY,
    NUMBERS,
    Elementwise,
    Reduction,
    number_like,
    require_dtype,
    require_rank,
)
from engine.op import attribute
from engine.ops.comparison import Equal
from engine.ops.elementwise import Exp, Sign
from engine.ops.ordering import AddAlong
from engine.ops.reduction import ElementCount, ReduceMean, spread
from engine.ops.selection import Where
from engine.spec import FLOATS, Spec, normalize_axis
from engine.value import Value

_INF = float("inf")
_AXES = (
    Case([(3, 4)]),
    Case([(2, 3, 4)], {"axes": [-1]}),
    Case([(2, 3, 4)], {"axes": [0, -1], "keep_dims": True}),
    Case([(0, 4)], {"axes": [0]}),
)
_ALONE = Case([(1, 4)], {"axes": [0]}, gradient=False)
_EQUAL = Case([Sample(values=[[2.0, 2.0], [0.0, 0.0]])], {"axes": [1]}, gradient=False)
_FAR = Case([(1000,)], low=1e3, high=1e3 + 1, gradient=False)
_RUNS = (
    Case([(3, 4)]),
    Case([(3, 4)], {"axis": 0, "reverse": True}),
    Case([(1,)]),
    Case([(0, 4)], {"axis": 0}),
    Case([Sample((4,), "int8", low=-9, high=9)], gradient=False),
)


class ReduceVariance(Reduction):
    """How far the elements along axes lie from their mean: the mean of the squared distances."""

    formula = "y = mean of (x - mean of x)²"
    takes = FLOATS
    cases = (*_AXES, _ALONE, _EQUAL, _FAR)

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return spread(dy / ElementCount(axes=self.axes)(x) * 2, x, self) * _distance(x, self)


class ReduceStd(Reduction):
    """The standard deviation of the elements along axes. Where all are equal its gradient is zero."""

    formula = "y = sqrt(mean of (x - mean of x)²)"
    takes = FLOATS
    cases = (*_AXES, _ALONE, _EQUAL, _FAR)

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return spread(dy / _nonzero(y) / ElementCount(axes=self.axes)(x), x, self) * _distance(x, self)


class ReduceLogSumExp(Reduction):
    """The logarithm of the sum of exponentials along axes, without their overflow: a smooth maximum."""

    formula = "y = log(sum of exp(x))"
    takes = FLOATS
    cases = (
        *_AXES,
        Case([(3, 4)], {"axes": [1]}, low=1e3, high=1e3 + 5),
        Case([(3, 4)], {"axes": [1]}, low=-1e3, high=-1e3 + 5),
        Case([Sample(values=[[-_INF, -_INF], [_INF, 0.0], [-_INF, 1.0]])], {"axes": [1]}, gradient=False),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return spread(dy, x, self) * Exp()(x - spread(y, x, self))


class ReduceNorm(Reduction):
    """The length of the elements along axes, taken as a vector. At zero its gradient is zero."""

    formula = "l1: y = sum of |x|; l2: y = sqrt(sum of x²)"
    advice = "The l1 norm of weights, added to the loss, drives them to zero; the l2 norm keeps them small."
    aliases = ("ReduceL1", "ReduceL2", "VectorNorm")
    takes = FLOATS
    norm: str = attribute(default="l2", choices=("l1", "l2"), help="Sum of sizes, or root of squares.")
    cases = (
        *_AXES,
        Case([(3, 4)], {"axes": [0], "norm": "l1"}),
        Case([()]),
        _EQUAL,
        # Their squares have no place in float32.
        Case([(3,)], low=1e25, high=1e26, gradient=False),
        Case([(3,)], low=1e-26, high=1e-25, gradient=False),
        Case([Sample(values=[1.0, _INF])], gradient=False),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        if self.norm == "l1":
            return spread(dy, x, self) * Sign()(x)
        return spread(dy, x, self) * (x / spread(_nonzero(y), x, self))


class CountNonzero(Reduction):
    """How many elements along axes are not zero; of truths, how many are true."""

    formula = "y = number of x with x ≠ 0"
    takes = ANY
    differentiable = False
    cases = (
        Case([Sample((3, 4), "int8", low=-1, high=2)], gradient=False),
        Case([Sample((3, 4), "bool")], {"axes": [-1]}, gradient=False),
        Case([Sample(values=[[0.0, -0.0, float("nan")]])], {"axes": [1], "keep_dims": True}, gradient=False),
        Case([(0, 4)], {"axes": [0]}, gradient=False),
    )

    def infer(self, x: Spec, axes: Spec | None = None) -> Spec:
        return super().infer(x, axes).with_dtype("int64")


class Running(Elementwise, abstract=True):
    """What the running functions along an axis share."""

    takes: ClassVar[tuple[str, ...]] = NUMBERS
    axis: int = attribute(default=-1, help="The axis along which it runs; -1 is the last.")
    reverse: bool = attribute(default=False, help="Run from the end to the beginning.")

    def infer(self, x: Spec) -> Spec:
        require_dtype(x, self.takes, "x")
        require_rank(x, 1, "x", "A single number has no axis to run along.")
        if x.rank is not None:
            normalize_axis(self.axis, x.rank)
        return x


class CumArgMax(Running):
    """Where along an axis the largest element up to each one lies; of equal ones the first that was met."""

    formula = "y[i] = the index of the maximum of x[0] ... x[i]"
    differentiable = False
    cases = tuple(Case(case.inputs, case.attributes, gradient=False) for case in _RUNS)

    def infer(self, x: Spec) -> Spec:
        return super().infer(x).with_dtype("int64")


class CumMax(Running):
    """The running maximum along an axis: each element is the largest of those up to it.

    Of equal ones the first that was met gets the gradient.
    """

    formula = "y[i] = max of x[0] ... x[i]"
    cases = (
        *_RUNS,
        Case([(2, 9)]),
        Case([Sample(values=[1.0, float("nan"), 3.0])], gradient=False),
        Case([Sample(values=[-_INF, _INF, 3.0])], gradient=False),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return AddAlong(axis=self.axis)(dy, CumArgMax(axis=self.axis, reverse=self.reverse)(x), x)


def _distance(x: Value, reduction: Reduction) -> Value:
    """How far each element lies from the mean along the axes."""
    return x - spread(ReduceMean(axes=reduction.axes, keep_dims=reduction.keep_dims)(x), x, reduction)


def _nonzero(y: Value) -> Value:
    """y, with one in the place of zero: what is divided by it is zero there."""
    return Where()(Equal()(y, number_like(y, 0.0)), number_like(y, 1.0), y)
