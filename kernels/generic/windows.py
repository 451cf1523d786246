"""Windows that slide over the axes between batch and channels: their geometry, and views of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kernels.generic.output import Array

Sizes = tuple[int, ...]


@dataclass(frozen=True)
class Axis:
    """How a window slides along one axis, and how wide the margins are that it reaches into."""

    window: int
    stride: int
    dilation: int
    front: int = 0
    behind: int = 0
    overhang: int = 0
    """What the last window reaches beyond the margin behind, where a part of a window counts as one."""

    @property
    def extent(self) -> int:
        """How many elements lie from the first of a window to its last."""
        return (self.window - 1) * self.dilation + 1

    def count(self, size: int) -> int:
        """How many places the window has on an axis of a size."""
        return (size + self.front + self.behind + self.overhang - self.extent) // self.stride + 1

    def whole(self, size: int) -> Axis:
        """The same with an overhang, so that a last window may reach over the end if it begins before it."""
        room = size + self.front + self.behind - self.extent
        steps = -(-room // self.stride)
        if steps * self.stride >= size + self.front:
            steps -= 1
        return replace(self, overhang=max(steps * self.stride - room, 0))

    def full_size(self, count: int, padding: str, pads: Sizes) -> int:
        """The size of an axis on which the window has so many places: what a transposed convolution gives."""
        if padding != "valid" and not pads:
            return count * self.stride
        return (count - 1) * self.stride + self.extent - self.front - self.behind


def axes_of(
    sizes: Sequence[int], window: Sequence[int], strides: Sizes, dilations: Sizes, padding: str, pads: Sizes
) -> tuple[Axis, ...]:
    """The geometry of all axes. One number in a setting counts for all of them.

    `pads` are the margins in front by axis, then those behind; without them `padding` decides: same lets
    stride x places cover the axis, with the larger margin behind, and same_lower with the larger one in
    front; valid lets no window leave it.
    """
    rank = len(sizes)
    margins = each(pads, 2 * rank)
    found = []
    for i, size in enumerate(sizes):
        axis = Axis(window[i], each(strides, rank)[i], each(dilations, rank)[i])
        front = behind = 0
        if margins:
            front, behind = margins[i], margins[rank + i]
        elif padding != "valid":
            missing = max((-(-size // axis.stride) - 1) * axis.stride + axis.extent - size, 0)
            front, behind = share(missing, padding)
        found.append(replace(axis, front=front, behind=behind))
    return tuple(found)


def share(margin: int, padding: str) -> tuple[int, int]:
    """A margin in front and one behind that make up so much; of an odd one more lies behind, or in front."""
    smaller = margin // 2
    return (margin - smaller, smaller) if padding == "same_lower" else (smaller, margin - smaller)


def pads_to(
    sizes: Sizes, counts: Sizes, window: Sizes, strides: Sizes, dilations: Sizes, padding: str
) -> Sizes:
    """The margins with which so many places of a window make up axes of these sizes."""
    axes = axes_of(sizes, window, strides, dilations, "valid", ())
    pairs = [
        share(max(axis.full_size(count, "valid", ()) - size, 0), padding)
        for axis, count, size in zip(axes, counts, sizes, strict=True)
    ]
    return (*(front for front, _ in pairs), *(behind for _, behind in pairs))


def pads_of_same(window: Sizes, strides: Sizes, dilations: Sizes, padding: str) -> Sizes:
    """The margins of an axis that is stride x places long, however many places that are."""
    axes = axes_of(window, window, strides, dilations, "valid", ())
    pairs = [share(max(axis.extent - axis.stride, 0), padding) for axis in axes]
    return (*(front for front, _ in pairs), *(behind for _, behind in pairs))


def each(numbers: Sizes, count: int) -> Sizes:
    """A setting for each axis: one number counts for all."""
    return numbers * count if len(numbers) == 1 else numbers


def padded_sizes(sizes: Sequence[int], axes: Sequence[Axis]) -> Sizes:
    """The sizes with the margins."""
    return tuple(a.front + size + a.behind + a.overhang for size, a in zip(sizes, axes, strict=True))


def padded(xp: Any, x: Array, axes: Sequence[Axis], fill: float = 0.0) -> Array:
    """The tensor with its margins filled; itself where there are none."""
    if not any(axis.front or axis.behind or axis.overhang for axis in axes):
        return x
    sizes = x.shape[1:-1]
    result = xp.full((x.shape[0], *padded_sizes(sizes, axes), x.shape[-1]), fill, x.dtype)
    result[(slice(None), *inside(sizes, axes))] = x
    return result


def inside(sizes: Sequence[int], axes: Sequence[Axis]) -> tuple[slice, ...]:
    """Where the tensor lies between its margins."""
    return tuple(slice(axis.front, axis.front + size) for size, axis in zip(sizes, axes, strict=True))


def offsets(axes: Sequence[Axis], counts: Sequence[int]) -> Iterator[tuple[Sizes, tuple[slice, ...]]]:
    """Each offset in the window, and the elements that all windows have there, in the padded tensor."""
    for offset in itertools.product(*(range(axis.window) for axis in axes)):
        yield (
            offset,
            tuple(
                slice(o * axis.dilation, o * axis.dilation + (count - 1) * axis.stride + 1, axis.stride)
                for o, axis, count in zip(offset, axes, counts, strict=True)
            ),
        )


def columns(xp: Any, x: Array, axes: Sequence[Axis], counts: Sizes, groups: int) -> Array:
    """All windows of a padded tensor as the rows of one matrix for each group of channels."""
    batch, channels = x.shape[0], x.shape[-1] // groups
    steps, step = x.strides[1:-1], x.strides[-1]
    view = xp.lib.stride_tricks.as_strided(
        x,
        (groups, batch, *counts, *(axis.window for axis in axes), channels),
        (
            channels * step,
            x.strides[0],
            *(axis.stride * s for axis, s in zip(axes, steps, strict=True)),
            *(axis.dilation * s for axis, s in zip(axes, steps, strict=True)),
            step,
        ),
    )
    width = math.prod(axis.window for axis in axes) * channels
    return view.reshape(groups, batch * math.prod(counts), width)
