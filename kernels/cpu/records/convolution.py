"""Convolutions along one or two axes and their gradients, and pooling by the largest, as records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels.cpu import layout
from kernels.cpu.library import Library
from kernels.cpu.records.matmul import Tiles, tiles_of
from kernels.cpu.records.record import Array, Arrays, Record, address, packs
from kernels.generic.pooling import pooling_axes
from kernels.generic.windows import Axis, axes_of

_PIECE = 1 << 18
"""Bytes of an image that are copied between margins at a time: they stay in the second cache of a core."""
_ONE = Axis(1, 1, 1)


@dataclass(frozen=True)
class _Slide:
    """How windows slide over images: an image of one axis has one row."""

    images: int
    rows: int
    columns: int
    channels: int
    down: Axis
    across: Axis

    @property
    def padded(self) -> tuple[int, int]:
        """The sizes of an image with its margins."""
        down, across = self.down, self.across
        return self.rows + down.front + down.behind, self.columns + across.front + across.behind

    @property
    def counts(self) -> tuple[int, int]:
        return self.down.count(self.rows), self.across.count(self.columns)

    def words(self) -> list[int]:
        """From layout.IMAGES on, up to the steps."""
        down, across = self.down, self.across
        sizes = [self.images, self.rows, self.columns, self.channels, *self.padded, down.front, across.front]
        return [*sizes, *self.counts, down.stride, across.stride]

    def window(self) -> list[int]:
        """From layout.WINDOW_ROWS on."""
        down, across = self.down, self.across
        return [down.window, across.window, down.dilation, across.dilation, self.band]

    @property
    def band(self) -> int:
        """How many rows of the result are computed from one piece of an image."""
        rows, down = self.counts[0], self.down
        if not self.has_margins:
            return rows
        lines = _PIECE // (4 * self.padded[1] * self.channels)
        return min(max((lines - down.extent) // down.stride + 1, 1), rows)

    @property
    def has_margins(self) -> bool:
        return self.padded != (self.rows, self.columns)

    @property
    def scratch(self) -> int:
        """The bytes of a piece of an image with its margins."""
        lines = (self.band - 1) * self.down.stride + self.down.extent
        return 4 * lines * self.padded[1] * self.channels if self.has_margins else 0


def _slide(shape: tuple[int, ...], axes: tuple[Axis, ...]) -> _Slide | None:
    """The windows over a tensor; None where they are of another kind than compiled code knows."""
    if not 1 <= len(axes) <= 2 or axes[-1].dilation != 1:
        return None
    down, across = axes if len(axes) == 2 else (_ONE, axes[0])
    rows, columns = shape[1:-1] if len(axes) == 2 else (1, shape[1])
    return _Slide(shape[0], rows, columns, shape[-1], down, across)


@packs("convolution")
def pack_convolution(library: Library, inputs: Arrays, outputs: Arrays, **settings: Any) -> Record | None:
    (x, kernel), (out,) = inputs, outputs
    slide = _windows(x, kernel, settings)
    if slide is None or x is None or kernel is None or out is None:
        return None
    tiles, width = tiles_of(library), out.shape[-1]
    wide = slide.padded[1] * slide.channels
    depth, times = slide.across.window * slide.channels, slide.down.window
    head = _product(tiles, 0, width, depth, x, kernel, out)
    tail = [times, slide.down.dilation * wide, depth * width, 1, 0, *slide.window()]
    work = out.size * depth * times // 8
    words = [*head, *slide.words(), *tail]
    return Record(library.address("record_convolution"), words, work, slide.scratch, (tiles,))


@packs("convolution_input_gradient")
def pack_input_gradient(library: Library, inputs: Arrays, outputs: Arrays, **settings: Any) -> Record | None:
    (dy, kernel, like), (out,) = inputs, outputs
    slide = _windows(like, kernel, settings)
    if slide is None or out is None or dy is None or kernel is None:
        return None
    tiles = tiles_of(library)
    head = _product(tiles, 0, slide.channels, kernel.shape[-1], dy, kernel, out)
    words = [*head, *slide.words(), *[0] * 5, *slide.window()]
    work = dy.size * kernel.size // kernel.shape[-1] // 8
    scratch = 4 * kernel.size // slide.channels * min(slide.channels, 2 * tiles.lanes)
    return Record(library.address("record_convolution_input_gradient"), words, work, scratch, (tiles,))


def _windows(x: Array | None, kernel: Array | None, settings: dict[str, Any]) -> _Slide | None:
    if x is None or kernel is None or x.dtype != np.float32 or settings["groups"] != 1:
        return None
    window, strides, dilations = kernel.shape[:-2], settings["strides"], settings["dilations"]
    axes = axes_of(x.shape[1:-1], window, strides, dilations, settings["padding"], settings["pads"])
    return _slide(x.shape, axes)


@packs("convolution_kernel_gradient")
def pack_kernel_gradient(library: Library, inputs: Arrays, outputs: Arrays, **settings: Any) -> Record | None:
    (x, dy, like), (out,) = inputs, outputs
    slide = _windows(x, like, settings)
    if slide is None or dy is None or out is None:
        return None
    tiles, width = tiles_of(library), out.shape[-1]
    wide, (rows, columns) = slide.padded[1] * slide.channels, slide.counts
    head = _product(tiles, slide.across.window * slide.channels, width, columns, x, dy, out)
    line = columns * width
    head[layout.RIGHT_ROW - layout.FIRST] = line
    tail = [rows, slide.down.stride * wide, line, slide.down.window, slide.down.dilation * wide]
    tail += slide.window()
    work = dy.size // width * out.size // 8
    kernel = library.address("record_convolution_kernel_gradient")
    return Record(kernel, [*head, *slide.words(), *tail], work, slide.scratch, (tiles,))


def _product(
    tiles: Tiles, height: int, width: int, depth: int, left: Array, right: Array, out: Array
) -> list[int]:
    """The words of a matrix product that a convolution has as well."""
    vectors = 1 if width <= tiles.lanes else 2
    places = [address(left), 0, 0, address(right), 0, 0, address(out)]
    chosen = [tiles.rows[vectors - 1], vectors, tiles.lanes, address(tiles.table)]
    return [height, width, depth, *places, 1, 0, 0, *chosen, 0, 0, 0]


# ---- pooling ---------------------------------------------------------------------------------------------


@packs("max_pool")
def pack_max_pool(library: Library, inputs: Arrays, outputs: Arrays, **settings: Any) -> Record | None:
    (x,), (out,) = inputs, outputs
    slide = _pooling(x, settings)
    if slide is None or x is None or out is None:
        return None
    words = _pooling_words(slide, x, x, out)
    return Record(library.address("record_max_pool"), words, x.size)


@packs("max_pool_gradient")
def pack_max_pool_gradient(
    library: Library, inputs: Arrays, outputs: Arrays, **settings: Any
) -> Record | None:
    (dy, x), (out,) = inputs, outputs
    slide = _pooling(x, settings)
    if slide is None or x is None or dy is None or out is None:
        return None
    words = _pooling_words(slide, x, dy, out)
    return Record(library.address("record_max_pool_gradient"), words, 4 * x.size, 8 * slide.channels)


def _pooling(x: Array | None, settings: dict[str, Any]) -> _Slide | None:
    """Windows without margins and holes, none of which reaches over the end."""
    if x is None or x.dtype != np.float32:
        return None
    names = ("window", "strides", "dilations", "padding", "pads", "ceil_mode")
    axes = pooling_axes(x, *(settings[name] for name in names))
    if any(axis.front or axis.behind or axis.overhang or axis.dilation != 1 for axis in axes):
        return None
    return _slide(x.shape, axes)


def _pooling_words(slide: _Slide, x: Array, dy: Array, out: Array) -> list[int]:
    places = [address(x), 0, 0, address(dy), 0, 0, address(out)]
    behind = [0] * (layout.IMAGES - layout.PRODUCT - 1)
    return [0, 0, 0, *places, *behind, *slide.words(), *[0] * 5, *slide.window()]
