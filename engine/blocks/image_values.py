"""Layers that change how bright and how contrasty images are, always or by chance while training."""

from __future__ import annotations

from engine.blocks.augmentation import one_pixel, sizes_of
from engine.errors import SpecError
from engine.op import Block, Case, attribute
from engine.ops.random import RandomUniform
from engine.ops.reduction import ReduceMean
from engine.ops.selection import Clip
from engine.value import BlockBuilder, Value


class Rescaling(Block):
    """Multiply all numbers by a scale, and add an offset: bytes become numbers between 0 and 1."""

    category = "Layers"
    formula = "y = x · scale + offset"
    advice = "A scale of 1 / 127.5 with an offset of -1 makes bytes to numbers between -1 and 1."
    scale: float = attribute(default=1 / 255, help="What each number is multiplied by.")
    offset: float = attribute(default=0.0, help="What is added afterwards.")
    cases = (Case([(2, 3)]), Case([(2, 3, 3, 1)], {"scale": 2.0, "offset": -1.0}), Case([(0, 2)]))

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        if not x.spec.is_float:
            raise SpecError(f"x is {x.spec}; expected a float dtype.", hint="Insert Cast to float32.")
        return x * self.scale + self.offset


class _Light(Block, abstract=True):
    """What RandomBrightness and RandomContrast share: the limits of a pixel."""

    category = "Layers"
    factor: float = attribute(default=0.2, low=0.0, high=1.0, help="How large the change is at most.")
    lowest: float = attribute(default=0.0, help="What black is; nothing becomes darker.")
    highest: float = attribute(default=1.0, help="What white is; nothing becomes brighter.")
    cases = (
        Case([(3, 2, 3, 2)], low=0.0),
        Case([(2, 2, 2, 1)], {"factor": 0.5, "highest": 255.0}, low=0.0, high=255.0),
    )

    def changed(self, b: BlockBuilder, x: Value) -> Value:
        """The images with their change, before it is limited."""
        raise NotImplementedError

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        sizes_of(x)
        if not b.training:
            return x
        return Clip(low=self.lowest, high=self.highest)(self.changed(b, x))


class RandomBrightness(_Light):
    """While training, make each image brighter or darker. While predicting, pass everything on."""

    formula = "training: y = x + a number from -factor to factor of (highest - lowest);  predicting: y = x"
    advice = "For photographs that are taken in all sorts of light."

    def changed(self, b: BlockBuilder, x: Value) -> Value:
        most = self.factor * abs(self.highest - self.lowest)
        return x + RandomUniform(low=-most, high=most)(one_pixel(x), name="brighter")


class RandomContrast(_Light):
    """While training, move the pixels of each image away from their mean, or nearer to it."""

    formula = "training: y = (x - mean) · a number from 1 - factor to 1 + factor + mean;  predicting: y = x"
    advice = "For photographs that are taken in fog and in sunshine."

    def changed(self, b: BlockBuilder, x: Value) -> Value:
        mean = ReduceMean(axes=(1, 2), keep_dims=True)(x, name="mean")
        contrast = RandomUniform(low=1 - self.factor, high=1 + self.factor)(one_pixel(x), name="contrast")
        return (x - mean) * contrast + mean
