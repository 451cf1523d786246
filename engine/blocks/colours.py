"""Layers that change the colours of images by chance while training."""

from __future__ import annotations

from engine.blocks.augmentation import one_pixel, sizes_of
from engine.errors import SpecError
from engine.op import Block, Case, attribute
from engine.ops.random import RandomUniform
from engine.ops.reduction import ReduceSum
from engine.ops.selection import Clip, Where
from engine.spec import shape_text
from engine.value import BlockBuilder, Value

_SEEN = (0.299, 0.587, 0.114)
"""How bright red, green and blue appear: ITU-R BT.601."""


class _Coloured(Block, abstract=True):
    """What both share: images of three colours, and how bright each pixel is."""

    category = "Layers"

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        sizes_of(x)
        if x.spec.shape is not None and x.spec.shape[-1] != 3:
            raise SpecError(
                f"x is {shape_text(x.spec.shape)}; expected three channels: red, green and blue.",
                hint="Images of one channel have no colours to change.",
            )
        if not b.training:
            return x
        weights = b.constant(list(_SEEN), x.spec.dtype, name="weights")
        return self.changed(x, ReduceSum(axes=(-1,), keep_dims=True)(x * weights, name="brightness"))

    def changed(self, x: Value, grey: Value) -> Value:
        """The images with their change."""
        raise NotImplementedError(f"{type(self).__name__} changes nothing")


class RandomGrayscale(_Coloured):
    """While training, some images lose their colours. While predicting, pass everything on."""

    formula = "training: y = brightness of x in all channels, for a part of the images"
    advice = "Where things come in all colours, a network should know them without."
    chance: float = attribute(default=0.5, low=0.0, high=1.0, help="How likely an image loses its colours.")
    cases = (Case([(3, 2, 3, 3)], low=0.0), Case([(2, 2, 2, 3)], {"chance": 1.0}), Case([(0, 2, 2, 3)]))

    def changed(self, x: Value, grey: Value) -> Value:
        return Where()(RandomUniform()(one_pixel(x), name="coin") < self.chance, grey, x)


class RandomSaturation(_Coloured):
    """While training, make the colours of each image stronger or paler."""

    formula = "training: y = grey + (x - grey) · a number from 1 - factor to 1 + factor;  predicting: y = x"
    advice = "For photographs of different cameras."
    factor: float = attribute(default=0.5, low=0.0, high=1.0, help="How large the change is at most.")
    lowest: float = attribute(default=0.0, help="What black is; nothing becomes darker.")
    highest: float = attribute(default=1.0, help="What white is; nothing becomes brighter.")
    cases = (Case([(3, 2, 3, 3)], low=0.0), Case([(2, 2, 2, 3)], {"factor": 1.0}), Case([(0, 2, 2, 3)]))

    def changed(self, x: Value, grey: Value) -> Value:
        strength = RandomUniform(low=1 - self.factor, high=1 + self.factor)(one_pixel(x), name="strength")
        return Clip(low=self.lowest, high=self.highest)(grey + (x - grey) * strength)
