"""Blocks that exchange places of an image for channels, and channels for places."""

from __future__ import annotations

from engine.blocks.convolutional import AXES
from engine.case import Case, Sample
from engine.errors import SpecError
from engine.op import Block, attribute
from engine.ops.shaping import Reshape, Transpose
from engine.spec import shape_text
from engine.value import BlockBuilder, Value

ORDERS = ("places_first", "channels_first")
_WHOLE = Sample((1, 2, 4, 8), "int64", -9, 9)


class _Rearranging(Block, abstract=True):
    """What both directions share: how wide a block of pixels is, and in which order it becomes channels."""

    category = "Shape"
    block: int = attribute(default=2, low=1, high=1024, help="How many rows and columns a block has.")
    order: str = attribute(
        default="places_first",
        choices=ORDERS,
        help="Places_first: all channels of a block's first pixel come first, then those of the next. "
        "Channels_first: the first channel of all its pixels comes first.",
    )

    def sizes(self, x: Value) -> tuple[int, int, int]:
        """Height, width and channels; raises SpecError where they are not known."""
        shape = x.spec.shape
        if shape is None or len(shape) != 4 or not all(isinstance(size, int) for size in shape[1:]):
            raise SpecError(
                f"x is {shape_text(shape)}; expected batch x {AXES[2]} x channels, of known sizes.",
                hint="Give the placeholder numbers for them.",
            )
        height, width, channels = (int(size) for size in shape[1:])
        return height, width, channels


class DepthToSpace(_Rearranging):
    """Make blocks of pixels out of channels: the image becomes larger, and has fewer channels.

    Source: Shi et al., Real-time single image and video super-resolution using an efficient sub-pixel
    convolutional neural network, 2016.
    """

    formula = "batch x 4 x 4 x 12  ->  batch x 8 x 8 x 3"
    advice = "Behind a Conv2D with 4 times as many filters it enlarges images; also called pixel shuffle."
    cases = (
        Case([(2, 2, 3, 8)]),
        Case([(1, 2, 3, 8)], {"order": "channels_first"}),
        Case([(1, 1, 2, 9)], {"block": 3}),
        Case([(0, 2, 2, 4)]),
        Case([_WHOLE], gradient=False),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        height, width, channels = self.sizes(x)
        size, kept = self.block, channels // self.block**2
        if channels % size**2:
            raise SpecError(
                f"x is {shape_text(x.spec.shape)}; {channels} channels make no blocks of {size} x {size}.",
                hint=f"Connect a multiple of {size**2} channels, or change block.",
            )
        if self.order == "places_first":
            split = Reshape(shape=(-1, height, width, size, size, kept))(x)
            moved = Transpose(permutation=(0, 1, 3, 2, 4, 5))(split)
        else:
            split = Reshape(shape=(-1, height, width, kept, size, size))(x)
            moved = Transpose(permutation=(0, 1, 4, 2, 5, 3))(split)
        return Reshape(shape=(-1, height * size, width * size, kept))(moved)


class SpaceToDepth(_Rearranging):
    """Make channels out of blocks of pixels: the image becomes smaller, and nothing is lost."""

    formula = "batch x 8 x 8 x 3  ->  batch x 4 x 4 x 12"
    advice = "In the place of a pooling where nothing may be lost."
    cases = (
        Case([(2, 4, 6, 2)]),
        Case([(1, 4, 2, 3)], {"order": "channels_first"}),
        Case([(1, 3, 6, 1)], {"block": 3}),
        Case([(0, 2, 2, 1)]),
        Case([_WHOLE], gradient=False),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        height, width, channels = self.sizes(x)
        size = self.block
        if height % size or width % size:
            raise SpecError(
                f"x is {shape_text(x.spec.shape)}; {height} x {width} are no blocks of {size} x {size}.",
                hint="Insert ZeroPadding2D or CenterCrop, or change block.",
            )
        rows, columns = height // size, width // size
        split = Reshape(shape=(-1, rows, size, columns, size, channels))(x)
        order = (0, 1, 3, 2, 4, 5) if self.order == "places_first" else (0, 1, 3, 5, 2, 4)
        return Reshape(shape=(-1, rows, columns, channels * size**2))(Transpose(permutation=order)(split))
