"""Copies of a tensor: along axes of size 1, or side by side, and the sum of such copies."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import alone, open_sizes, operands, replace_dim, unbroadcast
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.spec import UNKNOWN, Shape, Spec, same_dim, shape_text, times
from engine.value import Value

_WHOLE = Sample((2, 3), "int64", -9, 9)


class BroadcastTo(Op):
    """Repeat a tensor along axes of size 1, and along new axes in front, until it has a shape."""

    category = "Shape"
    inputs = ("x", setting("shape"))
    advice = "Arithmetic broadcasts by itself; this node is for what needs the full shape."
    shape: tuple[int, ...] = attribute(default=(), low=-1, help="The new sizes; -1 keeps the size of x.")
    cases = (
        Case([(4,)], {"shape": [3, 4]}),
        Case([(3, 1)], {"shape": [-1, 4]}),
        Case([()], {"shape": [2]}),
        Case([(1,)], {"shape": [0]}),
        Case([(3, 4)], {"shape": [3, 4]}),
        Case([Sample((2, 1), "bool")], {"shape": [2, 3]}, gradient=False),
        Case([(3, 1), Sample((3,), "int64", values=[2, -1, 4])]),
    )

    def infer(self, x: Spec, shape: Spec | None = None) -> Spec:
        if shape is not None:
            return x.with_shape(open_sizes(shape))
        if x.shape is None:
            return x.with_shape(tuple(UNKNOWN if size == -1 else size for size in self.shape))
        new = len(self.shape) - len(x.shape)
        if new < 0 or -1 in self.shape[:new]:
            raise self._refused(x)
        wanted: Shape = tuple(
            x.shape[axis - new] if size == -1 else size for axis, size in enumerate(self.shape)
        )
        if not all(
            size == 1 or same_dim(size, goal) for size, goal in zip(x.shape, wanted[new:], strict=True)
        ):
            raise self._refused(x)
        return x.with_shape(wanted)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x = operands(call)[0]
        return alone(call, unbroadcast(dy, x))

    def _refused(self, x: Spec) -> SpecError:
        return SpecError(
            f"x is {shape_text(x.shape)}, which does not broadcast to {shape_text(self.shape)}.",
            hint="Each size of x must be 1 or the wanted one; new axes come in front.",
        )


class SumTiles(Op):
    """Sum the copies that Tile made, back to the shape of another tensor."""

    category = "Shape"
    internal = True
    inputs = ("x", Port("like", shape_only=True), setting("multiples"))
    multiples: tuple[int, ...] = attribute(
        default=(), low=0, help="How many copies there are along each axis."
    )
    cases = (
        Case([(6, 4), (3, 4)], {"multiples": [2, 1]}),
        Case([(0, 4), (3, 4)], {"multiples": [0, 1]}),
        Case([(), ()]),
        Case([(6, 4), (3, 4), Sample((2,), "int64", values=[2, 1])]),
    )

    def infer(self, x: Spec, like: Spec, multiples: Spec | None = None) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, Tile(multiples=self.multiples)(dy, *call.inputs[2:]))


class Tile(Op):
    """Copies of a tensor, laid side by side along each axis."""

    category = "Shape"
    inputs = ("x", setting("multiples"))
    multiples: tuple[int, ...] = attribute(default=(1,), low=0, help="How many copies along each axis of x.")
    cases = (
        Case([(3, 4)], {"multiples": [2, 1]}),
        Case([(2,)], {"multiples": [3]}),
        Case([(1, 2)], {"multiples": [0, 2]}),
        Case([()], {"multiples": []}),
        Case([_WHOLE], {"multiples": [1, 2]}, gradient=False),
        Case([(3, 4), Sample((2,), "int64", values=[2, 1])]),
    )

    def infer(self, x: Spec, multiples: Spec | None = None) -> Spec:
        if multiples is not None:
            return x.with_shape(None if x.rank is None else (UNKNOWN,) * x.rank)
        if x.shape is None:
            return x.with_shape((UNKNOWN,) * len(self.multiples))
        if len(self.multiples) != len(x.shape):
            raise SpecError(
                f"multiples {list(self.multiples)} do not fit {x}.",
                hint=f"Give one number for each of the {len(x.shape)} axes.",
            )
        shape = x.shape
        for axis, count in enumerate(self.multiples):
            shape = replace_dim(shape, axis, times(shape[axis], count))
        return x.with_shape(shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, SumTiles(multiples=self.multiples)(dy, *call.inputs))
