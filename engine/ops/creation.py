"""Tensors made from nothing but their settings: filled with one value, and counting."""

from __future__ import annotations

import math

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import open_sizes, require_held
from engine.op import Op, attribute, setting
from engine.spec import DTYPES, FLOATS, INTEGERS, UNKNOWN, Spec

MOST = 2**31
"""How long a counting row may be."""


class Fill(Op):
    """A tensor with the same value everywhere."""

    category = "Data"
    inputs = (setting("shape"), setting("value"))
    formula = "y = value, everywhere"
    advice = "Wire Shape to its shape to make it as large as another tensor."
    differentiable = False
    shape: tuple[int, ...] = attribute(default=(), low=0, help="Its sizes. Empty for a single number.")
    value: float = attribute(default=0.0, help="What it is filled with.")
    dtype: str = attribute(default="float32", choices=DTYPES, help="The type of its elements.")
    cases = (
        Case([], {"shape": [2, 3], "value": 1.5}, gradient=False),
        Case([], {"value": 7, "dtype": "int64"}, gradient=False),
        Case([], {"shape": [0, 2], "dtype": "bool"}, gradient=False),
        Case([Sample((2,), "int64", values=[2, 3])], {"value": -1, "dtype": "int8"}, gradient=False),
        Case([Sample((0,), "int64"), Sample((), "float64", values=2.5)], gradient=False),
        Case([None, Sample((1,), "int64", values=[3])], {"shape": [2]}, gradient=False),
    )

    def infer(self, shape: Spec | None = None, value: Spec | None = None) -> Spec:
        require_held(self.value, self.dtype, "value")
        return Spec(self.dtype, self.shape if shape is None else open_sizes(shape))


class Range(Op):
    """Numbers that count from a start in equal steps up to a limit, which is not among them."""

    category = "Data"
    inputs = (setting("start"), setting("limit"), setting("delta"))
    formula = "y[i] = start + i · delta, while it is before limit"
    differentiable = False
    start: float = attribute(default=0.0, help="The first number.")
    limit: float = attribute(default=10.0, help="Where it ends; the limit itself is left out.")
    delta: float = attribute(default=1.0, help="How far one number is from the next; negative counts down.")
    dtype: str = attribute(default="int64", choices=(*INTEGERS, *FLOATS), help="The type of the numbers.")
    cases = (
        Case([], gradient=False),
        Case([], {"start": 10, "limit": 4, "delta": -2, "dtype": "int32"}, gradient=False),
        Case([], {"start": 0, "limit": 1, "delta": 0.3, "dtype": "float32"}, gradient=False),
        Case([], {"start": 3, "limit": 3}, gradient=False),
        Case([], {"start": 5, "limit": 3}, gradient=False),
        Case([None, Sample((), "int64", values=4)], {"start": 1}, gradient=False),
        Case(
            [Sample(values=9.0), Sample(values=1.0), Sample(values=-1.5)],
            {"dtype": "float64"},
            gradient=False,
        ),
    )

    def infer(self, start: Spec | None = None, limit: Spec | None = None, delta: Spec | None = None) -> Spec:
        if any(spec is not None for spec in (start, limit, delta)):
            return Spec(self.dtype, (UNKNOWN,))
        numbers = (self.start, self.limit, self.delta)
        if self.dtype in INTEGERS and any(number != number // 1 for number in numbers):
            raise SpecError(
                f"start, limit and delta are {self.start:g}, {self.limit:g} and {self.delta:g}; "
                f"expected whole numbers for {self.dtype}.",
                hint="Change them, or set dtype to float32.",
            )
        if self.delta == 0:
            raise SpecError("delta is 0: it would never reach the limit.", hint="Set delta to 1.")
        steps = (self.limit - self.start) / self.delta
        if not steps <= MOST:  # so that what is no number is refused as well
            raise SpecError(
                f"this counts {steps:,.0f} numbers; expected at most {MOST:,}.", hint="Lower limit."
            )
        return Spec(self.dtype, (math.ceil(max(steps, 0)),))
