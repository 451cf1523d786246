"""Layers that put a margin of zeros around signals, images and volumes, or cut one off."""

from __future__ import annotations

from typing import ClassVar

from engine.blocks.convolutional import channels_of
from engine.errors import SpecError
from engine.op import Block, Case, attribute
from engine.ops.cutting import Slice
from engine.ops.padding import Pad
from engine.ops.windowing import LARGEST
from engine.spec import shape_text
from engine.value import BlockBuilder, Value


class _Margins(Block, abstract=True):
    """What these layers share: a width in front of and behind each axis between batch and channels."""

    category = "Layers"
    sides: ClassVar[tuple[tuple[str, str], ...]] = ()
    """For each axis the attributes that say how much in front, and how much behind."""

    def widths(self, x: Value) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """How much in front and behind, by axis; raises SpecError where x has other axes."""
        channels_of(x.spec, len(self.sides))
        pairs = [(getattr(self, front), getattr(self, behind)) for front, behind in self.sides]
        return tuple(front for front, _ in pairs), tuple(behind for _, behind in pairs)


class _ZeroPadding(_Margins, abstract=True):
    """What layers share that put zeros around."""

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        front, behind = self.widths(x)
        return Pad(before=(0, *front), after=(0, *behind))(x)


class _Cropping(_Margins, abstract=True):
    """What layers share that cut a margin off."""

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        front, behind = self.widths(x)
        shape = x.spec.shape or ()
        kept = []
        for axis, (size, before, after) in enumerate(zip(shape[1:-1], front, behind, strict=True), start=1):
            if not isinstance(size, int) or size < before + after:
                raise SpecError(
                    f"x is {shape_text(shape)}; {before + after} elements cannot be cut off its axis {axis}.",
                    hint="Cut off less, or connect a larger input of known size.",
                )
            kept.append(size - before - after)
        return Slice(begin=(0, *front), size=(-1, *kept))(x)


class _Sides1D(_Margins, abstract=True):
    """The ends of signals."""

    sides = (("before", "after"),)
    before: int = attribute(default=1, low=0, high=LARGEST, help="How many steps in front.")
    after: int = attribute(default=1, low=0, high=LARGEST, help="How many steps behind.")


class _Sides2D(_Margins, abstract=True):
    """The borders of images."""

    sides = (("top", "bottom"), ("left", "right"))
    top: int = attribute(default=1, low=0, high=LARGEST, help="How many rows above.")
    bottom: int = attribute(default=1, low=0, high=LARGEST, help="How many rows below.")
    left: int = attribute(default=1, low=0, high=LARGEST, help="How many columns on the left.")
    right: int = attribute(default=1, low=0, high=LARGEST, help="How many columns on the right.")


class _Sides3D(_Margins, abstract=True):
    """The borders of volumes."""

    sides = (("front", "back"), ("top", "bottom"), ("left", "right"))
    front: int = attribute(default=1, low=0, high=LARGEST, help="How many layers in front.")
    back: int = attribute(default=1, low=0, high=LARGEST, help="How many layers behind.")
    top: int = attribute(default=1, low=0, high=LARGEST, help="How many rows above.")
    bottom: int = attribute(default=1, low=0, high=LARGEST, help="How many rows below.")
    left: int = attribute(default=1, low=0, high=LARGEST, help="How many columns on the left.")
    right: int = attribute(default=1, low=0, high=LARGEST, help="How many columns on the right.")


class ZeroPadding1D(_ZeroPadding, _Sides1D):
    """Put a margin of zeros around signals."""

    formula = "batch x 8 x 3  ->  batch x 10 x 3"
    advice = "For margins of one's own; padding same of a Conv1D chooses them by itself."
    cases = (Case([(2, 3, 2)]), Case([(1, 2, 1)], {"before": 0, "after": 2}), Case([(0, 2, 1)]))


class ZeroPadding2D(_ZeroPadding, _Sides2D):
    """Put a margin of zeros around images."""

    formula = "batch x 8 x 8 x 3  ->  batch x 10 x 10 x 3"
    advice = "For margins of one's own; padding same of a Conv2D chooses them by itself."
    cases = (Case([(2, 3, 3, 2)]), Case([(1, 2, 3, 1)], {"top": 0, "left": 2}), Case([(0, 2, 2, 1)]))


class ZeroPadding3D(_ZeroPadding, _Sides3D):
    """Put a margin of zeros around volumes."""

    formula = "batch x 8 x 8 x 8 x 3  ->  batch x 10 x 10 x 10 x 3"
    advice = "For margins of one's own; padding same of a Conv3D chooses them by itself."
    cases = (Case([(1, 2, 2, 2, 1)]), Case([(1, 2, 1, 2, 2)], {"front": 0, "right": 2}))


class Cropping1D(_Cropping, _Sides1D):
    """Cut a margin off signals."""

    formula = "batch x 8 x 3  ->  batch x 6 x 3"
    advice = "For the ends of recordings, which often say nothing."
    cases = (Case([(2, 4, 2)]), Case([(1, 3, 1)], {"before": 0, "after": 2}), Case([(0, 3, 1)]))


class Cropping2D(_Cropping, _Sides2D):
    """Cut a margin off images."""

    formula = "batch x 8 x 8 x 3  ->  batch x 6 x 6 x 3"
    advice = "CenterCrop keeps the middle of a given size."
    cases = (Case([(2, 3, 4, 2)]), Case([(1, 3, 3, 1)], {"top": 0, "left": 2}), Case([(0, 3, 3, 1)]))


class Cropping3D(_Cropping, _Sides3D):
    """Cut a margin off volumes."""

    formula = "batch x 8 x 8 x 8 x 3  ->  batch x 6 x 6 x 6 x 3"
    advice = "For the empty space around what a scanner has taken."
    cases = (Case([(1, 3, 3, 3, 1)]), Case([(1, 3, 3, 4, 2)], {"front": 0, "right": 2}))
