"""One axis split into several, several axes merged into one, and the numbers along an axis."""

from __future__ import annotations

import math

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import operands, require_rank
from engine.op import Call, Gradients, Op, Port, attribute
from engine.ops.shaping import ReshapeLike
from engine.spec import UNKNOWN, Dim, Shape, Spec, normalize_axis, shape_text, times
from engine.value import Value

_WHOLE = Sample((2, 6), "int64", -9, 9)


class _Regrouping(Op, abstract=True):
    """What ops share that regroup neighbouring axes; all other sizes stay, whether they are known or not."""

    category = "Shape"
    is_view = True

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,) = operands(call)
        return (ReshapeLike()(dy, x),)


class SplitAxis(_Regrouping):
    """Make several axes out of one. One of the sizes may be -1: it takes what is left."""

    aliases = ("Unflatten",)
    formula = "batch x steps x 12  ->  batch x steps x 3 x 4"
    advice = "In the place of Reshape where sizes in front are not known: heads of attention, for example."
    axis: int = attribute(default=-1, help="The axis that is split; -1 is the last.")
    sizes: tuple[int, ...] = attribute(
        default=(1, -1), low=-1, help="The sizes of the new axes; one of them may be -1."
    )
    cases = (
        Case([(2, 6)], {"sizes": [2, 3]}),
        Case([(6, 2)], {"axis": 0, "sizes": [-1, 3]}),
        Case([(2, 4, 3)], {"axis": 1, "sizes": [2, 1, 2]}),
        Case([(4,)], {"sizes": [4]}),
        Case([(2, 0)], {"sizes": [0, 3]}),
        Case([_WHOLE], {"sizes": [3, -1]}, gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        if self.sizes.count(-1) > 1:
            raise SpecError(
                f"sizes {list(self.sizes)} have more than one -1.", hint="Only one size can be left open."
            )
        require_rank(x, 1, "x", "A single number has no axis to split.")
        if x.shape is None:
            return x
        axis = normalize_axis(self.axis, len(x.shape))
        return x.with_shape((*x.shape[:axis], *self._parts(x, x.shape[axis]), *x.shape[axis + 1 :]))

    def _parts(self, x: Spec, whole: Dim) -> Shape:
        """The sizes that stand in the place of the whole."""
        known = math.prod(size for size in self.sizes if size != -1)
        if not isinstance(whole, int):
            return tuple((whole if known == 1 else UNKNOWN) if size == -1 else size for size in self.sizes)
        fits = whole == known if -1 not in self.sizes else known > 0 and whole % known == 0
        if not fits:
            raise SpecError(
                f"axis {self.axis} of {shape_text(x.shape)} has size {whole}, "
                f"which sizes {list(self.sizes)} do not make up.",
                hint="Their product must be the size of the axis.",
            )
        return tuple(whole // known if size == -1 else size for size in self.sizes)


class MergeAxes(_Regrouping):
    """Make one axis out of neighbouring ones: the way back from SplitAxis."""

    formula = "batch x steps x 3 x 4  ->  batch x steps x 12"
    axis: int = attribute(default=-2, help="The first of the axes that become one.")
    count: int = attribute(default=2, low=1, help="How many axes become one.")
    cases = (
        Case([(2, 3, 4)]),
        Case([(2, 3, 4)], {"axis": 0}),
        Case([(2, 3, 4)], {"axis": -3, "count": 3}),
        Case([(2, 3)], {"axis": 1, "count": 1}),
        Case([(0, 3)], {"axis": 0}),
        Case([_WHOLE], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        if x.shape is None:
            return x
        axis = normalize_axis(self.axis, len(x.shape))
        end = axis + self.count
        if end > len(x.shape):
            raise SpecError(
                f"x is {shape_text(x.shape)}: from axis {axis} on there are "
                f"{len(x.shape) - axis} axes; expected {self.count}.",
                hint="Begin earlier, or merge fewer.",
            )
        return x.with_shape((*x.shape[:axis], times(*x.shape[axis:end]), *x.shape[end:]))


class Positions(Op):
    """The numbers 0, 1, 2, ... along an axis of a tensor: the place of each step in a sequence."""

    category = "Shape"
    inputs = (Port("x", shape_only=True, help="Only its size is read."),)
    aliases = ("arange", "iota")
    formula = "y = 0, 1, 2, ..., size of the axis - 1"
    differentiable = False
    axis: int = attribute(default=1, help="The axis whose elements are numbered; -1 is the last.")
    cases = (
        Case([(2, 3)], gradient=False),
        Case([(2, 3)], {"axis": -2}, gradient=False),
        Case([(0,)], {"axis": 0}, gradient=False),
        Case([Sample((1, 1), "bool")], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        require_rank(x, 1, "x", "A single number has no axis to count along.")
        if x.shape is None:
            return Spec("int64", (UNKNOWN,))
        return Spec("int64", (x.shape[normalize_axis(self.axis, len(x.shape))],))
