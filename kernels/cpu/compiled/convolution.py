"""Convolution without windows written out: tiles of the matrix product that walk over rows of the image.

Pixels in a row are the rows of A; channels lie beside each other, so that a row of a window is one stretch of
memory. Where an image has margins, it is copied into the middle of zeros first, one image at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.cpu.compiled.declare import helper, record_kernel
from kernels.cpu.compiled.matmul import even_tile, multiply_panel
from kernels.cpu.compiled.memory import load, load_word, store
from kernels.cpu.layout import (
    CHANNELS,
    DEPTH,
    HEIGHT,
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
    TILE_ROWS,
    TIMES,
    TOP,
    TURNED,
    VECTORS,
    WIDTH,
)

_ZERO = np.float32(0)


@helper
def image(record: int, number: int, scratch: int) -> Any:
    """Where an image lies: as it is, or in the scratch with its margins."""
    channels, rows = load_word(record, CHANNELS), load_word(record, SOURCE_ROWS)
    line, wide = load_word(record, SOURCE_COLUMNS) * channels, load_word(record, PADDED_COLUMNS) * channels
    source = load_word(record, LEFT) + 4 * number * rows * line
    if line == wide and rows == load_word(record, PADDED_ROWS):
        return source
    for i in range(load_word(record, PADDED_ROWS) * wide):
        store(scratch, i, _ZERO)
    first = load_word(record, TOP) * wide + load_word(record, MARGIN) * channels
    for row in range(rows):
        for i in range(line):
            store(scratch, first + row * wide + i, load(source, row * line + i))
    return scratch


@helper
def turned_kernel(record: int, target: int) -> None:
    """The kernel with its places in the opposite order, and its channels exchanged."""
    places, inner, outer = load_word(record, TURNED), load_word(record, CHANNELS), load_word(record, WIDTH)
    source = load_word(record, RIGHT)
    for place in range(places):
        first = (places - 1 - place) * inner * outer
        for i in range(outer):
            for o in range(inner):
                store(target, first + o * outer + i, load(source, (place * outer + i) * inner + o))


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
    """Some rows of all images. Of a gradient the image is that of the result, and the kernel is turned."""
    rows, kernel = load_word(record, OUT_ROWS), load_word(record, RIGHT)
    room = load_word(record, PADDED_ROWS) * load_word(record, PADDED_COLUMNS) * load_word(record, CHANNELS)
    total = load_word(record, IMAGES) * rows
    line = load_word(record, OUT_COLUMNS) * load_word(record, WIDTH)
    pitch = load_word(record, STEP_ROWS) * load_word(record, PADDED_COLUMNS) * load_word(record, CHANNELS)
    if load_word(record, TURNED) != 0:
        kernel = scratch + 4 * room
        turned_kernel(record, kernel)
    present, place = -1, 0
    for row in range(total * share // shares, total * (share + 1) // shares):
        number = row // rows
        if number != present:
            present, place = number, image(record, number, scratch)
        start = place + 4 * (row - number * rows) * pitch
        convolve_row(record, start, kernel, load_word(record, PRODUCT) + 4 * row * line)


@record_kernel
def convolution_kernel_gradient(share: int, shares: int, record: int, scratch: int) -> None:
    """Some rows and columns of the kernel, over all images: the image turned, times the upstream gradient."""
    height, width, high = load_word(record, HEIGHT), load_word(record, WIDTH), load_word(record, TILE_ROWS)
    panel = load_word(record, LANES) * load_word(record, VECTORS)
    tile = even_tile(height, high)
    tiles, panels = (height + tile - 1) // tile, (width + panel - 1) // panel
    total = load_word(record, LOOPS) * panels * tiles
    size = load_word(record, TIMES) * load_word(record, RIGHT_ROW)
    for number in range(load_word(record, IMAGES)):
        place = image(record, number, scratch)
        for part in range(total * share // shares, total * (share + 1) // shares):
            loop, rest = part // (panels * tiles), part % (panels * tiles)
            first, row = rest // tiles * panel, rest % tiles * tile
            multiply_panel(
                record, place + 4 * (loop * load_word(record, LOOP_LEFT) + row), 1,
                load_word(record, STEP_COLUMNS) * load_word(record, CHANNELS), tile,
                load_word(record, RIGHT) + 4 * (number * size + first), width,
                load_word(record, PRODUCT) + 4 * ((loop * height + row) * width + first),
                min(tile, height - row), tile, min(panel, width - first),
                load_word(record, DEPTH), load_word(record, TIMES),
                load_word(record, NEXT_LEFT), load_word(record, NEXT_RIGHT), number,
            )  # fmt: skip
