"""Pooling layers: something smaller out of the strongest or the mean answers in each window."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.blocks.convolutional import channels_of
from engine.op import Block, Case, attribute
from engine.ops.max_pooling import MaxPool
from engine.ops.pooling import AveragePool
from engine.ops.windowing import LARGEST, PADDINGS
from engine.value import BlockBuilder, Value

_SIGNAL = (Case([(2, 6, 3)]), Case([(1, 5, 2)], {"pool_size": [3], "strides": [2], "padding": "same"}))
_IMAGE = (
    Case([(2, 4, 6, 3)]),
    Case([(1, 5, 5, 2)], {"pool_size": [3, 2], "strides": [2, 1], "padding": "same"}),
    Case([(0, 4, 4, 2)]),
)
_VOLUME = (
    Case([(1, 2, 4, 2, 2)]),
    Case([(1, 3, 3, 3, 1)], {"strides": [2, 1, 1], "padding": "same"}),
)


class _Pooling(Block, abstract=True):
    """What pooling layers share."""

    category = "Layers"
    rank: ClassVar[int] = 2
    pool_size: tuple[int, ...] = attribute(
        default=(2,), low=1, high=LARGEST, help="How wide the window is, by axis. One number is for all."
    )
    strides: tuple[int, ...] = attribute(
        default=(),
        low=1,
        high=LARGEST,
        help="How far the window moves, by axis. One number is for all; empty: as far as it is wide.",
    )
    padding: str = attribute(
        default="valid",
        choices=PADDINGS,
        help="Valid: no window leaves the input. Same: windows at the border may, so that none is lost.",
    )

    def settings_of_op(self, **more: Any) -> dict[str, Any]:
        """What the primitive below takes."""
        return {"window": self.pool_size, "strides": self.strides, "padding": self.padding, **more}


class _MaxPooling(_Pooling, abstract=True):
    """What layers share that keep the strongest answer."""

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels_of(x.spec, self.rank)
        return MaxPool(**self.settings_of_op())(x)


class _AveragePooling(_Pooling, abstract=True):
    """What layers share that take the mean."""

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels_of(x.spec, self.rank)
        return AveragePool(**self.settings_of_op())(x)


class MaxPooling1D(_MaxPooling):
    """Keep the strongest answer of each window of a signal, channel by channel."""

    rank = 1
    formula = "batch x 8 x 16  ->  batch x 4 x 16"
    advice = "Place it behind a Conv1D: whether a pattern is there matters more than when exactly."
    cases = _SIGNAL


class MaxPooling2D(_MaxPooling):
    """Keep the strongest answer of each window, channel by channel."""

    formula = "batch x 8 x 8 x 16  ->  batch x 4 x 4 x 16"
    advice = "Place it behind a Conv2D: whether a pattern is there matters more than where exactly."
    cases = _IMAGE


class MaxPooling3D(_MaxPooling):
    """Keep the strongest answer of each window of a volume, channel by channel."""

    rank = 3
    formula = "batch x 8 x 8 x 8 x 16  ->  batch x 4 x 4 x 4 x 16"
    advice = "Place it behind a Conv3D; a pool_size of 1, 2, 2 keeps the first axis as it is."
    cases = _VOLUME


class AveragePooling1D(_AveragePooling):
    """Take the mean of each window of a signal, channel by channel; what lies outside does not count."""

    rank = 1
    formula = "batch x 8 x 16  ->  batch x 4 x 16"
    advice = "Smoother than MaxPooling1D; a simple way to make signals shorter."
    cases = _SIGNAL


class AveragePooling2D(_AveragePooling):
    """Take the mean of each window, channel by channel; what lies outside the image does not count."""

    formula = "batch x 8 x 8 x 16  ->  batch x 4 x 4 x 16"
    advice = "Smoother than MaxPooling2D; a simple way to make images smaller."
    cases = _IMAGE


class AveragePooling3D(_AveragePooling):
    """Take the mean of each window of a volume, channel by channel; what lies outside does not count."""

    rank = 3
    formula = "batch x 8 x 8 x 8 x 16  ->  batch x 4 x 4 x 4 x 16"
    advice = "Smoother than MaxPooling3D; a simple way to make volumes smaller."
    cases = _VOLUME
