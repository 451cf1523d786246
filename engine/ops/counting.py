"""Counting: how often numbers occur, and where they would stand in a sorted row."""

from __future__ import annotations

import math

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import NUMBERS, require_dtype
from engine.op import Op, Port, attribute, setting
from engine.spec import INTEGERS, UNKNOWN, Spec, common_dtype

_NAN = float("nan")


class Bincount(Op):
    """How often each whole number 0, 1, 2... occurs in a tensor. What lies outside is counted nowhere."""

    category = "Math"
    inputs = ("x", setting("count"))
    formula = "y[i] = how many elements of x are i"
    advice = "Of labels it says how many examples each class has."
    differentiable = False
    count: int = attribute(default=10, low=0, help="How many numbers are counted, from 0 on.")
    cases = (
        Case([Sample((2, 3), "int64", values=[[0, 3, 1], [1, -1, 9]])], {"count": 4}, gradient=False),
        Case([Sample((5,), "uint8", low=0, high=9)], gradient=False),
        Case([Sample((0,), "int32")], {"count": 2}, gradient=False),
        Case([Sample((), "int64", values=1)], {"count": 2}, gradient=False),
        Case([Sample((3,), "int64"), Sample((), "int64", values=3)], gradient=False),
    )

    def infer(self, x: Spec, count: Spec | None = None) -> Spec:
        require_dtype(x, INTEGERS, "x")
        return Spec("int64", (self.count if count is None else UNKNOWN,))


class Histogram(Op):
    """How many elements fall into each of equal bins between two limits.

    A bin has its lower limit, and the last one also the upper. What lies outside is counted nowhere.
    """

    category = "Math"
    formula = "y[i] = how many x with low + i · width ≤ x < low + (i + 1) · width"
    differentiable = False
    bins: int = attribute(default=10, low=1, help="How many bins there are.")
    low: float = attribute(default=0.0, help="Where the first bin begins.")
    high: float = attribute(default=1.0, help="Where the last bin ends.")
    cases = (
        Case([(3, 4)], gradient=False),
        Case([Sample(values=[0.0, 1.0, 0.5, -0.1, 1.1, _NAN])], {"bins": 2}, gradient=False),
        Case([Sample((9,), "int8", low=-9, high=9)], {"bins": 3, "low": -3, "high": 6}, gradient=False),
        Case([(0,)], {"bins": 1}, gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        require_dtype(x, NUMBERS, "x")
        if not -math.inf < self.low < self.high < math.inf:
            raise SpecError(
                f"the bins begin at {self.low:g} and end at {self.high:g}; expected two finite limits.",
                hint="Make high larger than low.",
            )
        return Spec("int64", (self.bins,))


class SearchSorted(Op):
    """Where each value would have to be put into a sorted row, so that it stays sorted."""

    category = "Math"
    inputs = (Port("row", help="Numbers from the smallest to the largest."), "values")
    formula = "row[y - 1] < values ≤ row[y]; from the right: row[y - 1] ≤ values < row[y]"
    advice = "With the limits of bins it says into which bin each value falls."
    aliases = ("Discretization", "Bucketize", "digitize")
    differentiable = False
    right: bool = attribute(default=False, help="Come after equal ones, and not before them.")
    cases = (
        Case([Sample(values=[0.0, 1.0, 1.0, 2.5]), Sample(values=[[1.0, -3.0], [2.5, 9.0]])], gradient=False),
        Case([Sample(values=[0.0, 1.0, 1.0]), Sample(values=[1.0, _NAN])], {"right": True}, gradient=False),
        Case([Sample((3,), "int64", values=[-4, 0, 7]), Sample((), "int64", values=0)], gradient=False),
        Case([(0,), (2,)], gradient=False),
    )

    def infer(self, row: Spec, values: Spec) -> Spec:
        require_dtype(row, NUMBERS, "row")
        common_dtype(row, values)
        if row.rank not in (1, None):
            raise SpecError(f"row is {row}; expected one axis.", hint="Search each row by itself.")
        return Spec("int64", values.shape)
