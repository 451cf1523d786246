"""Elements in order: sorted, ranked, the largest few, reversed and rolled."""

from __future__ import annotations

from typing import ClassVar

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import (
    NUMBERS,
    Elementwise,
    alone,
    normalize_axes,
    operands,
    replace_dim,
    require_dtype,
    require_rank,
)
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.spec import INTEGERS, UNKNOWN, Dim, Spec, normalize_axis, same_dim, shape_text
from engine.value import Value

_NAN = float("nan")
_ORDERS = (
    Case([(3, 4)]),
    Case([(3, 4)], {"axis": 0, "descending": True}),
    Case([(2, 3, 4)], {"axis": -2}),
    Case([Sample(values=[2.0, 1.0, 2.0, 1.0])], {"descending": True}, gradient=False),
    Case([Sample(values=[1.0, _NAN, float("inf"), -1.0])], gradient=False),
    Case([Sample(values=[1.0, _NAN, float("inf"), -1.0])], {"descending": True}, gradient=False),
    Case([(1,)]),
    Case([(0, 4)], {"axis": 0}),
    Case([Sample((3, 4), "int8", low=-128, high=127)], {"descending": True}, gradient=False),
    Case([Sample((4,), "uint8", low=0, high=255)], {"descending": True}, gradient=False),
)
_PLACES = Sample((2, 3), "int64", values=[[0, 3, 0], [2, 1, 1]])


def _checked_axis(axis: int, x: Spec, hint: str) -> int | None:
    """The positive axis, or None where the rank of x is not known; raises SpecError for a scalar."""
    require_rank(x, 1, "x", hint)
    return None if x.rank is None else normalize_axis(axis, x.rank)


def _reaches(whole: Dim, part: Dim) -> bool:
    """Whether a size may be as large as another one, and not larger."""
    return part <= whole if isinstance(whole, int) and isinstance(part, int) else same_dim(whole, part)


class PickAlong(Op):
    """Along one axis, pick for each place the element whose number stands there: how a sorting is applied."""

    category = "Shape"
    inputs = ("x", "indices")
    formula = "y[i, j] = x[i, indices[i, j]]"
    advice = "To pick the same slices everywhere use Gather. A negative number counts from the end."
    axis: int = attribute(default=-1, help="The axis along which elements are counted; -1 is the last.")
    cases = (
        Case([(2, 4), _PLACES]),
        Case([(4, 3), _PLACES], {"axis": 0}),
        Case([(4,), Sample((2,), "int32", values=[3, -1])]),
        Case([(3, 4), _PLACES]),
        Case([(4,), Sample((0,), "int64")]),
        Case([Sample((2, 4), "bool"), _PLACES], gradient=False),
    )

    def infer(self, x: Spec, indices: Spec) -> Spec:
        require_dtype(indices, INTEGERS, "indices")
        axis = _checked_axis(self.axis, x, "A single number has no axis to pick along.")
        if x.shape is None or indices.shape is None or axis is None:
            return x.with_shape(indices.shape)
        kept = len(indices.shape) == len(x.shape) and replace_dim(indices.shape, axis, x.shape[axis])
        if not kept or not all(map(_reaches, x.shape, kept)):
            raise SpecError(
                f"x is {shape_text(x.shape)} and indices are {shape_text(indices.shape)}; "
                f"expected no larger sizes along all axes but {self.axis}.",
                hint="To pick the same slices everywhere use Gather.",
            )
        return x.with_shape(indices.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, indices = operands(call)
        return AddAlong(axis=self.axis)(dy, indices, x), None


class AddAlong(Op):
    """Zeros shaped as `like`, to which x is added where the indices say: the way back from PickAlong."""

    category = "Shape"
    internal = True
    inputs = ("x", "indices", Port("like", shape_only=True))
    axis: int = attribute(default=-1, help="The axis along which elements are counted.")
    cases = (
        Case([(2, 3), _PLACES, (2, 4)]),
        Case([(2, 3), _PLACES, (4, 3)], {"axis": 0}),
        Case([(0,), Sample((0,), "int64"), (4,)]),
    )

    def infer(self, x: Spec, indices: Spec, like: Spec) -> Spec:
        require_dtype(indices, INTEGERS, "indices")
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        _, indices, _ = operands(call)
        return PickAlong(axis=self.axis)(dy, indices), None, None


class _Order(Op, abstract=True):
    """What Sort and ArgSort share. What is no number comes last going up, and first going down."""

    category = "Math"
    axis: int = attribute(default=-1, help="The axis that is sorted; -1 is the last.")
    descending: bool = attribute(default=False, help="The largest first.")
    cases: ClassVar[tuple[Case, ...]] = _ORDERS

    def infer(self, x: Spec) -> Spec:
        require_dtype(x, NUMBERS, "x")
        _checked_axis(self.axis, x, "A single number needs no order.")
        return x


class ArgSort(_Order):
    """In which order the elements along an axis must be read to be sorted; equal ones keep theirs."""

    formula = "x[y[0]] ≤ x[y[1]] ≤ ..."
    differentiable = False
    cases = tuple(Case(case.inputs, case.attributes, gradient=False) for case in _ORDERS)

    def infer(self, x: Spec) -> Spec:
        return super().infer(x).with_dtype("int64")


class Sort(_Order):
    """The elements along an axis from the smallest to the largest. Each keeps its gradient."""

    formula = "y[0] ≤ y[1] ≤ ..."

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,) = operands(call)
        return (AddAlong(axis=self.axis)(dy, ArgSort(axis=self.axis, descending=self.descending)(x), x),)


