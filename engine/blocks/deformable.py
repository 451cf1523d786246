"""Convolution whose windows are bent: the graph itself computes where each of their elements looks."""

from __future__ import annotations

import numpy as np

from engine.blocks.convolutional import channels_of
from engine.blocks.sampling import sampled
from engine.case import Case
from engine.errors import SpecError
from engine.op import Block, Port, attribute
from engine.ops.convolution import Convolution
from engine.ops.cutting import Slice
from engine.ops.joining import Concat
from engine.ops.shaping import Reshape
from engine.ops.windowing import LARGEST
from engine.spec import Spec, shape_text
from engine.value import BlockBuilder, Value
from kernels.generic.windows import Axis, Sizes, axes_of

_KERNEL = (2, 2, 2, 3)


class DeformableConvolution(Block):
    """A Convolution of images whose windows are bent: each element of each window is moved by an offset.

    At each place `offsets` hold, for each group and each element of the window row by row, how far down and
    how far to the right it is moved; `mask` holds how much it counts. What lies outside the image is zero.

    Source: Dai et al., Deformable convolutional networks, 2017; Zhu et al., Deformable ConvNets v2, 2019.
    """

    category = "Layers"
    inputs = ("x", "kernel", "offsets", Port("mask", "How much each element counts.", optional=True))
    formula = "y[p, f] = sum over k, c of x[q + offsets[p, k], c] · mask[p, k] · kernel[k, c, f], q = k at p"
    advice = "Let a Conv2D compute offsets and mask; begin with zeros, which make it a Convolution."
    strides: tuple[int, ...] = attribute(
        default=(1,), low=1, high=LARGEST, help="How far the window moves, by axis. One number is for both."
    )
    pads: tuple[int, ...] = attribute(
        default=(0,),
        low=0,
        high=LARGEST,
        help="Margins of zeros: in front by axis, then behind. One number is for all.",
    )
    dilations: tuple[int, ...] = attribute(
        default=(1,),
        low=1,
        high=LARGEST,
        help="How far apart the elements of the window lie, by axis. One number is for both.",
    )
    groups: int = attribute(
        default=1,
        low=1,
        high=LARGEST,
        help="Into how many groups the channels are divided, each with filters of its own.",
    )
    offset_groups: int = attribute(
        default=1,
        low=1,
        high=LARGEST,
        help="Into how many groups the channels are divided, each with offsets of its own.",
    )
    cases = (
        Case([(1, 3, 4, 2), _KERNEL, (1, 2, 3, 8)]),
        Case([(1, 3, 3, 2), _KERNEL, (1, 2, 2, 8), (1, 2, 2, 4)]),
        Case(
            [(1, 4, 3, 2), (2, 2, 1, 2), (1, 3, 2, 16), (1, 3, 2, 8)],
            {"strides": [2], "pads": [1], "groups": 2, "offset_groups": 2},
        ),
        Case([(0, 3, 4, 2), _KERNEL, (0, 2, 3, 8)]),
    )

    def expand(
        self, b: BlockBuilder, x: Value, kernel: Value, offsets: Value, mask: Value | None = None
    ) -> Value:
        channels, window, places = self._checked(x.spec, kernel.spec, offsets.spec, mask)
        elements, each = window[0] * window[1], channels // self.offset_groups
        count = places[0] * places[1]
        regular = b.constant(self._regular(x.spec, window, places), x.spec.dtype)
        groups = []
        for group in range(self.offset_groups):
            image, moved = x, offsets
            if self.offset_groups > 1:
                image = _channels(x, group * each, each)
                moved = _channels(offsets, group * elements * 2, elements * 2)
            looked = Reshape(shape=(-1, count * elements, 2))(moved) + regular
            found = sampled(b, image, looked, "linear", "zeros")
            if mask is not None:
                weights = _channels(mask, group * elements, elements)
                found = found * Reshape(shape=(-1, count * elements, 1))(weights)
            groups.append(Reshape(shape=(-1, count, elements, each))(found))
        windows = groups[0] if len(groups) == 1 else Concat(axis=-1)(*groups, name="windows")
        inner, filters = (int(size) for size in (kernel.spec.shape or ())[2:])
        flat = Reshape(shape=(1, elements, inner, filters))(kernel)
        y = Convolution(groups=self.groups)(windows, flat)
        return Reshape(shape=(-1, *places, filters))(y)

    def _regular(self, x: Spec, window: Sizes, places: Sizes) -> np.ndarray:
        """Where the elements of all windows look when nothing is bent: one row and column for each."""
        lines = [
            (np.arange(count)[:, None] * axis.stride - axis.front, np.arange(wide) * axis.dilation)
            for axis, count, wide in zip(self._axes(x, window), places, window, strict=True)
        ]
        rows, columns = (begin + ahead for begin, ahead in lines)
        shape = (*places, *window)
        full = [
            np.broadcast_to(rows[:, None, :, None], shape),
            np.broadcast_to(columns[None, :, None], shape),
        ]
        return np.stack(full, axis=-1).reshape(1, -1, 2)

    def _axes(self, x: Spec, window: Sizes) -> tuple[Axis, ...]:
        sizes = [int(size) for size in (x.shape or ())[1:3]]
        return axes_of(sizes, window, self.strides, self.dilations, "valid", self.pads)

    def _checked(self, x: Spec, kernel: Spec, offsets: Spec, mask: Value | None) -> tuple[int, Sizes, Sizes]:
        """The channels, the sizes of the window, and how many places it has."""
        channels = channels_of(x, 2)
        self._check_settings(channels)
        shapes = [x.shape or (), kernel.shape or (), offsets.shape or ()]
        known = all(isinstance(size, int) for size in (*shapes[0][1:], *shapes[1], *shapes[2][1:]))
        if not known or len(shapes[1]) != 4 or len(shapes[2]) != 4:
            raise SpecError(
                f"kernel is {shape_text(kernel.shape)}, and offsets are {shape_text(offsets.shape)}; "
                "expected known sizes: window x channels x filters, and batch x height x width x numbers.",
                hint="Insert Reshape.",
            )
        window = tuple(int(size) for size in shapes[1][:2])
        sizes = [int(size) for size in shapes[0][1:3]]
        places = tuple(axis.count(size) for axis, size in zip(self._axes(x, window), sizes, strict=True))
        count = window[0] * window[1] * self.offset_groups
        _check_numbers("offsets", offsets, (*places, 2 * count))
        if mask is not None:
            _check_numbers("mask", mask.spec, (*places, count))
        return channels, window, places

    def _check_settings(self, channels: int) -> None:
        """Raise SpecError for settings of a wrong length, and for groups that do not divide the channels."""
        if channels % self.offset_groups:
            raise SpecError(
                f"{channels} channels cannot be divided into {self.offset_groups} groups.",
                hint=f"Choose offset_groups so that it divides {channels}.",
            )
        for name, most in (("strides", 2), ("dilations", 2), ("pads", 4)):
            numbers = getattr(self, name)
            if len(numbers) not in (1, most):
                raise SpecError(f"{name} has {len(numbers)} numbers.", hint=f"Give one number, or {most}.")


def _check_numbers(name: str, spec: Spec, wanted: Sizes) -> None:
    """Raise SpecError where there are not so many numbers at so many places."""
    if (spec.shape or ())[1:] != wanted:
        raise SpecError(
            f"{name}: found {shape_text(spec.shape)}; expected batch x {shape_text(wanted)}.",
            hint="They go with each place of the window, each group and each element of the window.",
        )


def _channels(x: Value, begin: int, count: int) -> Value:
    """Some of the channels of images."""
    return Slice(begin=(0, 0, 0, begin), size=(-1, -1, -1, count))(x)
