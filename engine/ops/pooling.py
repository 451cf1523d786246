"""Pooling by sums and means of each window, the ways back, and what all pooling ops share."""

from __future__ import annotations

from typing import ClassVar

from engine.case import Case
from engine.errors import SpecError
from engine.families import operands, require_dtype
from engine.op import Call, Gradients, Port, attribute
from engine.ops.windowing import LARGEST, WindowWithHoles, window_rank
from engine.spec import FLOATS, Spec
from engine.value import Value
from kernels.generic.windows import Axis, each

POOLED = (
    Case([(2, 4, 6, 3)]),
    Case([(1, 5, 7, 2)], {"window": [3, 2], "strides": [2, 1], "padding": "same"}),
    Case([(1, 5, 5, 1)], {"window": [3], "strides": [1], "padding": "same"}),
    Case([(1, 4, 5, 1)], {"window": [2], "strides": [1], "padding": "same_lower"}),
    Case([(1, 5, 6, 1)], {"window": [3], "strides": [2], "pads": [1, 0, 2, 1]}),
    Case([(2, 7, 2)], {"window": [3]}),
    Case([(1, 4, 3, 4, 1)], {"strides": [1]}),
    Case([(1, 7, 8, 1)], {"window": [3, 2], "strides": [2], "dilations": [2, 3]}),
    Case([(1, 6, 7, 1)], {"window": [3], "strides": [2], "ceil_mode": True}),
    # The third window would begin in the margin behind, and is no window.
    Case([(1, 4, 1)], {"window": [2], "strides": [3], "pads": [1], "ceil_mode": True}),
    Case([(0, 4, 4, 2)]),
    Case([(1, 1, 1, 1)], {"window": [1]}),
    Case([(1, 4, 4, 1)], low=1e30, high=1e31, gradient=False),
)
POOLED_BACK = (
    Case([(2, 2, 3, 3), (2, 4, 6, 3)]),
    Case([(1, 3, 7, 2), (1, 5, 7, 2)], {"window": [3, 2], "strides": [2, 1], "padding": "same"}),
    Case([(1, 3, 3, 1), (1, 5, 6, 1)], {"window": [3], "strides": [2], "pads": [1, 0, 2, 1]}),
    Case([(1, 3, 4, 1), (1, 6, 8, 1)], {"window": [3], "strides": [2], "ceil_mode": True}),
    Case([(1, 2, 3, 1), (1, 6, 7, 1)], {"window": [2], "strides": [2], "dilations": [3, 2]}),
    Case([(2, 2, 2), (2, 7, 2)], {"window": [3]}),
    Case([(0, 2, 2, 2), (0, 4, 4, 2)]),
)


class PoolingWindow(WindowWithHoles, abstract=True):
    """The settings of windows on every channel by itself, side by side unless strides are given."""

    strides: tuple[int, ...] = attribute(
        default=(),
        low=1,
        high=LARGEST,
        help="How far the window moves, by axis. One number is for all; empty: as far as it is wide.",
    )
    ceil_mode: bool = attribute(
        default=False, help="Whether a last window counts of which only a part lies on the input."
    )

    @property
    def steps(self) -> tuple[int, ...]:
        return self.strides or self.window

    def axis(self, i: int, rank: int, size: int, window: int, dilations: tuple[int, ...] = (1,)) -> Axis:
        found = super().axis(i, rank, size, window, dilations)
        return found.whole(size) if self.ceil_mode else found


class Pooling(PoolingWindow, abstract=True):
    """What pooling ops share."""

    takes: ClassVar[tuple[str, ...]] = FLOATS
    """The dtypes that x may have."""

    def infer(self, *inputs: Spec) -> Spec:
        x = inputs[0]
        require_dtype(x, self.takes, "x")
        rank = window_rank(x)
        if x.shape is None or rank is None:
            return x
        self.check_lengths(rank, window=self.window, dilations=self.dilations)
        wide = each(self.window, rank)
        for margin, size in zip(each(self.pads, 2 * rank), wide * 2, strict=False):
            if margin >= size:
                raise SpecError(
                    f"a margin of {margin} holds whole windows of {size}, in which nothing lies.",
                    hint="Choose pads smaller than the window.",
                )
        return x.with_shape((x.shape[0], *self.places(x, wide, self.dilations), x.shape[-1]))


class PoolingBack(Pooling, abstract=True):
    """The way back of a pooling: a gradient for each element of the input."""

    internal = True
    inputs = ("dy", Port("like", shape_only=True))
    cases: ClassVar[tuple[Case, ...]] = POOLED_BACK

    def infer(self, *inputs: Spec) -> Spec:
        dy, like = inputs
        return dy.with_shape(like.shape)


class SumPool(Pooling):
    """The sum of each window, channel by channel. The margins of padding are zero."""

    formula = "y[p, c] = sum over k of x[p · stride + k, c]"
    advice = "AveragePool divides it by the number of elements."
    cases = POOLED

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,) = operands(call)
        return (SumPoolGradient(**self.settings())(dy, x),)


class SumPoolGradient(PoolingBack):
    """Each gradient given to all elements of its window."""

    def gradient(self, call: Call, dz: Value) -> Gradients:
        return SumPool(**self.settings())(dz), None


class AveragePool(Pooling):
    """The mean of each window, channel by channel."""

    formula = "y[p, c] = mean over k of x[p · stride + k, c]"
    advice = "Smoother than MaxPool, which keeps the strongest answer only."
    count_margins: bool = attribute(
        default=False, help="Whether the zeros of the margins count as elements of a window."
    )
    cases = (
        *POOLED,
        Case([(1, 5, 5, 1)], {"window": [3], "strides": [2], "padding": "same", "count_margins": True}),
        Case(
            [(1, 6, 7, 1)],
            {"window": [3], "strides": [2], "pads": [1], "ceil_mode": True, "count_margins": True},
        ),
    )

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,) = operands(call)
        return (AveragePoolGradient(**self.settings())(dy, x),)


class AveragePoolGradient(PoolingBack):
    """Each gradient divided equally among the elements of its window."""

    count_margins: bool = attribute(default=False, help="Whether the zeros of the margins count.")
    cases = (
        *POOLED_BACK,
        Case(
            [(1, 3, 3, 1), (1, 5, 5, 1)], {"window": [3], "strides": [2], "pads": [1], "count_margins": True}
        ),
    )

    def gradient(self, call: Call, dz: Value) -> Gradients:
        return AveragePool(**self.settings())(dz), None
