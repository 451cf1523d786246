"""Layers that blur images by chance, and that stretch their contrast to all there is."""

from __future__ import annotations

from engine.blocks.augmentation import one_pixel, sizes_of
from engine.errors import SpecError
from engine.families import number_like
from engine.op import Block, Case, attribute
from engine.ops.cutting import Slice
from engine.ops.elementwise import Exp, Reciprocal, Square
from engine.ops.padding import Pad
from engine.ops.random import RandomUniform
from engine.ops.reduction import ReduceMax, ReduceMin
from engine.ops.selection import Where
from engine.value import BlockBuilder, Value


class RandomGaussianBlur(Block):
    """While training, blur each image by an amount of its own. While predicting, pass everything on.

    Each pixel becomes a mean of those around it, whose weights fall off like a normal distribution.
    """

    category = "Layers"
    formula = "training: y = x blurred with a deviation between smallest and largest;  predicting: y = x"
    advice = "For photographs that are not always sharp."
    window: int = attribute(
        default=5, low=1, high=63, help="How many rows and columns of pixels count: an odd number."
    )
    smallest: float = attribute(default=0.1, low=0.01, high=1e3, help="The least deviation, in pixels.")
    largest: float = attribute(default=1.5, low=0.01, high=1e3, help="The greatest deviation, in pixels.")
    cases = (
        Case([(2, 4, 5, 2)]),
        Case([(1, 2, 2, 1)], {"window": 3, "smallest": 1.0, "largest": 1.0}),
        Case([(0, 3, 3, 1)], {"window": 3}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        sizes = sizes_of(x)
        if self.window % 2 == 0:
            raise SpecError(f"window is {self.window}; expected an odd number.", hint="Set it to 3, 5 or 7.")
        if self.smallest > self.largest:
            raise SpecError(
                f"smallest is {self.smallest:g}, above largest, which is {self.largest:g}.",
                hint="Exchange them.",
            )
        if not b.training:
            return x
        deviation = RandomUniform(low=self.smallest, high=self.largest)(one_pixel(x), name="deviation")
        falloff = Reciprocal()(Square()(deviation)) * -0.5
        for axis, size in zip((1, 2), sizes, strict=True):
            x = self._along(x, axis, size, falloff)
        return x

    def _along(self, x: Value, axis: int, size: int, falloff: Value) -> Value:
        """Blurred along one axis; beyond the edge the last pixels go on."""
        far = self.window // 2
        wide = Pad(before=(far,), after=(far,), axes=(axis,), mode="edge")(x)
        weights = [Exp()(falloff * float((place - far) ** 2)) for place in range(self.window)]
        parts = [
            Slice(begin=(0,) * axis + (place,), size=(-1,) * axis + (size,))(wide) * weight
            for place, weight in enumerate(weights)
        ]
        return sum(parts[1:], parts[0]) / sum(weights[1:], weights[0])


class AutoContrast(Block):
    """Stretch each channel of each image, so that its darkest pixel is black and its brightest is white.

    A channel that is the same everywhere stays as it is.
    """

    category = "Layers"
    formula = "y = lowest + (x - min) / (max - min) · (highest - lowest), for each channel of each image"
    advice = "Always on, also while predicting: it takes away how dark a photograph is."
    lowest: float = attribute(default=0.0, help="What black is.")
    highest: float = attribute(default=1.0, help="What white is.")
    cases = (
        Case([(2, 3, 4, 2)]),
        Case([(1, 2, 2, 1)], {"highest": 255.0}),
        Case([(1, 1, 1, 2)], gradient=False),
        Case([(0, 2, 2, 1)]),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        sizes_of(x)
        darkest, brightest = (op(axes=(1, 2), keep_dims=True)(x) for op in (ReduceMin, ReduceMax))
        spread = brightest - darkest
        flat = spread <= 0
        safe = Where()(flat, number_like(spread, 1.0), spread)
        return Where()(flat, x, (x - darkest) / safe * (self.highest - self.lowest) + self.lowest)
