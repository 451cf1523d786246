"""Pooling by the largest element of each window: the element, where it lies, and the ways back."""

from __future__ import annotations

from typing import ClassVar

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import NUMBERS, alone, operands, require_dtype
from engine.op import Call, Gradients, attribute, setting
from engine.ops.pooling import POOLED, POOLED_BACK, Pooling
from engine.ops.windowing import LARGEST, Windowed, window_rank
from engine.spec import INTEGERS, UNKNOWN, Dim, Spec, same_shape, shape_text
from engine.value import Value
from kernels.generic.windows import each

_TIES = Case([Sample(values=[[[1.0], [3.0], [3.0], [2.0], [2.0], [2.0]]])], {"window": [3]}, gradient=False)
_WHOLE = Case([Sample((1, 5, 4, 2), "int8", -128, 127)], {"padding": "same", "window": [3]}, gradient=False)
_CASES = (*POOLED, _TIES, _WHOLE)


class MaxPool(Pooling):
    """The largest element of each window, channel by channel.

    Of equal ones the first takes the gradient. The margins of padding are never the largest.
    """

    takes = NUMBERS
    formula = "y[p, c] = max over k of x[p · stride + k, c]"
    advice = "Halves the image with its default window of 2. MaxPooling2D is the layer of that name."
    cases = _CASES

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,) = operands(call)
        return (MaxPoolGradient(**self.settings())(dy, x),)


class MaxPoolGradient(Pooling):
    """Zeros in the shape of x, with each gradient where the first largest element of its window lies."""

    internal = True
    inputs = ("dy", "x")
    cases = POOLED_BACK

    def infer(self, *inputs: Spec) -> Spec:
        dy, x = inputs
        return dy.with_shape(x.shape)

    def gradient(self, call: Call, dz: Value) -> Gradients:
        _, x = operands(call)
        return MaxPoolSelect(**self.settings())(dz, x), None


class MaxPoolSelect(Pooling):
    """The elements of z that lie where the windows of x have their first largest element."""

    internal = True
    inputs = ("z", "x")
    cases = tuple(
        Case([case.inputs[1], case.inputs[1]], case.attributes, gradient=case.gradient)
        for case in POOLED_BACK
    )

    def infer(self, *inputs: Spec) -> Spec:
        z, x = inputs
        return z.with_shape(super().infer(x).shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        _, x = operands(call)
        return MaxPoolGradient(**self.settings())(dy, x), None


class MaxPoolIndices(Pooling):
    """Where the largest element of each window lies: its number among the places of its image, row by row.

    Of equal ones the first is named.
    """

    takes = NUMBERS
    differentiable = False
    formula = "y[p, c] = width · row + column of the largest element"
    advice = "MaxUnpool puts elements back to where MaxPool with the same settings has found them."
    cases = tuple(Case(case.inputs, case.attributes, case.low, case.high, False) for case in _CASES)

    def infer(self, *inputs: Spec) -> Spec:
        return super().infer(*inputs).with_dtype("int64")


class MaxUnpool(Windowed):
    """Put each element to where MaxPoolIndices has found it, among zeros: the way back from MaxPool.

    The result has the sizes from which windows like these make the sizes of x, unless sizes are given. Where
    two elements meet, the later one stays.
    """

    inputs = ("x", "indices", setting("sizes"))
    formula = "y[indices[p, c], c] = x[p, c], and 0 elsewhere"
    advice = "Decoders that mirror an encoder draw with it sharper than Resize does."
    strides: tuple[int, ...] = attribute(
        default=(),
        low=1,
        high=LARGEST,
        help="How far the window moves, by axis. One number is for all; empty: as far as it is wide.",
    )
    window: tuple[int, ...] = attribute(
        default=(2,), low=1, high=LARGEST, help="How wide the window is, by axis. One number is for all."
    )
    sizes: tuple[int, ...] = attribute(
        default=(), low=0, high=LARGEST, help="The sizes of the result between batch and channels."
    )
    cases: ClassVar[tuple[Case, ...]] = (
        Case([(2, 2, 1, 1), Sample(values=[[[[0]], [[5]]], [[[1]], [[7]]]], dtype="int64")]),
        Case([(1, 2, 2), Sample(values=[[[1, 0], [4, 2]]], dtype="int32")], {"sizes": [5]}),
        Case([(1, 2, 1), Sample(values=[[[0], [3]]], dtype="int64")], {"window": [3], "strides": [1]}),
        Case([(0, 2, 2, 1), Sample((0, 2, 2, 1), "int64")]),
        Case([(1, 2, 1), Sample(values=[[[0], [6]]], dtype="int64"), Sample(values=[7], dtype="int64")]),
    )

    @property
    def steps(self) -> tuple[int, ...]:
        return self.strides or self.window

    def infer(self, x: Spec, indices: Spec, sizes: Spec | None = None) -> Spec:
        require_dtype(x, NUMBERS, "x")
        require_dtype(indices, INTEGERS, "indices")
        rank = window_rank(x)
        if x.shape is None or rank is None:
            return x
        if not same_shape(x.shape, indices.shape):
            raise SpecError(
                f"x is {shape_text(x.shape)}, and indices are {shape_text(indices.shape)}.",
                hint="Connect the indices that MaxPoolIndices gives for the same pooling.",
            )
        self.check_lengths(rank, window=self.window)
        if len(self.sizes) not in (0, rank):
            raise SpecError(
                f"sizes has {len(self.sizes)} numbers, and x has {rank} axes between batch and channels.",
                hint=f"Give {rank} sizes, or none.",
            )
        if sizes is not None:
            return x.with_shape((x.shape[0], *(UNKNOWN,) * rank, x.shape[-1]))
        found = self.sizes or [self._size(i, rank, size) for i, size in enumerate(x.shape[1:-1])]
        return x.with_shape((x.shape[0], *found, x.shape[-1]))

    def _size(self, i: int, rank: int, size: Dim) -> Dim:
        """The size of one axis afterwards."""
        if not isinstance(size, int):
            return UNKNOWN
        axis = self.axis(i, rank, size, each(self.window, rank)[i])
        found = axis.full_size(size, self.padding, self.pads) if size else 0
        if found < 0:
            raise SpecError("the margins are larger than the result.", hint="Choose smaller pads.")
        return found

    def gradient(self, call: Call, dy: Value) -> Gradients:
        _, indices, *sizes = operands(call)
        return alone(call, MaxUnpoolGradient(**self.settings())(dy, indices, *sizes))


class MaxUnpoolGradient(MaxUnpool):
    """The elements to which MaxUnpool has put those of its input."""

    internal = True
    inputs = ("dy", "indices", setting("sizes"))
    cases = (
        Case([(2, 4, 2, 1), Sample(values=[[[[0]], [[5]]], [[[1]], [[7]]]], dtype="int64")]),
        Case([(1, 5, 2), Sample(values=[[[1, 0], [4, 2]]], dtype="int32")], {"sizes": [5]}),
        Case([(0, 4, 4, 1), Sample((0, 2, 2, 1), "int64")]),
    )

    def infer(self, x: Spec, indices: Spec, sizes: Spec | None = None) -> Spec:
        return x.with_shape(indices.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        _, indices, *sizes = operands(call)
        return alone(call, MaxUnpool(**self.settings())(dy, indices, *sizes))
