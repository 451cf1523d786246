"""Layers that make one number of each channel out of signals, images and volumes of any size."""

from __future__ import annotations

from typing import ClassVar

from engine.blocks.convolutional import channels_of
from engine.op import Block, Case, attribute
from engine.ops.reduction import ReduceMax, ReduceMean
from engine.value import BlockBuilder, Value

_SIGNAL = (Case([(2, 5, 2)]), Case([(1, 1, 1)]))
_IMAGE = (Case([(2, 3, 4, 2)]), Case([(1, 1, 1, 1)]))
_VOLUME = (Case([(2, 3, 2, 2, 2)]), Case([(1, 1, 1, 1, 1)]))


class _Global(Block, abstract=True):
    """What layers share that reduce all places to one."""

    category = "Layers"
    rank: ClassVar[int] = 2
    reduction: ClassVar[type[ReduceMax | ReduceMean]] = ReduceMean
    keep_dims: bool = attribute(default=False, help="Keep the reduced axes, with size 1.")

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels_of(x.spec, self.rank)
        return self.reduction(axes=tuple(range(1, self.rank + 1)), keep_dims=self.keep_dims)(x)


class GlobalAveragePooling1D(_Global):
    """Take the mean of each channel over the whole signal."""

    rank = 1
    formula = "batch x 8 x 16  ->  batch x 16"
    advice = "Makes one vector out of a sequence of any length, for instance of embedded words."
    cases = _SIGNAL


class GlobalAveragePooling2D(_Global):
    """Take the mean of each channel over the whole image."""

    formula = "batch x 8 x 8 x 16  ->  batch x 16"
    advice = "In the place of Flatten it keeps the layer behind it small, and takes images of any size."
    cases = _IMAGE


class GlobalAveragePooling3D(_Global):
    """Take the mean of each channel over the whole volume."""

    rank = 3
    formula = "batch x 8 x 8 x 8 x 16  ->  batch x 16"
    advice = "In the place of Flatten it keeps the layer behind it small, and takes volumes of any size."
    cases = _VOLUME


class GlobalMaxPooling1D(_Global):
    """Keep the strongest answer of each channel in the whole signal."""

    rank = 1
    reduction = ReduceMax
    formula = "batch x 8 x 16  ->  batch x 16"
    advice = "Says whether a pattern is anywhere in the signal, and forgets when."
    cases = _SIGNAL


class GlobalMaxPooling2D(_Global):
    """Keep the strongest answer of each channel in the whole image."""

    reduction = ReduceMax
    formula = "batch x 8 x 8 x 16  ->  batch x 16"
    advice = "Says whether a pattern is anywhere in the image, and forgets where."
    cases = _IMAGE


class GlobalMaxPooling3D(_Global):
    """Keep the strongest answer of each channel in the whole volume."""

    rank = 3
    reduction = ReduceMax
    formula = "batch x 8 x 8 x 8 x 16  ->  batch x 16"
    advice = "Says whether a pattern is anywhere in the volume, and forgets where."
    cases = _VOLUME
