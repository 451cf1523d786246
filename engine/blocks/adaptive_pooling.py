"""Pooling layers whose windows adapt, so that the result has the sizes that are asked for."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from engine.blocks.convolutional import AXES, channels_of
from engine.errors import SpecError
from engine.op import Block, Case, attribute
from engine.ops.indexing import Gather
from engine.ops.reduction import ReduceMax
from engine.ops.resize import Resize
from engine.ops.windowing import LARGEST
from engine.spec import shape_text
from engine.value import BlockBuilder, Value
from kernels.generic.windows import each

_SIGNAL = (Case([(2, 7, 2)], {"output_size": [3]}), Case([(1, 2, 1)], {"output_size": [3]}))
_IMAGE = (
    Case([(2, 5, 4, 2)], {"output_size": [2]}),
    Case([(1, 4, 6, 1)], {"output_size": [3, 2]}),
    Case([(0, 4, 4, 1)]),
)
_VOLUME = (Case([(1, 3, 2, 4, 2)], {"output_size": [2, 1, 3]}),)


class _Adaptive(Block, abstract=True):
    """What these layers share: how many windows each axis is divided into."""

    category = "Layers"
    rank: ClassVar[int] = 2
    output_size: tuple[int, ...] = attribute(
        default=(1,), low=1, high=LARGEST, help="The sizes of the result, by axis. One number is for all."
    )

    def changes(self, x: Value) -> list[tuple[int, int, int]]:
        """Each axis with its sizes before and after; raises SpecError where they are not known."""
        channels_of(x.spec, self.rank)
        sizes = (x.spec.shape or ())[1:-1]
        if len(self.output_size) not in (1, self.rank):
            raise SpecError(
                f"output_size has {len(self.output_size)} numbers, and there are {self.rank} axes.",
                hint="Give output_size one number, or one for each axis.",
            )
        if not all(isinstance(size, int) and size for size in sizes):
            raise SpecError(
                f"x is {shape_text(x.spec.shape)}; expected known sizes of {AXES[self.rank]}.",
                hint="Give the placeholder numbers for them.",
            )
        wanted = each(self.output_size, self.rank)
        return [(axis, int(size), wanted[axis - 1]) for axis, size in enumerate(sizes, start=1)]


class _AdaptiveAverage(_Adaptive, abstract=True):
    """What layers share that take means."""

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        sizes = tuple(wanted for _, _, wanted in self.changes(x))
        return Resize(interpolation="area", sizes=sizes)(x)


class _AdaptiveMax(_Adaptive, abstract=True):
    """What layers share that keep the strongest answers: one axis after the other."""

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        for axis, size, wanted in self.changes(x):
            windows = Gather(axis=axis)(x, b.constant(_windows(size, wanted)), name="windows")
            x = ReduceMax(axes=(axis + 1,))(windows)
        return x


def _windows(size: int, wanted: int) -> np.ndarray:
    """Which elements each window covers; a shorter one names its last element again."""
    starts = np.arange(wanted) * size // wanted
    ends = -(-(np.arange(1, wanted + 1) * size) // wanted)
    longest = int((ends - starts).max())
    return np.asarray(np.minimum(starts[:, None] + np.arange(longest), ends[:, None] - 1))


class AdaptiveAveragePooling1D(_AdaptiveAverage):
    """Divide signals into so many windows, whatever their length, and take the mean of each."""

    rank = 1
    formula = "batch x steps x 16  ->  batch x output_size x 16"
    advice = "Between convolutions and a Dense layer it takes signals of any length."
    cases = _SIGNAL


class AdaptiveAveragePooling2D(_AdaptiveAverage):
    """Divide images into so many windows, whatever their sizes, and take the mean of each."""

    formula = "batch x height x width x 16  ->  batch x output_size x output_size x 16"
    advice = "Between convolutions and a Dense layer it takes images of any size."
    cases = _IMAGE


class AdaptiveAveragePooling3D(_AdaptiveAverage):
    """Divide volumes into so many windows, whatever their sizes, and take the mean of each."""

    rank = 3
    formula = "batch x depth x height x width x 16  ->  batch x n x n x n x 16, with n = output_size"
    advice = "Between convolutions and a Dense layer it takes volumes of any size."
    cases = _VOLUME


class AdaptiveMaxPooling1D(_AdaptiveMax):
    """Divide signals into so many windows, whatever their length, and keep the strongest answer of each."""

    rank = 1
    formula = "batch x steps x 16  ->  batch x output_size x 16"
    advice = "Says in which part of the signal a pattern is."
    cases = _SIGNAL


class AdaptiveMaxPooling2D(_AdaptiveMax):
    """Divide images into so many windows, whatever their sizes, and keep the strongest answer of each."""

    formula = "batch x height x width x 16  ->  batch x output_size x output_size x 16"
    advice = "Says in which part of the image a pattern is."
    cases = _IMAGE


class AdaptiveMaxPooling3D(_AdaptiveMax):
    """Divide volumes into so many windows, whatever their sizes, and keep the strongest answer of each."""

    rank = 3
    formula = "batch x depth x height x width x 16  ->  batch x n x n x n x 16, with n = output_size"
    advice = "Says in which part of the volume a pattern is."
    cases = _VOLUME
