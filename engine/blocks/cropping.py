"""Layers that keep a part of given sizes of each image: its middle, or a part by chance."""

from __future__ import annotations

from engine.blocks.augmentation import one_pixel, sizes_of
from engine.blocks.convolutional import channels_of
from engine.op import Block, Case, attribute
from engine.ops.conversion import Cast
from engine.ops.cutting import Slice
from engine.ops.elementwise import Floor
from engine.ops.random import RandomUniform
from engine.ops.resize import Resize
from engine.ops.sampling import GatherRows
from engine.ops.selection import Clip
from engine.ops.shaping import Reshape
from engine.ops.windowing import LARGEST
from engine.value import BlockBuilder, Value

_CASES = (
    Case([(3, 5, 6, 2)], {"height": 3, "width": 4}),
    Case([(2, 4, 3, 1)], {"height": 4, "width": 3}),
    Case([(2, 3, 4, 1)], {"height": 6, "width": 4}),
    Case([(0, 4, 4, 1)], {"height": 2, "width": 2}),
)


class _Part(Block, abstract=True):
    """What CenterCrop and RandomCrop share: the sizes of the part."""

    category = "Layers"
    height: int = attribute(default=24, low=1, high=LARGEST, help="How many rows the part has.")
    width: int = attribute(default=24, low=1, high=LARGEST, help="How many columns the part has.")
    cases = _CASES

    def covering(self, x: Value) -> Value:
        """The images, enlarged without being stretched where the part would not fit into them."""
        height, width = sizes_of(x)
        if height >= self.height and width >= self.width:
            return x
        return Resize(sizes=(self.height, self.width), aspect="not_smaller")(x, name="enlarged")

    def middle(self, x: Value) -> Value:
        """The part in the middle."""
        height, width = sizes_of(x)
        begin = (0, (height - self.height) // 2, (width - self.width) // 2)
        return Slice(begin=begin, size=(-1, self.height, self.width))(x, name="middle")


class CenterCrop(_Part):
    """Keep the middle of each image. Images that are too small are enlarged first."""

    formula = "batch x 32 x 32 x 3  ->  batch x height x width x 3"
    advice = "For photographs whose subject is in the middle, and for predicting behind a RandomCrop."

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        return self.middle(self.covering(x))


class RandomCrop(_Part):
    """While training, keep a part of each image that is chosen by chance; while predicting, its middle.

    Images that are too small are enlarged first.
    """

    formula = "batch x 32 x 32 x 3  ->  batch x height x width x 3"
    advice = "Choose a part a little smaller than the image: 28 x 28 of 32 x 32."

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        x = self.covering(x)
        if not b.training:
            return self.middle(x)
        height, width = sizes_of(x)
        row, column = (
            self._begin(x, height - self.height, "row"),
            self._begin(x, width - self.width, "column"),
        )
        corner = row * width + column
        part = b.constant([[i * width + j for j in range(self.width)] for i in range(self.height)])
        pixels = Reshape(shape=(-1, height * width, channels_of(x.spec, 2)))(x)
        return GatherRows()(pixels, corner + part, name="part")

    def _begin(self, x: Value, room: int, name: str) -> Value:
        """Where the part of each image begins along one axis: a whole number from 0 to `room`."""
        like = Reshape(shape=(-1, 1, 1))(one_pixel(x))
        chance = Floor()(RandomUniform(high=float(room + 1))(like))
        return Cast(dtype="int64")(Clip(low=0.0, high=float(room))(chance), name=name)
