"""Convolutions along one or two axes and their gradients, as records."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.cpu import layout
from kernels.cpu.library import Library
from kernels.cpu.records.matmul import Tiles, tiles_of
from kernels.cpu.records.record import Array, Arrays, Record, address, packs
from kernels.cpu.records.windows import Slide, slide_of
from kernels.generic.windows import axes_of


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


def _windows(x: Array | None, kernel: Array | None, settings: dict[str, Any]) -> Slide | None:
    if x is None or kernel is None or x.dtype != np.float32 or settings["groups"] != 1:
        return None
    window, strides, dilations = kernel.shape[:-2], settings["strides"], settings["dilations"]
    axes = axes_of(x.shape[1:-1], window, strides, dilations, settings["padding"], settings["pads"])
    return slide_of(x.shape, axes) if axes[-1].dilation == 1 else None


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
