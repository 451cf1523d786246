"""Several tensors out of one: parts along an axis, or the slices themselves."""

from __future__ import annotations

from collections.abc import Sequence

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import alone, replace_dim, require_rank
from engine.op import Call, Gradients, Op, Port, attribute, repeated, setting
from engine.ops.conversion import ZerosLike
from engine.ops.joining import Concat, Stack
from engine.spec import UNKNOWN, Dim, Shape, Spec, normalize_axis, shape_text
from engine.value import Value

_WHOLE = Sample((2, 6), "int64", -9, 9)
_FORK = "A single number cannot be divided."


class Split(Op):
    """Cut a tensor into parts along an axis. Parts of size -1 share what is left."""

    category = "Shape"
    inputs = ("x", setting("sizes"))
    outputs = (Port("parts", many=True),)
    formula = "x = parts[0], parts[1], ... one behind the other"
    advice = "Sizes -1, -1, -1 make three equal parts. Concat is the way back."
    sizes: tuple[int, ...] = attribute(
        default=(-1, -1), low=-1, help="How large each part is; those that are -1 share what is left."
    )
    axis: int = attribute(default=-1, help="The axis that is cut; -1 is the last.")
    cases = (
        Case([(2, 6)]),
        Case([(5, 2)], {"sizes": [2, -1, 1], "axis": 0}),
        Case([(2, 6)], {"sizes": [6]}),
        Case([(3,)], {"sizes": [0, 3, 0]}),
        Case([(0, 2)], {"axis": 0}),
        Case([_WHOLE], {"sizes": [-1, -1, -1]}, gradient=False),
        Case([(2, 5), Sample((2,), "int64", values=[2, 3])]),
    )

    def outputs_for(self, count: int) -> tuple[Port, ...]:
        return repeated(self.output_ports, len(self.sizes))

    def infer(self, x: Spec, sizes: Spec | None = None) -> tuple[Spec, ...]:
        require_rank(x, 1, "x", _FORK)
        if not self.sizes:
            raise SpecError("sizes are empty; expected at least one part.", hint="Set sizes to -1, -1.")
        if x.shape is None:
            return (x,) * len(self.sizes)
        shape, axis = x.shape, normalize_axis(self.axis, len(x.shape))
        parts: Sequence[Dim] = self._parts(shape, axis) if sizes is None else (UNKNOWN,) * len(self.sizes)
        return tuple(x.with_shape(replace_dim(shape, axis, part)) for part in parts)

    def gradient(self, call: Call, *dys: Value | None) -> Gradients:
        return alone(call, Concat(axis=self.axis)(*_with_zeros(call, dys)))

    def _parts(self, shape: Shape, axis: int) -> Sequence[Dim]:
        whole, shares = shape[axis], self.sizes.count(-1)
        if not isinstance(whole, int):
            only = whole if len(self.sizes) == 1 else UNKNOWN
            return [only if size == -1 else size for size in self.sizes]
        left = whole - sum(size for size in self.sizes if size != -1)
        if left < 0 or (left % shares if shares else left):
            raise SpecError(
                f"axis {self.axis} of {shape_text(shape)} has size {whole}, which sizes {list(self.sizes)} "
                "do not make up.",
                hint="Their sum must be the size of the axis, and what is left be shared evenly.",
            )
        return [left // shares if size == -1 else size for size in self.sizes]


class Unstack(Op):
    """The slices along an axis, each as a tensor of its own: the way back from Stack."""

    category = "Shape"
    outputs = (Port("slices", many=True),)
    formula = "slices[i] = x[i]"
    advice = "Gather picks one slice; Split keeps the axis."
    count: int = attribute(default=2, low=1, high=1024, help="How many slices there are along the axis.")
    axis: int = attribute(default=0, help="The axis along which slices are counted; -1 is the last.")
    cases = (
        Case([(2, 3)]),
        Case([(2, 3)], {"count": 3, "axis": -1}),
        Case([(1, 2)], {"count": 1}),
        Case([(2, 0)]),
        Case([Sample((2,), "bool")], gradient=False),
    )

    def outputs_for(self, count: int) -> tuple[Port, ...]:
        return repeated(self.output_ports, self.count)

    def infer(self, x: Spec) -> tuple[Spec, ...]:
        require_rank(x, 1, "x", _FORK)
        if x.shape is None:
            return (x,) * self.count
        axis = normalize_axis(self.axis, len(x.shape))
        size = x.shape[axis]
        if isinstance(size, int) and size != self.count:
            raise SpecError(
                f"axis {self.axis} of {shape_text(x.shape)} has size {size}, and count is {self.count}.",
                hint=f"Set count to {size}." if size else "Connect a tensor with elements.",
            )
        return (x.with_shape((*x.shape[:axis], *x.shape[axis + 1 :])),) * self.count

    def gradient(self, call: Call, *dys: Value | None) -> Gradients:
        return alone(call, Stack(axis=self.axis)(*_with_zeros(call, dys)))


def _with_zeros(call: Call, dys: Sequence[Value | None]) -> list[Value]:
    """The gradients of all outputs; of one that nobody uses it is zero."""
    pairs = zip(call.outputs, dys, strict=True)
    return [ZerosLike()(output) if dy is None else dy for output, dy in pairs]
