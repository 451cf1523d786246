"""Choosing between tensors by a condition, and keeping a tensor within limits."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import BOOL, Elementwise, number_like, operands, require_dtype, unbroadcast
from engine.op import Call, Gradients, Op, attribute
from engine.ops.comparison import LogicalAnd
from engine.spec import Spec, broadcast_shapes, common_dtype
from engine.value import Value


class Where(Op):
    """Take from a where the condition is true, and from b where it is false. All three are broadcast."""

    category = "Math"
    inputs = ("condition", "a", "b")
    promotes = ("a", "b")
    formula = "y = a if condition else b"
    advice = "The branch that is not taken is computed as well, but its gradient is zero."
    cases = (
        Case([Sample((3, 4), "bool"), (3, 4), (3, 4)]),
        Case([Sample((3, 1), "bool"), (4,), ()]),
        Case([Sample((), "bool"), (2,), (2,)]),
        Case([Sample((0, 2), "bool"), (2,), ()]),
        Case([Sample((2,), "bool"), Sample((2,), "int64"), Sample((2,), "int64")], gradient=False),
        Case([Sample((2, 1), "bool"), Sample((3,), "complex"), Sample((2, 3), "complex")]),
        Case(
            [Sample((2,), "bool", values=[True, False]), Sample(values=[1.0, float("nan")]), ()],
            gradient=False,
        ),
    )

    def infer(self, condition: Spec, a: Spec, b: Spec) -> Spec:
        require_dtype(condition, BOOL, "condition")
        return Spec(common_dtype(a, b), broadcast_shapes(condition.shape, a.shape, b.shape))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        condition, a, b = operands(call)
        zero = number_like(dy, 0.0)
        da, db = Where()(condition, dy, zero), Where()(condition, zero, dy)
        return None, unbroadcast(da, a), unbroadcast(db, b)


class Clip(Elementwise):
    """Keep each element between two limits. Where a limit holds it back, the gradient is zero."""

    formula = "y = min(max(x, low), high)"
    low: float = attribute(default=0.0, help="The lower limit.")
    high: float = attribute(default=1.0, help="The upper limit.")
    cases = (
        Case([Sample(values=[-3.0, -0.4, 0.1, 0.45, 2.0])], {"low": -0.5, "high": 0.5}),
        Case([(0, 2)]),
        Case([()], low=5.0, high=6.0),
        Case([Sample(values=[float("nan"), float("inf"), 0.0, 1.0])], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        if self.low > self.high:
            raise SpecError(
                f"the lower limit {self.low:g} is above the upper limit {self.high:g}.",
                hint="Exchange low and high.",
            )
        return super().infer(x)

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        inside = LogicalAnd()(x >= self.low, x <= self.high)
        return Where()(inside, dy, number_like(dy, 0.0))
