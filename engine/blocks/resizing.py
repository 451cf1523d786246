"""Layers that make signals, images and volumes larger, or images of one size."""

from __future__ import annotations

from typing import ClassVar

from engine.blocks.convolutional import channels_of
from engine.errors import SpecError
from engine.op import Block, Case, attribute
from engine.ops.resize import INTERPOLATIONS, Resize
from engine.ops.windowing import LARGEST
from engine.value import BlockBuilder, Value


class _UpSampling(Block, abstract=True):
    """What UpSampling1D, UpSampling2D and UpSampling3D share."""

    category = "Layers"
    rank: ClassVar[int] = 2
    size: tuple[int, ...] = attribute(
        default=(2,), low=1, high=64, help="How many times as large, by axis. One number is for all."
    )
    interpolation: str = attribute(
        default="nearest",
        choices=("nearest", "linear", "cubic"),
        help="Nearest repeats elements; linear and cubic draw lines and smooth curves through them.",
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels_of(x.spec, self.rank)
        if len(self.size) not in (1, self.rank):
            raise SpecError(
                f"size has {len(self.size)} numbers, and there are {self.rank} axes.",
                hint=f"Give size one number, or {self.rank}.",
            )
        scales = tuple(float(size) for size in self.size)
        return Resize(scales=scales, interpolation=self.interpolation)(x)


class UpSampling1D(_UpSampling):
    """Lengthen signals: each step is repeated."""

    rank = 1
    formula = "batch x 8 x 16  ->  batch x 16 x 16"
    advice = "Before a Conv1D, in the place of a Conv1DTranspose."
    cases = (Case([(2, 3, 2)]), Case([(1, 4, 1)], {"size": [3], "interpolation": "linear"}))


class UpSampling2D(_UpSampling):
    """Enlarge images: each pixel is repeated, or smoothly blended with its neighbours."""

    formula = "batch x 8 x 8 x 16  ->  batch x 16 x 16 x 16"
    advice = "Before a Conv2D, in the place of a Conv2DTranspose: it leaves no chequered pattern."
    cases = (
        Case([(2, 3, 2, 2)]),
        Case([(1, 2, 3, 1)], {"size": [1, 3], "interpolation": "cubic"}),
        Case([(0, 2, 2, 1)]),
    )


class UpSampling3D(_UpSampling):
    """Enlarge volumes: each element is repeated."""

    rank = 3
    formula = "batch x 8 x 8 x 8 x 16  ->  batch x 16 x 16 x 16 x 16"
    advice = "Memory grows with the third power of the size."
    cases = (Case([(1, 2, 2, 2, 1)]), Case([(1, 2, 1, 2, 2)], {"size": [2, 1, 1], "interpolation": "linear"}))


class Resizing(Block):
    """Give all images one height and one width."""

    category = "Layers"
    formula = "batch x 480 x 640 x 3  ->  batch x height x width x 3"
    advice = "Before a network that was trained with images of that size."
    height: int = attribute(default=64, low=1, high=LARGEST, help="How many rows the result has.")
    width: int = attribute(default=64, low=1, high=LARGEST, help="How many columns the result has.")
    interpolation: str = attribute(
        default="linear",
        choices=INTERPOLATIONS,
        help="Nearest repeats pixels, linear and cubic draw lines and smooth curves through them, area takes "
        "the mean of what a new pixel covers.",
    )
    antialias: bool = attribute(
        default=False, help="Whether a smaller image takes all pixels into account, against false patterns."
    )
    cases = (
        Case([(2, 3, 4, 2)], {"height": 2, "width": 6}),
        Case([(1, 6, 5, 1)], {"height": 3, "width": 2, "antialias": True, "interpolation": "cubic"}),
        Case([(0, 2, 2, 1)], {"height": 3, "width": 3}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels_of(x.spec, 2)
        sizes = (self.height, self.width)
        return Resize(sizes=sizes, interpolation=self.interpolation, antialias=self.antialias)(x)
