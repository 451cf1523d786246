"""Layers that make one number of each channel out of signals, images and volumes of any size."""

from __future__ import annotations

from typing import ClassVar

from engine.blocks.convolutional import channels_of
from engine.errors import SpecError
from engine.op import Block, Case, attribute
from engine.ops.elementwise import Abs
from engine.ops.reduction import ReduceMax, ReduceMean, ReduceSum
from engine.ops.windowing import window_rank
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


class GlobalLpPooling(Block):
    """The Lp norm of each channel over all places: from the sum of sizes, p = 1, to the largest size."""

    category = "Layers"
    formula = "y[c] = (sum over p of |x[p, c]|^power)^(1 / power)"
    advice = (
        "A power of 3 lies between GlobalAveragePooling and GlobalMaxPooling; it takes any number of axes."
    )
    power: float = attribute(default=2.0, low=1.0, high=1000.0, help="The p of the norm.")
    keep_dims: bool = attribute(default=False, help="Keep the reduced axes, with size 1.")
    cases = (
        Case([(2, 3, 4, 2)]),
        Case([(2, 5, 3)], {"power": 3.0, "keep_dims": True}),
        Case([(1, 2, 2, 2, 1)], {"power": 1.0}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        rank = window_rank(x.spec)
        if rank is None:
            raise SpecError(f"x is {x.spec}; expected a known number of axes.", hint="Insert Reshape.")
        total = ReduceSum(axes=tuple(range(1, rank + 1)), keep_dims=self.keep_dims)
        if self.power == 1.0:
            return total(Abs()(x))
        return total(Abs()(x) ** self.power) ** (1.0 / self.power)
