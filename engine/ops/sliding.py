"""Parts of a fixed size whose place comes by wire, read and replaced, and sequences turned round."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import alone, operands, require_dtype, require_rank
from engine.op import Call, Gradients, Op, Port, attribute
from engine.ops.conversion import ZerosLike
from engine.spec import INTEGERS, UNKNOWN, Spec, common_dtype, normalize_axis, same_dim, shape_text
from engine.value import Value

_START = Port("start", host=True, help="Where the part begins, one number for each axis of x.")
_CORNER = Sample((2,), "int64", values=[1, 2])
_OUTSIDE = Sample((2,), "int32", values=[-5, 9])


def _check_start(x: Spec, start: Spec) -> None:
    """Raise SpecError where the start is no row of whole numbers, one for each axis."""
    require_dtype(start, INTEGERS, "start")
    fits = start.shape is None or (
        len(start.shape) == 1 and (x.rank is None or same_dim(start.shape[0], x.rank))
    )
    if not fits:
        raise SpecError(
            f"start is {shape_text(start.shape)}, and x is {shape_text(x.shape)}; expected one number "
            "for each axis.",
            hint="Stack the numbers to one row.",
        )


def _check_inside(x: Spec, sizes: Spec, what: str) -> None:
    """Raise SpecError where a part is larger than the whole."""
    if x.shape is None or sizes.shape is None:
        return
    pairs = zip(sizes.shape, x.shape, strict=False)
    larger = any(isinstance(a, int) and isinstance(b, int) and a > b for a, b in pairs)
    if len(x.shape) != len(sizes.shape) or larger:
        raise SpecError(
            f"{what} is {shape_text(sizes.shape)}, and x is {shape_text(x.shape)}; expected as many axes, "
            "and no size larger than that of x.",
            hint="Take a smaller part.",
        )


class DynamicSlice(Op):
    """A part of a fixed size, whose beginning comes by wire. It is moved so far that it lies inside.

    Source: lax.dynamic_slice of JAX, whose rule for the edges it follows.
    """

    category = "Shape"
    inputs = ("x", _START)
    formula = "y[i] = x[start + i]"
    advice = "Where the beginning is a setting, Slice and StridedSlice do the same."
    size: tuple[int, ...] = attribute(default=(1,), low=0, help="How many elements along each axis.")
    cases = (
        Case([(4, 5), _CORNER], {"size": [2, 3]}),
        Case([(4, 5), _OUTSIDE], {"size": [2, 3]}),
        Case([(4,), Sample((1,), "uint8", values=[3])], {"size": [4]}),
        Case([(4,), Sample((1,), "int64", values=[3])], {"size": [0]}),
        Case([(), Sample((0,), "int64")], {"size": []}),
        Case([Sample((4, 5), "bool"), _CORNER], {"size": [1, 1]}, gradient=False),
    )

    def infer(self, x: Spec, start: Spec) -> Spec:
        _check_start(x, start)
        part = x.with_shape(self.size)
        _check_inside(x, part, "size")
        return part

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, start = operands(call)
        return DynamicUpdateSlice()(ZerosLike()(x), dy, start), None


class DynamicSliceLike(Op):
    """A part of the size of another tensor, whose beginning comes by wire."""

    category = "Shape"
    internal = True
    inputs = ("x", _START, Port("like", shape_only=True))
    cases = (Case([(4, 5), _CORNER, (2, 3)]), Case([(4, 5), _OUTSIDE, (0, 3)]))

    def infer(self, x: Spec, start: Spec, like: Spec) -> Spec:
        _check_start(x, start)
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, start, _ = operands(call)
        return DynamicUpdateSlice()(ZerosLike()(x), dy, start), None, None


class DynamicUpdateSlice(Op):
    """Replace a part of a tensor, where its beginning comes by wire. It is moved so far that it lies inside.

    Source: lax.dynamic_update_slice of JAX, whose rule for the edges it follows.
    """

    category = "Shape"
    inputs = ("x", Port("update", help="What takes the place of the part."), _START)
    formula = "y = x, but y[start + i] = update[i]"
    cases = (
        Case([(4, 5), (2, 3), _CORNER]),
        Case([(4, 5), (2, 3), _OUTSIDE]),
        Case([(4,), (0,), Sample((1,), "int64", values=[3])]),
        Case([(), (), Sample((0,), "int64")]),
        Case([Sample((4, 5), "bool"), Sample((1, 5), "bool"), _CORNER], gradient=False),
    )

    def infer(self, x: Spec, update: Spec, start: Spec) -> Spec:
        common_dtype(x, update)
        _check_start(x, start)
        _check_inside(x, update, "update")
        return x

    def gradient(self, call: Call, dy: Value) -> Gradients:
        _, update, start = operands(call)
        dx = DynamicUpdateSlice()(dy, ZerosLike()(update), start)
        return dx, DynamicSliceLike()(dy, start, update), None


class ReverseSequence(Op):
    """Turn the first elements of each sequence round; how many, the lengths say. The rest stays."""

    category = "Shape"
    inputs = ("x", Port("lengths", help="How many elements of each sequence are turned round."))
    formula = "y[b, t] = x[b, length[b] - 1 - t] if t < length[b] else x[b, t]"
    advice = "Sequences of different lengths are padded behind; Reverse would bring the padding to the front."
    axis: int = attribute(default=1, help="The axis that is turned round: the steps.")
    batch_axis: int = attribute(default=0, help="The axis along which the sequences are counted.")
    cases = (
        Case([(3, 4), Sample((3,), "int64", values=[4, 0, 2])]),
        Case([(4, 3, 2), Sample((3,), "int32", values=[1, 4, 3])], {"axis": 0, "batch_axis": 1}),
        Case([(2, 5, 3), Sample((2,), "int64", values=[3, 2])], {"axis": -1}),
        Case([(0, 4), Sample((0,), "int64")]),
        Case([Sample((2, 3), "bool"), Sample((2,), "int64", values=[3, 2])], gradient=False),
    )

    def infer(self, x: Spec, lengths: Spec) -> Spec:
        require_dtype(lengths, INTEGERS, "lengths")
        require_rank(x, 2, "x", "It needs an axis of sequences and one of steps.")
        if x.shape is None:
            return x
        axis, batch = (normalize_axis(a, len(x.shape)) for a in (self.axis, self.batch_axis))
        if axis == batch:
            raise SpecError(f"axis and batch_axis are both {axis}.", hint="Sequences run along one axis.")
        counts = (UNKNOWN,) if lengths.shape is None else lengths.shape
        if len(counts) != 1 or not same_dim(counts[0], x.shape[batch]):
            raise SpecError(
                f"lengths are {lengths}; expected one number for each of the {x.shape[batch]} sequences.",
                hint="Give one length for each sequence.",
            )
        return x

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, ReverseSequence(axis=self.axis, batch_axis=self.batch_axis)(dy, call.inputs[1]))
