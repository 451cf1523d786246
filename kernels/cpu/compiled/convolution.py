"""Convolution without windows written out: tiles of the matrix product that walk over rows of the image.

Pixels in a row are the rows of A; channels lie beside each other, so that a row of a window is one stretch of
memory. Where an image has margins, it is copied between zeros first, some rows at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.cpu.compiled.declare import helper, record_kernel
from kernels.cpu.compiled.matmul import even_tile, multiply_panel
from kernels.cpu.compiled.memory import call_tile, load, load_word, store
from kernels.cpu.layout import (
    BAND,
    CHANNELS,
    DEPTH,
    HEIGHT,
    HOLES_COLUMNS,
    HOLES_ROWS,
    IMAGES,
    LANES,
    LEFT,
    LOOP_LEFT,
    LOOPS,
    MARGIN,
    NEXT_LEFT,
    NEXT_RIGHT,
    OUT_COLUMNS,
    OUT_ROWS,
    PADDED_COLUMNS,
    PADDED_ROWS,
    PRODUCT,
    RIGHT,
    RIGHT_ROW,
    SOURCE_COLUMNS,
    SOURCE_ROWS,
    STEP_COLUMNS,
    STEP_ROWS,
    TILE_ADDRESSES,
    TILE_ROWS,
    TILE_TABLE_ROWS,
    TIMES,
    TOP,
    VECTORS,
    WIDTH,
    WINDOW_COLUMNS,
    WINDOW_ROWS,
)

_ZERO = np.float32(0)


@helper
def band(record: int, number: int, first: int, count: int, scratch: int) -> Any:
    """Where the windows for some rows of the result lie: in the image, or in the scratch with margins."""
    channels, rows = load_word(record, CHANNELS), load_word(record, SOURCE_ROWS)
    line, wide = load_word(record, SOURCE_COLUMNS) * channels, load_word(record, PADDED_COLUMNS) * channels
    source, step = load_word(record, LEFT) + 4 * number * rows * line, load_word(record, STEP_ROWS)
    if line == wide and rows == load_word(record, PADDED_ROWS):
        return source + 4 * first * step * line
    reach = (load_word(record, WINDOW_ROWS) - 1) * load_word(record, HOLES_ROWS) + 1
    left, top = load_word(record, MARGIN) * channels, first * step - load_word(record, TOP)
    for row in range((count - 1) * step + reach):
        target, given = scratch + 4 * row * wide, source + 4 * (top + row) * line
        inside = 0 <= top + row < rows
        for i in range(left if inside else wide):
            store(target, i, _ZERO)
        if inside:
            for i in range(line):
                store(target, left + i, load(given, i))
            for i in range(left + line, wide):
                store(target, i, _ZERO)
    return scratch


@helper
def convolve_row(record: int, left: int, kernel: int, product: int) -> None:
    """One row of the result: all its pixels and channels."""
    channels, width = load_word(record, CHANNELS), load_word(record, WIDTH)
    pixels, panel = load_word(record, OUT_COLUMNS), load_word(record, LANES) * load_word(record, VECTORS)
    step, tile = load_word(record, STEP_COLUMNS) * channels, even_tile(pixels, load_word(record, TILE_ROWS))
    for first in range(0, width, panel):
        multiply_panel(
            record, left, step, 1, tile * step, kernel + 4 * first, width, product + 4 * first,
            pixels, tile, min(panel, width - first), load_word(record, DEPTH), load_word(record, TIMES),
            load_word(record, NEXT_LEFT), load_word(record, NEXT_RIGHT), 0,
        )  # fmt: skip


@record_kernel
def convolution(share: int, shares: int, record: int, scratch: int) -> None:
    """Some rows of all images."""
    rows, kernel = load_word(record, OUT_ROWS), load_word(record, RIGHT)
    line = load_word(record, OUT_COLUMNS) * load_word(record, WIDTH)
    pitch = load_word(record, STEP_ROWS) * load_word(record, PADDED_COLUMNS) * load_word(record, CHANNELS)
    total = load_word(record, IMAGES) * rows
    row, last = total * share // shares, total * (share + 1) // shares
    while row < last:
        number, first = row // rows, row % rows
        count = min(load_word(record, BAND), rows - first, last - row)
        place = band(record, number, first, count, scratch)
        for i in range(count):
            target = load_word(record, PRODUCT) + 4 * (row + i) * line
            convolve_row(record, place + 4 * i * pitch, kernel, target)
        row += count


@helper
def turned_kernel(record: int, first: int, count: int, target: int) -> None:
    """Some channels of the kernel, for each place and filter beside each other."""
    channels, filters = load_word(record, WIDTH), load_word(record, DEPTH)
    for place in range(load_word(record, WINDOW_ROWS) * load_word(record, WINDOW_COLUMNS)):
        source = load_word(record, RIGHT) + 4 * (place * channels + first) * filters
        start = target + 4 * place * filters * count
        for f in range(filters):
            for i in range(count):
                store(start, f * count + i, load(source, i * filters + f))


@helper
def give_back(record: int, slopes: int, kernel: int, target: int, pixels: int, columns: int) -> None:
    """The slopes of pixels side by side, times the kernel at one place, added to what lies under that."""
    lanes, width, depth = load_word(record, LANES), load_word(record, WIDTH), load_word(record, DEPTH)
    vectors = 1 if columns <= lanes else load_word(record, VECTORS)
    tiles = load_word(record, TILE_ADDRESSES) + 8 * TILE_TABLE_ROWS * (vectors - 1)
    step, tile = load_word(record, STEP_COLUMNS) * width, even_tile(pixels, load_word(record, TILE_ROWS))
    done = 0
    while done < pixels:
        count = min(tile, pixels - done)
        call_tile(
            load_word(tiles, count - 1), slopes + 4 * done * depth, depth, 1, kernel, columns,
            target + 4 * done * step, step, depth, 1, 0, 0, columns - lanes * (vectors - 1), 1,
        )  # fmt: skip
        done += count


@record_kernel
def convolution_input_gradient(share: int, shares: int, record: int, scratch: int) -> None:
    """Some channels of some images. What lies outside is not computed, however windows move."""
    width, depth, across = (
        load_word(record, WIDTH),
        load_word(record, DEPTH),
        load_word(record, WINDOW_COLUMNS),
    )
    high, wide = load_word(record, SOURCE_ROWS), load_word(record, SOURCE_COLUMNS)
    rows, columns = load_word(record, OUT_ROWS), load_word(record, OUT_COLUMNS)
    panel, step = load_word(record, LANES) * load_word(record, VECTORS), load_word(record, STEP_COLUMNS)
    panels = (width + panel - 1) // panel
    images, turned = load_word(record, IMAGES), -1
    total = images * panels
    for part in range(total * share // shares, total * (share + 1) // shares):
        number, first = part % images, part // images * panel
        count = min(panel, width - first)
        if first != turned:
            turned_kernel(record, first, count, scratch)
            turned = first
        target = load_word(record, PRODUCT) + 4 * (number * high * wide * width + first)
        for pixel in range(high * wide):
            for i in range(count):
                store(target, pixel * width + i, _ZERO)
        for row in range(rows):
            slopes = load_word(record, LEFT) + 4 * (number * rows + row) * columns * depth
            top = row * load_word(record, STEP_ROWS) - load_word(record, TOP)
            for place in range(load_word(record, WINDOW_ROWS) * across):
                line = top + place // across * load_word(record, HOLES_ROWS)
                shift = place % across * load_word(record, HOLES_COLUMNS) - load_word(record, MARGIN)
                begin, end = (max(-shift, 0) + step - 1) // step, min(columns, (wide - 1 - shift) // step + 1)
                if 0 <= line < high and begin < end:
                    give_back(
                        record, slopes + 4 * begin * depth, scratch + 4 * place * depth * count,
                        target + 4 * (line * wide + begin * step + shift) * width, end - begin, count,
                    )  # fmt: skip


@record_kernel
def convolution_kernel_gradient(share: int, shares: int, record: int, scratch: int) -> None:
    """Some rows and columns of the kernel, over all images: the image turned, times the upstream gradient."""
    height, width, high = load_word(record, HEIGHT), load_word(record, WIDTH), load_word(record, TILE_ROWS)
    panel = load_word(record, LANES) * load_word(record, VECTORS)
    tile = even_tile(height, high)
    tiles, panels = (height + tile - 1) // tile, (width + panel - 1) // panel
    total = load_word(record, LOOPS) * panels * tiles
    rows, most = load_word(record, OUT_ROWS), load_word(record, BAND)
    bands = (rows + most - 1) // most
    for index in range(load_word(record, IMAGES) * bands):
        number, top = index // bands, index % bands * most
        count = min(most, rows - top)
        place = band(record, number, top, count, scratch)
        slopes = load_word(record, RIGHT) + 4 * (number * rows + top) * load_word(record, RIGHT_ROW)
        for part in range(total * share // shares, total * (share + 1) // shares):
            loop, rest = part // (panels * tiles), part % (panels * tiles)
            first, row = rest // tiles * panel, rest % tiles * tile
            multiply_panel(
                record, place + 4 * (loop * load_word(record, LOOP_LEFT) + row), 1,
                load_word(record, STEP_COLUMNS) * load_word(record, CHANNELS), tile,
                slopes + 4 * first, width,
                load_word(record, PRODUCT) + 4 * ((loop * height + row) * width + first),
                min(tile, height - row), tile, min(panel, width - first),
                load_word(record, DEPTH), count,
                load_word(record, NEXT_LEFT), load_word(record, NEXT_RIGHT), index,
            )  # fmt: skip
