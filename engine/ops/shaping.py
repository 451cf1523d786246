"""The same elements in another shape or order."""

from __future__ import annotations

import math

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import alone, normalize_axes, open_sizes, operands
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.spec import (
    UNKNOWN,
    Dim,
    Shape,
    Spec,
    normalize_axis,
    shape_text,
    times,
)
from engine.value import Value

_WHOLE = Sample((2, 3), "int64", -9, 9)


class ReshapeLike(Op):
    """The elements of x in the shape of another tensor: the way back from a change of shape."""

    category = "Shape"
    internal = True
    is_view = True
    inputs = ("x", Port("like", shape_only=True))
    cases = (Case([(3, 4), (2, 6)]), Case([(1, 1), ()]), Case([(0, 4), (2, 0)]))

    def infer(self, x: Spec, like: Spec) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, _ = operands(call)
        return ReshapeLike()(dy, x), None


class _View(Op, abstract=True):
    """What ops share that only give the elements of x another shape."""

    category = "Shape"
    is_view = True

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, ReshapeLike()(dy, call.inputs[0]))


class Reshape(_View):
    """The same elements in the same order, in another shape. One size may be -1: it takes what is left."""

    inputs = ("x", setting("shape"))
    advice = "Start the shape with -1 to keep the batch whatever its size: -1, 784 makes rows out of images."
    shape: tuple[int, ...] = attribute(default=(-1,), low=-1, help="The new sizes; one of them may be -1.")
    keep: bool = attribute(default=False, help="Let a size 0 stand for the size that x has at that place.")
    cases = (
        Case([(3, 4)], {"shape": [2, 6]}),
        Case([(3, 4, 2)], {"shape": [0, -1], "keep": True}),
        Case([(0, 4), Sample((2,), "int64", values=[0, 2])]),
        Case([(3, 4)], {"shape": [-1]}),
        Case([(4, 3, 2)], {"shape": [-1, 6]}),
        Case([(1, 1)], {"shape": []}),
        Case([()], {"shape": [1, -1]}),
        Case([(0, 4)], {"shape": [-1, 2]}),
        Case([_WHOLE], {"shape": [3, -1]}, gradient=False),
        Case([(3, 4), Sample((2,), "int64", values=[2, -1])]),
        Case([(1, 1), Sample((0,), "int32")]),
    )

    def infer(self, x: Spec, shape: Spec | None = None) -> Spec:
        if shape is not None:
            return x.with_shape(open_sizes(shape))
        if self.shape.count(-1) > 1:
            raise SpecError(
                f"shape {list(self.shape)} has more than one -1.", hint="Only one size can be left open."
            )
        wanted = self._wanted(x)
        if x.shape is None:
            return x.with_shape(tuple(UNKNOWN if size == -1 else size for size in wanted))
        left = self._left(x, x.shape, wanted)
        return x.with_shape(tuple(left if size == -1 else size for size in wanted))

    def _wanted(self, x: Spec) -> Shape:
        """The new sizes, those among them that are kept; -1 where one follows from the others."""
        if not self.keep or 0 not in self.shape:
            return self.shape
        if x.shape is None:
            return tuple(UNKNOWN if size == 0 else size for size in self.shape)
        if 0 in self.shape[len(x.shape) :]:
            raise self._refused(x, f"a 0 only at the first {len(x.shape)} places, whose sizes can be kept")
        return tuple(x.shape[axis] if size == 0 else size for axis, size in enumerate(self.shape))

    def _left(self, x: Spec, shape: Shape, wanted: Shape) -> Dim:
        """The size in the place of -1; a named size survives where all others cancel out."""
        names = [size for size in shape if isinstance(size, str)]
        for kept in wanted:
            if isinstance(kept, str):
                names.remove(kept)
        count = math.prod(size for size in shape if isinstance(size, int))
        known = math.prod(size for size in wanted if isinstance(size, int) and size != -1)
        if -1 not in wanted:
            if not names and count != known:
                raise self._refused(x, f"{known} elements")
            return UNKNOWN
        if known == 0:
            raise self._refused(x, "a shape in which -1 stands beside sizes other than 0")
        if names:
            return times(*names) if count == known else UNKNOWN
        if count % known:
            raise self._refused(x, f"a multiple of {known} elements")
        return count // known

    def _refused(self, x: Spec, expected: str) -> SpecError:
        return SpecError(
            f"x is {shape_text(x.shape)}, not {shape_text(self.shape)}; expected {expected}.",
            hint="The number of elements stays the same; put -1 where the size may follow from it.",
        )


