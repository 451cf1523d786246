"""Layers that drop whole channels while training, because neighbouring elements say much the same."""

from __future__ import annotations

from typing import ClassVar

from engine.blocks.convolutional import channels_of
from engine.op import Block, Case, attribute
from engine.ops.conversion import Cast
from engine.ops.cutting import Slice
from engine.ops.random import RandomUniform
from engine.value import BlockBuilder, Value


class _SpatialDropout(Block, abstract=True):
    """What SpatialDropout1D, SpatialDropout2D and SpatialDropout3D share."""

    category = "Layers"
    rank: ClassVar[int] = 2
    formula = "training: y = x · mask of its channel / (1 - rate);  predicting: y = x"
    rate: float = attribute(
        default=0.5, low=0.0, high=0.99, help="The part of the channels that is dropped in each example."
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels_of(x.spec, self.rank)
        if not b.training or self.rate == 0.0:
            return x
        one_place = Slice(begin=(0,) * (self.rank + 1), size=(-1, *[1] * self.rank))(x, name="one_place")
        mask = Cast(dtype=x.spec.dtype)(RandomUniform()(one_place) >= self.rate, name="mask")
        return x * (mask * (1.0 / (1.0 - self.rate)))


class SpatialDropout1D(_SpatialDropout):
    """While training, set some channels of each signal to zero, and enlarge the others to make up for it."""

    rank = 1
    advice = "In the place of Dropout behind a Conv1D or an Embedding."
    cases = (Case([(4, 3, 5)], {"rate": 0.25}), Case([(2, 3, 2)], {"rate": 0.0}), Case([(0, 3, 2)]))


class SpatialDropout2D(_SpatialDropout):
    """While training, set some channels of each image to zero, and enlarge the others to make up for it.

    Source: Tompson et al., Efficient object localization using convolutional networks, 2015.
    """

    advice = "In the place of Dropout behind a Conv2D."
    cases = (Case([(4, 2, 3, 5)], {"rate": 0.25}), Case([(2, 2, 2, 3)], {"rate": 0.0}))


class SpatialDropout3D(_SpatialDropout):
    """While training, set some channels of each volume to zero, and enlarge the others to make up for it."""

    rank = 3
    advice = "In the place of Dropout behind a Conv3D."
    cases = (Case([(3, 2, 2, 2, 4)], {"rate": 0.25}), Case([(1, 2, 2, 2, 3)], {"rate": 0.0}))
