"""Layers that change the colours of images by chance while training: their strength, and their hue."""

from __future__ import annotations

from engine.blocks.augmentation import one_pixel, sizes_of
from engine.errors import SpecError
from engine.families import number_like
from engine.op import Block, Case, attribute
from engine.ops.arithmetic import Minimum, Mod
from engine.ops.comparison import Equal
from engine.ops.cutting import Slice
from engine.ops.random import RandomUniform
from engine.ops.reduction import ReduceMax, ReduceMin, ReduceSum
from engine.ops.selection import Clip, Where
from engine.spec import shape_text
from engine.value import BlockBuilder, Value

_SEEN = (0.299, 0.587, 0.114)
"""How bright red, green and blue appear: ITU-R BT.601."""


class _Coloured(Block, abstract=True):
    """What they share: images of three colours, which rest while predicting."""

    category = "Layers"

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        sizes_of(x)
        if x.spec.shape is not None and x.spec.shape[-1] != 3:
            raise SpecError(
                f"x is {shape_text(x.spec.shape)}; expected three channels: red, green and blue.",
                hint="Images of one channel have no colours to change.",
            )
        return self.changed(b, x) if b.training else x

    def changed(self, b: BlockBuilder, x: Value) -> Value:
        """The images with their change."""
        raise NotImplementedError(f"{type(self).__name__} changes nothing")


class RandomGrayscale(_Coloured):
    """While training, some images lose their colours. While predicting, pass everything on."""

    formula = "training: y = brightness of x in all channels, for a part of the images"
    advice = "Where things come in all colours, a network should know them without."
    chance: float = attribute(default=0.5, low=0.0, high=1.0, help="How likely an image loses its colours.")
    cases = (Case([(3, 2, 3, 3)], low=0.0), Case([(2, 2, 2, 3)], {"chance": 1.0}), Case([(0, 2, 2, 3)]))

    def changed(self, b: BlockBuilder, x: Value) -> Value:
        return Where()(RandomUniform()(one_pixel(x), name="coin") < self.chance, _grey(b, x), x)


class RandomSaturation(_Coloured):
    """While training, make the colours of each image stronger or paler."""

    formula = "training: y = grey + (x - grey) · a number from 1 - factor to 1 + factor;  predicting: y = x"
    advice = "For photographs of different cameras."
    factor: float = attribute(default=0.5, low=0.0, high=1.0, help="How large the change is at most.")
    lowest: float = attribute(default=0.0, help="What black is; nothing becomes darker.")
    highest: float = attribute(default=1.0, help="What white is; nothing becomes brighter.")
    cases = (Case([(3, 2, 3, 3)], low=0.0), Case([(2, 2, 2, 3)], {"factor": 1.0}), Case([(0, 2, 2, 3)]))

    def changed(self, b: BlockBuilder, x: Value) -> Value:
        grey = _grey(b, x)
        strength = RandomUniform(low=1 - self.factor, high=1 + self.factor)(one_pixel(x), name="strength")
        return Clip(low=self.lowest, high=self.highest)(grey + (x - grey) * strength)


class RandomHue(_Coloured):
    """While training, turn the colours of each image around the circle of hues: red becomes orange or violet.

    The largest and the smallest of the three colours of a pixel stay what they are.

    Source: Smith, Color gamut transform pairs, 1978.
    """

    formula = (
        "training: hue of y = hue of x + a number from -factor to factor of a full turn;  predicting: y = x"
    )
    advice = "A factor of 0.05 leaves grass green. Where a colour names a thing, leave hues alone."
    factor: float = attribute(
        default=0.05, low=0.0, high=0.5, help="The largest turn to either side, as a part of the full circle."
    )
    cases = (Case([(3, 2, 3, 3)], low=0.0), Case([(2, 2, 2, 3)], {"factor": 0.5}), Case([(0, 2, 2, 3)]))

    def changed(self, b: BlockBuilder, x: Value) -> Value:
        turn = RandomUniform(low=-6 * self.factor, high=6 * self.factor)(one_pixel(x), name="turn")
        highest, lowest = (op(axes=(-1,), keep_dims=True)(x) for op in (ReduceMax, ReduceMin))
        spread = highest - lowest
        hue = _hue(x, highest, Where()(spread > 0, spread, number_like(spread, 1.0))) + turn
        # From sixth to sixth of the circle a colour stays low, rises, stays high twice, and falls.
        places = Mod()(hue + b.constant([5.0, 3.0, 1.0], x.spec.dtype), number_like(hue, 6.0))
        low = Clip(low=0.0, high=1.0)(Minimum()(places, 4.0 - places))
        return highest - spread * low


def _grey(b: BlockBuilder, x: Value) -> Value:
    """How bright each pixel is."""
    weights = b.constant(list(_SEEN), x.spec.dtype, name="weights")
    return ReduceSum(axes=(-1,), keep_dims=True)(x * weights, name="brightness")


def _hue(x: Value, highest: Value, spread: Value) -> Value:
    """Where each pixel lies on the circle of hues, in sixths of it from red on."""
    red, green, blue = (
        Slice(begin=(0, 0, 0, place), size=(-1, -1, -1, 1))(x, name=name)
        for place, name in enumerate(("red", "green", "blue"))
    )
    beside_blue = Where()(Equal()(green, highest), (blue - red) / spread + 2.0, (red - green) / spread + 4.0)
    return Where()(Equal()(red, highest), (green - blue) / spread, beside_blue)
