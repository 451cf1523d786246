"""The running logarithm of a sum of exponentials, and the shares that its elements have in it."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import operands
from engine.op import Call, Gradients, Op, attribute
from engine.ops.statistics import Running
from engine.spec import FLOATS, Spec
from engine.value import Value

_INF = float("inf")


class CumLogSumExp(Running):
    """The running logarithm of the sum of exponentials: a smooth running maximum, without overflow."""

    formula = "y[i] = log(exp(x[0]) + ... + exp(x[i]))"
    advice = "Of the logarithms of chances it gives the logarithms of their running sum."
    aliases = ("logcumsumexp", "CumulativeLogsumexp")
    takes = FLOATS
    cases = (
        Case([(3, 4)]),
        Case([(5, 2)], {"axis": 0, "reverse": True}),
        Case([(1,)]),
        Case([(0, 4)], {"axis": 0}),
        Case([Sample(values=[-128.0, 0.0, 128.0, -128.0, 127.0])]),
        Case([Sample(values=[-_INF, 1.0, -_INF, 2.0])], gradient=False),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return CumShares(axis=self.axis, reverse=self.reverse, back=True)(dy, x, y)


class CumShares(Op):
    """Running sums of v, weighted with the shares that the elements of x have in y = CumLogSumExp(x).

    Both ways are computed from neighbour to neighbour, so that no exponential overflows.
    """

    category = "Math"
    internal = True
    inputs = ("v", "x", "y")
    outputs = ("sums",)
    formula = "sums[i] = sum over j ≤ i of v[j] exp(x[j] - y[i]); back: over j ≥ i of v[j] exp(x[i] - y[j])"
    axis: int = attribute(default=-1, help="The axis along which they run.")
    reverse: bool = attribute(default=False, help="Whether y runs from the end to the beginning.")
    back: bool = attribute(default=False, help="Whether each element sums over the y that it has a share in.")
    cases = (
        Case([(3, 4), (3, 4), (3, 4)]),
        Case([(3, 4), (3, 4), (3, 4)], {"back": True}),
        Case([(5, 2), (5, 2), (5, 2)], {"axis": 0, "reverse": True}),
        Case([(5, 2), (5, 2), (5, 2)], {"axis": 0, "reverse": True, "back": True}),
        Case([(1,), (1,), (1,)]),
        Case([(0, 2), (0, 2), (0, 2)], {"back": True}),
    )

    def infer(self, v: Spec, x: Spec, y: Spec) -> Spec:
        return v

    def gradient(self, call: Call, dsums: Value) -> Gradients:
        v, x, y = operands(call)
        (sums,) = call.outputs
        dv = CumShares(axis=self.axis, reverse=self.reverse, back=not self.back)(dsums, x, y)
        return (dv, dsums * sums, -(v * dv)) if self.back else (dv, v * dv, -(dsums * sums))
