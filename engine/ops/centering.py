"""The middle of a tensor, or a tensor in the middle of zeros."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import ANY, alone, normalize_axes, require_dtype
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.ops.windowing import LARGEST
from engine.spec import UNKNOWN, Spec, shape_text
from engine.value import Value


class CenterCropPad(Op):
    """Give axes the sizes that are asked for: long ones keep their middle, short ones get zeros around."""

    category = "Shape"
    inputs = ("x", setting("sizes"))
    advice = "For images CenterCrop does it, and enlarges those that are too small instead of padding them."
    axes: tuple[int, ...] = attribute(
        default=(), help="The axes that change; -1 is the last. Empty means all of them, in their order."
    )
    sizes: tuple[int, ...] = attribute(
        default=(1,), low=0, high=LARGEST, help="The new sizes, in the order of axes."
    )
    cases = (
        Case([(4, 3)], {"sizes": [2, 6]}),
        Case([(2, 5, 4)], {"axes": [1, -1], "sizes": [2, 7]}),
        Case([(2, 5, 4)], {"axes": [-1, 0], "sizes": [7, 1]}),
        Case([(3,)], {"sizes": [0]}),
        Case([(0, 2)], {"sizes": [3, 1]}),
        Case([Sample((3, 2), "bool")], {"axes": [0], "sizes": [4]}, gradient=False),
        Case([(4, 3), Sample((2,), "int64", values=[3, 4])]),
    )

    def infer(self, x: Spec, sizes: Spec | None = None) -> Spec:
        require_dtype(x, ANY, "x")
        if x.shape is None:
            return x
        normalize_axes(self.axes, len(x.shape))
        axes = self.axes or range(len(x.shape))
        if sizes is None and len(self.sizes) != len(axes):
            raise SpecError(
                f"sizes has {len(self.sizes)} numbers, and {len(axes)} axes of {shape_text(x.shape)} change.",
                hint=f"Give {len(axes)} sizes, or name the axes.",
            )
        shape = [*x.shape]
        for position, axis in enumerate(axes):
            shape[axis] = UNKNOWN if sizes is not None else self.sizes[position]
        return x.with_shape(tuple(shape))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x = call.inputs[0]
        return alone(call, CenterLike()(dy, x))


class CenterLike(Op):
    """The middle of x, or x in the middle of zeros, in the shape of another tensor."""

    category = "Shape"
    internal = True
    inputs = ("x", Port("like", shape_only=True))
    cases = (Case([(4, 3), (2, 6)]), Case([(0, 2), (3, 1)]))

    def infer(self, x: Spec, like: Spec) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return CenterLike()(dy, call.inputs[0]), None