class ExpandDims(_View):
    """Insert an axis of size 1."""

    axis: int = attribute(default=0, help="Where the new axis stands in the result; -1 is the last.")
    cases = (
        Case([(3, 4)]),
        Case([(3, 4)], {"axis": -1}),
        Case([(3, 4)], {"axis": 1}),
        Case([()], {"axis": -1}),
        Case([(0,)]),
        Case([_WHOLE], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        if x.shape is None:
            return x
        axis = normalize_axis(self.axis, len(x.shape) + 1)
        return x.with_shape((*x.shape[:axis], 1, *x.shape[axis:]))


class Unsqueeze(_View):
    """Insert several axes of size 1 at once: the way back from Squeeze."""

    inputs = ("x", setting("axes"))
    axes: tuple[int, ...] = attribute(
        default=(0,), help="Where the new axes stand in the result; -1 is the last."
    )
    cases = (
        Case([(3, 4)], {"axes": [0, -1]}),
        Case([(3, 4)], {"axes": [3, 1]}),
        Case([()], {"axes": [0, 1]}),
        Case([(0,)], {"axes": []}),
        Case([_WHOLE], gradient=False),
        Case([(3, 4), Sample((2,), "int64", values=[-1, 0])]),
    )

    def infer(self, x: Spec, axes: Spec | None = None) -> Spec:
        if x.shape is None:
            return x
        if axes is not None:
            new = open_sizes(axes)
            return x.with_shape(None if new is None else (*new, *(UNKNOWN for _ in x.shape)))
        rank = len(x.shape) + len(self.axes)
        inserted = normalize_axes(self.axes, rank) if self.axes else ()
        sizes = iter(x.shape)
        return x.with_shape(tuple(1 if axis in inserted else next(sizes) for axis in range(rank)))


class Squeeze(_View):
    """Drop axes of size 1."""

    inputs = ("x", setting("axes"))
    axes: tuple[int, ...] = attribute(
        default=(), help="The axes that are dropped. Empty means all of size 1."
    )
    cases = (
        Case([(1, 3, 1)]),
        Case([(1, 3, 1)], {"axes": [-1]}),
        Case([(1,)]),
        Case([(3, 4)]),
        Case([(0, 1)], {"axes": [1]}),
        Case([(1, 3, 1), Sample((2,), "int64", values=[-1, 0])]),
    )

    def infer(self, x: Spec, axes: Spec | None = None) -> Spec:
        if x.shape is None:
            return x
        if axes is not None:
            gone = len(open_sizes(axes) or ())
            return x.with_shape((UNKNOWN,) * (len(x.shape) - gone) if 0 < gone <= len(x.shape) else None)
        if not self.axes:
            if not x.is_static:
                raise SpecError(
                    f"x is {x}: whether a named size is 1 is not known here.",
                    hint="Set axes to those to drop.",
                )
            return x.with_shape(tuple(size for size in x.shape if size != 1))
        dropped = normalize_axes(self.axes, len(x.shape))
        for axis in dropped:
            if x.shape[axis] not in (1, UNKNOWN):
                raise SpecError(
                    f"x is {x}: axis {axis} has size {x.shape[axis]}; expected 1.",
                    hint="Only axes of size 1 can be dropped. To sum an axis use ReduceSum.",
                )
        return x.with_shape(tuple(size for axis, size in enumerate(x.shape) if axis not in dropped))


class Transpose(Op):
    """The same tensor with its axes in another order."""

    category = "Shape"
    advice = "A product of matrices needs no Transpose: MatMul can exchange the axes itself."
    aliases = ("Permute", "moveaxis", "swapaxes")
    permutation: tuple[int, ...] = attribute(
        default=(), help="Which axis of x stands at each place. Empty reverses them."
    )
    cases = (
        Case([(3, 4)]),
        Case([(2, 3, 4)], {"permutation": [0, 2, 1]}),
        Case([(2, 3, 4)], {"permutation": [-1, 0, 1]}),
        Case([(5,)]),
        Case([()]),
        Case([(0, 4)]),
        Case([_WHOLE], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        if x.shape is None:
            return x.with_shape((UNKNOWN,) * len(self.permutation) if self.permutation else None)
        return x.with_shape(tuple(x.shape[axis] for axis in self._order(x)))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,) = operands(call)
        if not self.permutation:
            return (Transpose()(dy),)
        order = self._order(x.spec)
        return (Transpose(permutation=tuple(order.index(axis) for axis in range(len(order))))(dy),)

    def _order(self, x: Spec) -> tuple[int, ...]:
        rank = len(self.permutation) if x.rank is None else x.rank
        if not self.permutation:
            return tuple(reversed(range(rank)))
        order = tuple(normalize_axis(axis, rank, "permutation") for axis in self.permutation)
        if sorted(order) != list(range(rank)):
            raise SpecError(
                f"permutation {list(self.permutation)} does not fit {shape_text(x.shape)}.",
                hint=f"Name each of the {rank} axes once.",
            )
        return order
