"""Layers that move images by chance while training, so that a network does not learn where things lie."""

from __future__ import annotations

import math
from typing import ClassVar

from engine.blocks.convolutional import channels_of
from engine.blocks.sampling import GridSample
from engine.errors import SpecError
from engine.op import Block, Case, attribute
from engine.ops.conversion import OnesLike, ZerosLike
from engine.ops.cutting import Slice
from engine.ops.elementwise import Cos, Sin
from engine.ops.joining import Concat
from engine.ops.ordering import Reverse
from engine.ops.random import RandomUniform
from engine.ops.sampling import AffineGrid
from engine.ops.selection import Where
from engine.ops.shaping import Reshape
from engine.spec import shape_text
from engine.value import BlockBuilder, Value

FILLS = {"zeros": "zeros", "nearest": "border", "reflect": "reflection"}
_CASES = (Case([(3, 4, 5, 2)]), Case([(2, 3, 3, 1)], {"fill": "nearest", "interpolation": "nearest"}))


def sizes_of(x: Value) -> tuple[int, int]:
    """Height and width of images; raises SpecError where they are not known."""
    channels_of(x.spec, 2)
    height, width = (x.spec.shape or ())[1:3]
    if not isinstance(height, int) or not isinstance(width, int):
        raise SpecError(
            f"x is {shape_text(x.spec.shape)}; expected images of known height and width.",
            hint="Give the placeholder numbers for them, or insert Resizing.",
        )
    return height, width


def one_pixel(x: Value) -> Value:
    """The first element of each image, batch x 1 x 1 x 1: a shape for what is drawn once for each image."""
    return Slice(begin=(0, 0, 0, 0), size=(-1, 1, 1, 1))(x, name="one_pixel")


class RandomFlip(Block):
    """While training, mirror each image with a chance of one half. While predicting, pass everything on."""

    category = "Layers"
    formula = "training: y = x, or x mirrored;  predicting: y = x"
    advice = "Left and right can be exchanged in most photographs; in letters and digits they cannot."
    mode: str = attribute(
        default="horizontal",
        choices=("horizontal", "vertical", "both"),
        help="Horizontal exchanges left and right, vertical top and bottom.",
    )
    cases = (
        Case([(3, 2, 3, 2)]),
        Case([(3, 2, 3, 1)], {"mode": "both"}),
        Case([(0, 2, 2, 1)], {"mode": "vertical"}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        sizes_of(x)
        if not b.training:
            return x
        axes = {"horizontal": (2,), "vertical": (1,), "both": (1, 2)}[self.mode]
        for axis in axes:
            coin = RandomUniform()(one_pixel(x)) < 0.5
            x = Where()(coin, Reverse(axes=(axis,))(x), x)
        return x


class _Moved(Block, abstract=True):
    """What layers share that move the pixels of each image by a matrix of its own."""

    category = "Layers"
    interpolation: str = attribute(
        default="linear", choices=("nearest", "linear"), help="How values between pixels are made."
    )
    fill: str = attribute(
        default="reflect",
        choices=tuple(FILLS),
        help="What lies outside: zeros, the nearest pixel, or the image mirrored.",
    )
    cases: ClassVar[tuple[Case, ...]] = _CASES

    def theta(self, b: BlockBuilder, like: Value, height: int, width: int) -> list[Value]:
        """The six numbers of the matrix for each image, each batch x 1 as `like` is."""
        raise NotImplementedError

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        height, width = sizes_of(x)
        if not b.training:
            return x
        numbers = self.theta(b, Reshape(shape=(-1, 1))(one_pixel(x)), height, width)
        theta = Reshape(shape=(-1, 2, 3))(Concat(axis=1)(*numbers), name="theta")
        grid = AffineGrid(sizes=(height, width))(theta)
        return GridSample(interpolation=self.interpolation, padding=FILLS[self.fill])(x, grid)


class RandomRotation(_Moved):
    """While training, turn each image around its middle by an angle of its own."""

    formula = "training: y = x turned by at most factor of a full turn;  predicting: y = x"
    advice = "A factor of 0.05 is 18 degrees to either side."
    factor: float = attribute(
        default=0.05, low=0.0, high=1.0, help="The largest angle to either side, as a part of a full turn."
    )

    def theta(self, b: BlockBuilder, like: Value, height: int, width: int) -> list[Value]:
        most = self.factor * 2 * math.pi
        angle = RandomUniform(low=-most, high=most)(like, name="angle")
        zero, cosine, sine = ZerosLike()(like), Cos()(angle), Sin()(angle)
        # Both axes reach from -1 to 1, however long they are.
        return [cosine, sine * (-height / width), zero, sine * (width / height), cosine, zero]


class RandomTranslation(_Moved):
    """While training, move each image up or down, and left or right, by distances of its own."""

    formula = "training: y = x moved by at most factor of its height and width;  predicting: y = x"
    advice = "A factor of 0.1 is 3 pixels of an image of 28 x 28."
    height_factor: float = attribute(
        default=0.1, low=0.0, high=1.0, help="The largest way up or down, as a part of the height."
    )
    width_factor: float = attribute(
        default=0.1, low=0.0, high=1.0, help="The largest way to the left or right, as a part of the width."
    )

    def theta(self, b: BlockBuilder, like: Value, height: int, width: int) -> list[Value]:
        zero, one = ZerosLike()(like), OnesLike()(like)
        across, down = 2 * self.width_factor, 2 * self.height_factor
        right = RandomUniform(low=-across, high=across)(like, name="right")
        return [one, zero, right, zero, one, RandomUniform(low=-down, high=down)(like, name="down")]


class RandomShear(_Moved):
    """While training, slant each image to the side, and up or down, by amounts of its own."""

    formula = (
        "training: y = x, whose rows and columns are moved the further, the further they lie from the middle"
    )
    advice = "A factor of 0.2 slants an upright line by a fifth of its height."
    width_factor: float = attribute(
        default=0.2, low=0.0, high=1.0, help="How far rows move at most, as a part of their distance."
    )
    height_factor: float = attribute(
        default=0.0, low=0.0, high=1.0, help="How far columns move at most, as a part of their distance."
    )

    def theta(self, b: BlockBuilder, like: Value, height: int, width: int) -> list[Value]:
        zero, one = ZerosLike()(like), OnesLike()(like)
        # Both axes reach from -1 to 1, however long they are.
        across, down = self.width_factor * height / width, self.height_factor * width / height
        right = RandomUniform(low=-across, high=across)(like, name="right")
        return [one, right, zero, RandomUniform(low=-down, high=down)(like, name="down"), one, zero]


class RandomZoom(_Moved):
    """While training, make each image larger or smaller around its middle, by a factor of its own."""

    formula = "training: y = x, 1 - factor to 1 + factor times as small;  predicting: y = x"
    advice = "Together with RandomTranslation it teaches that things may be near or far."
    factor: float = attribute(
        default=0.2, low=0.0, high=0.99, help="By which part of its size an image grows or shrinks at most."
    )

    def theta(self, b: BlockBuilder, like: Value, height: int, width: int) -> list[Value]:
        zero = ZerosLike()(like)
        zoom = RandomUniform(low=1 - self.factor, high=1 + self.factor)(like, name="zoom")
        return [zoom, zero, zero, zero, zoom, zero]
