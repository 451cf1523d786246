"""Pooling layers: a smaller image out of the strongest or the mean answers in each window."""

from __future__ import annotations

from typing import Any

from engine.blocks.convolutional import channels_of
from engine.op import Block, Case, attribute
from engine.ops.cutting import Pad
from engine.ops.pooling import AveragePool, MaxPool
from engine.ops.reduction import ReduceMax, ReduceMean
from engine.ops.windowing import LARGEST, PADDINGS
from engine.value import BlockBuilder, Value

_CASES = (
    Case([(2, 4, 6, 3)]),
    Case([(1, 5, 5, 2)], {"pool_size": [3, 2], "strides": [2, 1], "padding": "same"}),
    Case([(0, 4, 4, 2)]),
)
_WHOLE = (Case([(2, 3, 4, 2)]), Case([(1, 1, 1, 1)]))


class _Pooling2D(Block, abstract=True):
    """What pooling layers share."""

    category = "Layers"
    pool_size: tuple[int, ...] = attribute(
        default=(2,), low=1, high=LARGEST, help="How wide the window is, by axis. One number is for both."
    )
    strides: tuple[int, ...] = attribute(
        default=(),
        low=1,
        high=LARGEST,
        help="How far the window moves, by axis. One number is for both; empty: as far as it is wide.",
    )
    padding: str = attribute(
        default="valid",
        choices=PADDINGS,
        help="Valid: no window leaves the image. Same: windows at the border may, so that none is lost.",
    )
    cases = _CASES

    def settings_of_op(self) -> dict[str, Any]:
        """What the primitive below takes."""
        return {"window": self.pool_size, "strides": self.strides, "padding": self.padding}


class MaxPooling2D(_Pooling2D):
    """Keep the strongest answer of each window, channel by channel."""

    formula = "batch x 8 x 8 x 16  ->  batch x 4 x 4 x 16"
    advice = "Place it behind a Conv2D: whether a pattern is there matters more than where exactly."

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels_of(x.spec, 2)
        return MaxPool(**self.settings_of_op())(x)


class AveragePooling2D(_Pooling2D):
    """Take the mean of each window, channel by channel; what lies outside the image does not count."""

    formula = "batch x 8 x 8 x 16  ->  batch x 4 x 4 x 16"
    advice = "Smoother than MaxPooling2D; a simple way to make images smaller."

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels_of(x.spec, 2)
        return AveragePool(**self.settings_of_op())(x)


class GlobalAveragePooling2D(Block):
    """Take the mean of each channel over the whole image."""

    category = "Layers"
    formula = "batch x 8 x 8 x 16  ->  batch x 16"
    advice = "In the place of Flatten it keeps the layer behind it small, and takes images of any size."
    cases = _WHOLE

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels_of(x.spec, 2)
        return ReduceMean(axes=(1, 2))(x)


class GlobalMaxPooling2D(Block):
    """Keep the strongest answer of each channel in the whole image."""

    category = "Layers"
    formula = "batch x 8 x 8 x 16  ->  batch x 16"
    advice = "Says whether a pattern is anywhere in the image, and forgets where."
    cases = _WHOLE

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels_of(x.spec, 2)
        return ReduceMax(axes=(1, 2))(x)


class ZeroPadding2D(Block):
    """Put a margin of zeros around images."""

    category = "Layers"
    formula = "batch x 8 x 8 x 3  ->  batch x 10 x 10 x 3"
    advice = "For margins of one's own; padding same of a Conv2D chooses them by itself."
    top: int = attribute(default=1, low=0, high=LARGEST, help="How many rows are added above.")
    bottom: int = attribute(default=1, low=0, high=LARGEST, help="How many rows are added below.")
    left: int = attribute(default=1, low=0, high=LARGEST, help="How many columns are added on the left.")
    right: int = attribute(default=1, low=0, high=LARGEST, help="How many columns are added on the right.")
    cases = (Case([(2, 3, 3, 2)]), Case([(1, 2, 3, 1)], {"top": 0, "left": 2}), Case([(0, 2, 2, 1)]))

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels_of(x.spec, 2)
        return Pad(before=(0, self.top, self.left), after=(0, self.bottom, self.right))(x)
