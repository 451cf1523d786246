"""Elements in order: sorted, ranked, the largest few, reversed and rolled."""

from __future__ import annotations

from typing import ClassVar

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import (
    NUMBERS,
    Elementwise,
    normalize_axes,
    operands,
    replace_dim,
    require_dtype,
    require_rank,
)
from engine.op import Block, Call, Gradients, Op, Port, attribute
from engine.spec import INTEGERS, Shape, Spec, normalize_axis, same_shape, shape_text
from engine.value import BlockBuilder, Value

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


class PickAlong(Op):
    """Along one axis, pick for each place the element whose number stands there: how a sorting is applied."""

    category = "Shape"
    inputs = ("x", "indices")
    formula = "y[i, j] = x[i, indices[i, j]]"
    advice = "To pick the same slices everywhere use Gather."
    axis: int = attribute(default=-1, help="The axis along which elements are counted; -1 is the last.")
    cases = (
        Case([(2, 4), _PLACES]),
        Case([(4, 3), _PLACES], {"axis": 0}),
        Case([(4,), Sample((2,), "int32", values=[3, 3])]),
        Case([(4,), Sample((0,), "int64")]),
        Case([Sample((2, 4), "bool"), _PLACES], gradient=False),
    )

    def infer(self, x: Spec, indices: Spec) -> Spec:
        require_dtype(indices, INTEGERS, "indices")
        axis = _checked_axis(self.axis, x, "A single number has no axis to pick along.")
        if x.shape is None or indices.shape is None or axis is None:
            return x.with_shape(indices.shape)
        kept = len(indices.shape) == len(x.shape) and replace_dim(indices.shape, axis, x.shape[axis])
        if not kept or not same_shape(kept, x.shape):
            raise SpecError(
                f"x is {shape_text(x.shape)} and indices are {shape_text(indices.shape)}; "
                f"expected equal sizes along all axes but {self.axis}.",
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


class TopIndices(Op):
    """Where along the last axis the k largest elements lie, the largest first; of equal ones the first."""

    category = "Math"
    differentiable = False
    formula = "x[y[0]] ≥ x[y[1]] ≥ ... ≥ x[y[k - 1]] ≥ all others"
    k: int = attribute(default=5, low=1, help="How many are wanted.")
    cases = (
        Case([(3, 6)], {"k": 2}, gradient=False),
        Case([(5,)], {"k": 5}, gradient=False),
        Case([Sample(values=[1.0, 3.0, 3.0, 2.0])], {"k": 1}, gradient=False),
        Case([(0, 4)], {"k": 3}, gradient=False),
        Case([Sample((4,), "int8", values=[-128, 127, 0, -128])], {"k": 4}, gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        require_dtype(x, NUMBERS, "x")
        require_rank(x, 1, "x", "A single number needs no order.")
        return Spec("int64", None if x.shape is None else self._top(x, x.shape))

    def _top(self, x: Spec, shape: Shape) -> Shape:
        if isinstance(shape[-1], int) and shape[-1] < self.k:
            raise SpecError(
                f"x is {x}: its last axis has fewer than {self.k} elements.",
                hint=f"Set k to at most {shape[-1]}." if shape[-1] else "Choose another axis with Transpose.",
            )
        return (*shape[:-1], self.k)


class TopK(Block):
    """The k largest elements along the last axis, the largest first, and where they lie."""

    category = "Math"
    outputs = (Port("values", help="The elements."), Port("indices", help="Where they lie."))
    formula = "values[0] ≥ values[1] ≥ ... ≥ values[k - 1] ≥ all others; values[i] = x[indices[i]]"
    advice = "Of logits, the indices are the k likeliest classes."
    k: int = attribute(default=5, low=1, help="How many are wanted.")
    cases = (Case([(3, 6)], {"k": 2}), Case([(5,)], {"k": 5}))

    def expand(self, b: BlockBuilder, x: Value) -> tuple[Value, ...]:
        indices = TopIndices(k=self.k)(x)
        return PickAlong()(x, indices), indices


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
