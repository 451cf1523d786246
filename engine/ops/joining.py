"""One tensor out of several: joined along an axis, or stacked along a new one."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import Joining, operands, replace_dim
from engine.op import Call, Gradients, Port, attribute
from engine.ops.conversion import ZerosLike
from engine.ops.cutting import Slice
from engine.ops.shaping import ReshapeLike
from engine.spec import UNKNOWN, Dim, Shape, Spec, merge_dim, normalize_axis, same_dim
from engine.value import Value

_MANY = Port("values", many=True, help="As many tensors as you like.")


class Concat(Joining):
    """Join tensors along an axis that they have. All other sizes must be equal."""

    inputs = (_MANY,)
    advice = "To join tensors along a new axis use Stack."
    aliases = ("Concatenate", "hstack", "vstack")
    cases = (
        Case([(2, 3), (4, 3)]),
        Case([(2, 3), (2, 1), (2, 2)], {"axis": -1}),
        Case([(2, 3)]),
        Case([(0, 3), (2, 3)]),
        Case([Sample((2,), "int64", -9, 9), Sample((1,), "int64", -9, 9)], gradient=False),
    )

    def infer(self, *values: Spec) -> Spec:
        return self.joined(values)

    def joined(self, values: tuple[Spec, ...]) -> Spec:
        """The spec of all values, one after the other."""
        dtype, known = self.common(values)
        if not known:
            return Spec(dtype, None)
        axis = normalize_axis(self.axis, len(known[0]))
        shape = replace_dim(known[0], axis, 0)
        total: Dim = 0
        for other in known:
            total = _plus(total, other[axis])
            shape = _merge(shape, replace_dim(other, axis, 0), self.differ(known))
        return Spec(dtype, replace_dim(shape, axis, total if len(known) == len(values) else UNKNOWN))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        values = operands(call)
        return tuple(ConcatPart(axis=self.axis, index=index)(dy, *values) for index in range(len(values)))


class ConcatPart(Joining):
    """The part of a joined tensor that came from one of the values: the way back from Concat."""

    internal = True
    inputs = ("x", Port("values", many=True, shape_only=True))
    index: int = attribute(default=0, low=0, help="Which of the values, counted from 0.")
    cases = (
        Case([(6, 3), (2, 3), (4, 3)], {"index": 1}),
        Case([(2, 6), (2, 3), (2, 1), (2, 2)], {"axis": -1, "index": 1}),
        Case([(2, 3), (0, 3), (2, 3)], {"index": 0}),
    )

    def infer(self, x: Spec, *values: Spec) -> Spec:
        return x.with_shape(values[self.index].shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        _, *values = operands(call)
        parts = [dy if i == self.index else ZerosLike()(value) for i, value in enumerate(values)]
        return Concat(axis=self.axis)(*parts), *(None for _ in values)


class Stack(Joining):
    """Lay tensors of one shape along a new axis."""

    inputs = (_MANY,)
    cases = (
        Case([(2, 3), (2, 3)]),
        Case([(2, 3), (2, 3), (2, 3)], {"axis": -1}),
        Case([(), ()]),
        Case([(0,), (0,)], {"axis": 1}),
        Case([Sample((2,), "bool"), Sample((2,), "bool")], gradient=False),
    )

    def infer(self, *values: Spec) -> Spec:
        dtype, known = self.common(values)
        if not known:
            return Spec(dtype, None)
        shape = known[0]
        for other in known:
            shape = _merge(shape, other, self.differ(known))
        axis = normalize_axis(self.axis, len(shape) + 1)
        return Spec(dtype, (*shape[:axis], len(values), *shape[axis:]))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        values = operands(call)
        rank = 1 + (values[0].spec.rank or 0)
        before = normalize_axis(self.axis, rank)
        parts = []
        for index, value in enumerate(values):
            layer = Slice(begin=(*[0] * before, index), size=(*[-1] * before, 1))(dy)
            parts.append(ReshapeLike()(layer, value))
        return tuple(parts)


def _merge(shape: Shape, other: Shape, refused: SpecError) -> Shape:
    if not all(same_dim(a, b) for a, b in zip(shape, other, strict=True)):
        raise refused
    return tuple(merge_dim(a, b) for a, b in zip(shape, other, strict=True))


def _plus(a: Dim, b: Dim) -> Dim:
    """The sum of two sizes; a named size survives the addition of nothing."""
    if isinstance(a, int) and isinstance(b, int):
        return a + b
    if 0 in (a, b):
        return b if a == 0 else a
    return UNKNOWN
