"""Products along axes, running products, and the recurrence that is the way back from them."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import INEXACT, Reduction, alone, conjugate, number_like, operands, require_dtype
from engine.op import Call, Gradients, Op, attribute, setting
from engine.ops.comparison import Equal, LogicalOr, NotEqual
from engine.ops.conversion import Cast, OnesLike
from engine.ops.ordering import AddAlong, ArgSort, PickAlong, Roll
from engine.ops.reduction import CumSum, spread
from engine.ops.selection import Where
from engine.ops.shaping import Reshape, ReshapeLike
from engine.ops.statistics import Running
from engine.spec import Spec
from engine.value import Value

_ZEROS = Sample(values=[[2.0, 0.0, 3.0, 0.5], [0.0, 2.0, 0.0, 3.0]])


class ReduceProd(Reduction):
    """The product of the elements along axes. Of no elements it is one."""

    formula = "y = product of x"
    cases = (
        # One zero: only its own gradient is not zero. Two zeros: all gradients are, but not their slopes.
        Case([_ZEROS], {"axes": [1]}),
        Case([(3, 4)]),
        Case([(2, 3, 4)], {"axes": [-1]}),
        Case([(2, 3, 4)], {"axes": [0, -1], "keep_dims": True}),
        Case([(1, 4)], {"axes": [0]}),
        Case([()]),
        Case([(0, 4)], {"axes": [0]}),
        Case([Sample((3, 4), "int8", low=-100, high=100)], {"axes": [0]}, gradient=False),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        if not self.axes:
            flat = Reshape(shape=(-1,))(x)
            return spread(dy, x, self) * ReshapeLike()(_of_others(flat, 0), x)
        # Axis by axis: what the elements along one have in common is multiplied along the next.
        slope, part = spread(dy, x, self), x
        for axis in self.axes:
            slope = slope * _of_others(part, axis)
            part = spread(ReduceProd(axes=(axis,))(part), x, ReduceProd(axes=(axis,)))
        return slope


class CumProd(Running):
    """The running product along an axis: each element is the product of those up to it."""

    inputs = ("x", setting("axis"))
    formula = "y[i] = x[0] · ... · x[i]"
    exclusive: bool = attribute(default=False, help="Leave the element itself out of its product.")
    cases = (
        # From the first zero on all products are zero, but its own gradient is not.
        Case([_ZEROS]),
        Case([_ZEROS], {"exclusive": True}),
        Case([(3, 4)]),
        Case([(3, 4)], {"axis": 0, "reverse": True}),
        Case([(1,)]),
        Case([(0, 4)], {"axis": 0}),
        Case([Sample((4,), "int8", low=-9, high=9)], gradient=False),
        Case([(2, 4)], {"exclusive": True, "reverse": True}),
        Case([(0, 4)], {"exclusive": True, "axis": 0}),
        Case([(3, 4), Sample((), "int32", values=0)]),
    )

    def infer(self, x: Spec, axis: Spec | None = None) -> Spec:
        return super().infer(x)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, *wired = call.inputs
        assert x is not None
        before = CumProd(axis=self.axis, reverse=self.reverse, exclusive=True)(x, *wired)
        back = LinearRecurrence(axis=self.axis, reverse=not self.reverse)
        behind = back(x, dy, *wired) if self.exclusive else dy + back(x, x * dy, *wired)
        return alone(call, before * behind)


class LinearRecurrence(Op):
    """What has been gathered before each element: passing one multiplies it by a factor and adds a term."""

    category = "Math"
    internal = True
    inputs = ("factors", "terms", setting("axis"))
    formula = "y[0] = 0, y[i + 1] = factors[i] · y[i] + terms[i]"
    axis: int = attribute(default=-1, help="The axis along which it runs; -1 is the last.")
    reverse: bool = attribute(default=False, help="Run from the end to the beginning.")
    cases = (
        Case([(3, 4), (3, 4)]),
        Case([(5, 2), (5, 2)], {"axis": 0, "reverse": True}),
        Case([(1,), (1,)]),
        Case([(0, 2), (0, 2)], {"axis": 0}),
        Case([_ZEROS, (2, 4)]),
        Case([Sample((3, 4), "complex"), Sample((3, 4), "complex")]),
        Case([(3, 4), (3, 4), Sample((), "int32", values=0)]),
    )

    def infer(self, factors: Spec, terms: Spec, axis: Spec | None = None) -> Spec:
        require_dtype(factors, INEXACT, "factors")
        return terms

    def gradient(self, call: Call, dy: Value) -> Gradients:
        factors, _, *wired = operands(call)
        slope = LinearRecurrence(axis=self.axis, reverse=not self.reverse)(conjugate(factors), dy, *wired)
        return slope * conjugate(call.outputs[0]), slope, *[None] * len(call.inputs[2:])


def _of_others(x: Value, axis: int) -> Value:
    """For each element the product of all others along an axis."""
    before, behind = (CumProd(axis=axis, exclusive=True, reverse=reverse)(x) for reverse in (False, True))
    return before * behind


def of_others_alike(numbers: Value, factors: Value) -> Value:
    """For each factor of a row the product of all others that bear the same number."""
    order = ArgSort()(numbers)
    ordered, row = PickAlong()(numbers, order), PickAlong()(factors, order)
    first = LogicalOr()(NotEqual()(ordered, Roll()(ordered)), Equal()(counted(ordered), 0))
    last = Roll(shift=-1)(first)
    products = _running(row, first, reverse=False) * _running(row, last, reverse=True)
    return AddAlong()(products, order, factors)


def counted(x: Value) -> Value:
    """0, 1, 2... for the elements of a row."""
    return CumSum(exclusive=True)(Cast(dtype="int64")(OnesLike()(x)))


def _running(row: Value, edges: Value, *, reverse: bool) -> Value:
    """The product of those before each element, begun anew at the edges. Zeros among them do no harm."""
    one, zero = number_like(row, 1.0), number_like(row, 0.0)
    back = LinearRecurrence(reverse=reverse)(Where()(edges, zero, row), Where()(edges, row, zero))
    return Where()(edges, one, back)
