"""Pooling: the largest element or the mean of each window, and the ways back."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import operands, require_dtype
from engine.op import Call, Gradients, Port, attribute
from engine.ops.windowing import LARGEST, Windowed, window_rank
from engine.spec import FLOATS, Spec
from engine.value import Value
from kernels.generic.windows import each

_CASES = (
    Case([(2, 4, 6, 3)]),
    Case([(1, 5, 7, 2)], {"window": [3, 2], "strides": [2, 1], "padding": "same"}),
    Case([(1, 5, 5, 1)], {"window": [3], "strides": [1], "padding": "same"}),
    Case([(1, 5, 6, 1)], {"window": [3], "strides": [2], "pads": [1, 0, 2, 1]}),
    Case([(2, 7, 2)], {"window": [3]}),
    Case([(1, 4, 3, 4, 1)], {"strides": [1]}),
    Case([(0, 4, 4, 2)]),
    Case([(1, 1, 1, 1)], {"window": [1]}),
    Case([(1, 4, 4, 1)], low=1e30, high=1e31, gradient=False),
)
_TIES = Case([Sample(values=[[[1.0], [3.0], [3.0], [2.0], [2.0], [2.0]]])], {"window": [3]}, gradient=False)
_BACK = (
    Case([(2, 2, 3, 3), (2, 4, 6, 3)]),
    Case([(1, 3, 7, 2), (1, 5, 7, 2)], {"window": [3, 2], "strides": [2, 1], "padding": "same"}),
    Case([(1, 3, 3, 1), (1, 5, 6, 1)], {"window": [3], "strides": [2], "pads": [1, 0, 2, 1]}),
    Case([(2, 2, 2), (2, 7, 2)], {"window": [3]}),
    Case([(0, 2, 2, 2), (0, 4, 4, 2)]),
)


class _Pooling(Windowed, abstract=True):
    """What pooling ops share: windows on every channel by itself, side by side unless strides are given."""

    strides: tuple[int, ...] = attribute(
        default=(),
        low=1,
        high=LARGEST,
        help="How far the window moves, by axis. One number is for all; empty: as far as it is wide.",
    )
    window: tuple[int, ...] = attribute(
        default=(2,), low=1, high=LARGEST, help="How wide the window is, by axis. One number is for all."
    )

    @property
    def steps(self) -> tuple[int, ...]:
        return self.strides or self.window

    def infer(self, *inputs: Spec) -> Spec:
        x = inputs[0]
        require_dtype(x, FLOATS, "x")
        rank = window_rank(x)
        if x.shape is None or rank is None:
            return x
        self.check_lengths(rank, window=self.window)
        wide = each(self.window, rank)
        for margin, size in zip(each(self.pads, 2 * rank), wide * 2, strict=False):
            if margin >= size:
                raise SpecError(
                    f"a margin of {margin} holds whole windows of {size}, in which nothing lies.",
                    hint="Choose pads smaller than the window.",
                )
        return x.with_shape((x.shape[0], *self.places(x, wide), x.shape[-1]))


class MaxPool(_Pooling):
    """The largest element of each window, channel by channel.

    Of equal ones the first takes the gradient. The margins of padding are never the largest.
    """

    formula = "y[p, c] = max over k of x[p · stride + k, c]"
    advice = "Halves the image with its default window of 2. MaxPooling2D is the layer of that name."
    cases = (*_CASES, _TIES)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,) = operands(call)
        return (MaxPoolGradient(**self.settings())(dy, x),)


class MaxPoolGradient(_Pooling):
    """Zeros in the shape of x, with each gradient where the first largest element of its window lies."""

    internal = True
    inputs = ("dy", "x")
    cases = _BACK

    def infer(self, *inputs: Spec) -> Spec:
        dy, x = inputs
        return dy.with_shape(x.shape)

    def gradient(self, call: Call, dz: Value) -> Gradients:
        _, x = operands(call)
        return MaxPoolSelect(**self.settings())(dz, x), None


class MaxPoolSelect(_Pooling):
    """The elements of z that lie where the windows of x have their first largest element."""

    internal = True
    inputs = ("z", "x")
    cases = tuple(
        Case([case.inputs[1], case.inputs[1]], case.attributes, gradient=case.gradient) for case in _BACK
    )

    def infer(self, *inputs: Spec) -> Spec:
        z, x = inputs
        return z.with_shape(super().infer(x).shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        _, x = operands(call)
        return MaxPoolGradient(**self.settings())(dy, x), None


class AveragePool(_Pooling):
    """The mean of each window, channel by channel. The margins of padding do not count."""

    formula = "y[p, c] = mean over k of x[p · stride + k, c]"
    advice = "Smoother than MaxPool, which keeps the strongest answer only."
    cases = _CASES

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,) = operands(call)
        return (AveragePoolGradient(**self.settings())(dy, x),)


class AveragePoolGradient(_Pooling):
    """Each gradient divided equally among the elements of its window."""

    internal = True
    inputs = ("dy", Port("like", shape_only=True))
    cases = _BACK

    def infer(self, *inputs: Spec) -> Spec:
        dy, like = inputs
        return dy.with_shape(like.shape)

    def gradient(self, call: Call, dz: Value) -> Gradients:
        return AveragePool(**self.settings())(dz), None