class TopK(Op):
    """The k largest or smallest elements along an axis, the most extreme first, and where they lie.

    Of equal ones the first in x comes first.
    """

    category = "Math"
    inputs = ("x", setting("k"))
    outputs = (Port("values", help="The elements."), Port("indices", help="Where they lie along the axis."))
    formula = "values[0] ≥ values[1] ≥ ... ≥ values[k - 1] ≥ all others; values[i] = x[indices[i]]"
    advice = "Of logits, the indices are the k likeliest classes."
    k: int = attribute(default=5, low=0, help="How many are wanted.")
    axis: int = attribute(default=-1, help="The axis that is searched; -1 is the last.")
    largest: bool = attribute(default=True, help="The largest are wanted, and not the smallest.")
    cases = (
        Case([(3, 6)], {"k": 2}),
        Case([(3, 4)], {"k": 2, "axis": 0, "largest": False}),
        Case([(5,)], {"k": 5}),
        Case([Sample(values=[1.0, 3.0, 3.0, 2.0])], {"k": 1}, gradient=False),
        Case([Sample(values=[2.0, 1.0, 2.0, 1.0])], {"k": 3, "largest": False}, gradient=False),
        Case([Sample(values=[1.0, _NAN, float("inf"), -1.0])], {"k": 2}, gradient=False),
        Case([(0, 4)], {"k": 3}),
        Case([(4,)], {"k": 0}),
        Case([Sample((4,), "int8", values=[-128, 127, 0, -128])], {"k": 4}, gradient=False),
        Case([(3, 6), Sample((1,), "int64", values=[2])]),
    )

    def infer(self, x: Spec, k: Spec | None = None) -> tuple[Spec, ...]:
        require_dtype(x, NUMBERS, "x")
        axis = _checked_axis(self.axis, x, "A single number needs no order.")
        shape = x.shape
        if shape is not None and axis is not None:
            shape = replace_dim(shape, axis, UNKNOWN if k is not None else self._fewer(x, shape[axis]))
        return Spec(x.dtype, shape), Spec("int64", shape)

    def gradient(self, call: Call, dy: Value | None, _: Value | None) -> Gradients:
        if dy is None:
            return alone(call, None)
        return alone(call, AddAlong(axis=self.axis)(dy, call.outputs[1], call.inputs[0]))

    def _fewer(self, x: Spec, size: Dim) -> int:
        if isinstance(size, int) and size < self.k:
            raise SpecError(
                f"x is {x}: axis {self.axis} has fewer than {self.k} elements.",
                hint=f"Set k to at most {size}." if size else "Choose another axis.",
            )
        return self.k


class Reverse(Elementwise):
    """The elements in the opposite order along axes."""

    category = "Shape"
    formula = "y[i] = x[n - 1 - i]"
    takes = (*NUMBERS, "bool")
    axes: tuple[int, ...] = attribute(default=(), help="The axes that are reversed. Empty means all of them.")
    cases = (
        Case([(3, 4)]),
        Case([(2, 3, 4)], {"axes": [0, -1]}),
        Case([()]),
        Case([(0, 4)], {"axes": [0]}),
        Case([Sample((3,), "bool")], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        if x.rank is not None:
            normalize_axes(self.axes, x.rank)
        return x

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return Reverse(axes=self.axes)(dy)


class Roll(Elementwise):
    """All elements moved along an axis; what leaves at one end comes in at the other."""

    category = "Shape"
    formula = "y[(i + shift) mod n] = x[i]"
    takes = (*NUMBERS, "bool")
    shift: int = attribute(default=1, help="By how many places; a negative number moves to the front.")
    axis: int = attribute(default=-1, help="The axis along which they move; -1 is the last.")
    cases = (
        Case([(3, 4)]),
        Case([(3, 4)], {"shift": -4, "axis": 0}),
        Case([(1,)], {"shift": 7}),
        Case([(0, 4)], {"axis": 0}),
        Case([Sample((3,), "bool")], {"shift": 2}, gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        _checked_axis(self.axis, x, "A single number has no place to move to.")
        return x

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return Roll(shift=-self.shift, axis=self.axis)(dy)
