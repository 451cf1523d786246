"""The largest of each window, and the way back: to the first of the largest.

Of what is `read`, nothing is written here; so that the loops use vectors.
"""

from __future__ import annotations

import numpy as np

from kernels.cpu.compiled.declare import record_kernel
from kernels.cpu.compiled.memory import load, load_word, read, write
from kernels.cpu.layout import (
    CHANNELS,
    IMAGES,
    LEFT,
    OUT_COLUMNS,
    OUT_ROWS,
    PRODUCT,
    RIGHT,
    SOURCE_COLUMNS,
    SOURCE_ROWS,
    STEP_COLUMNS,
    STEP_ROWS,
    WINDOW_COLUMNS,
    WINDOW_ROWS,
)

_ZERO = np.float32(0)


@record_kernel
def max_pool(share: int, shares: int, record: int, scratch: int) -> None:
    channels, wide = load_word(record, CHANNELS), load_word(record, SOURCE_COLUMNS)
    rows, columns = load_word(record, OUT_ROWS), load_word(record, OUT_COLUMNS)
    total = load_word(record, IMAGES) * rows
    for row in range(total * share // shares, total * (share + 1) // shares):
        top = row // rows * load_word(record, SOURCE_ROWS) + row % rows * load_word(record, STEP_ROWS)
        for column in range(columns):
            corner = top * wide + column * load_word(record, STEP_COLUMNS)
            target = load_word(record, PRODUCT) + 4 * (row * columns + column) * channels
            for place in range(load_word(record, WINDOW_ROWS) * load_word(record, WINDOW_COLUMNS)):
                down = place // load_word(record, WINDOW_COLUMNS)
                across = place % load_word(record, WINDOW_COLUMNS)
                source = load_word(record, LEFT) + 4 * (corner + down * wide + across) * channels
                if place == 0:
                    for i in range(channels):
                        write(target, i, read(source, i))
                else:
                    for i in range(channels):
                        number, most = read(source, i), load(target, i)
                        write(target, i, number if number > most or number != number else most)


@record_kernel
def max_pool_gradient(share: int, shares: int, record: int, scratch: int) -> None:
    """Images apart, because windows may overlap. What is no number counts as the largest."""
    channels, wide = load_word(record, CHANNELS), load_word(record, SOURCE_COLUMNS)
    high, images = load_word(record, SOURCE_ROWS), load_word(record, IMAGES)
    rows, columns = load_word(record, OUT_ROWS), load_word(record, OUT_COLUMNS)
    left = scratch + 4 * channels
    for number in range(images * share // shares, images * (share + 1) // shares):
        source = load_word(record, LEFT) + 4 * number * high * wide * channels
        target = load_word(record, PRODUCT) + 4 * number * high * wide * channels
        for i in range(high * wide * channels):
            write(target, i, _ZERO)
        for window in range(rows * columns):
            corner = window // columns * load_word(record, STEP_ROWS) * wide
            corner += window % columns * load_word(record, STEP_COLUMNS)
            slopes = load_word(record, RIGHT) + 4 * (number * rows * columns + window) * channels
            for i in range(channels):
                write(scratch, i, read(source, corner * channels + i))
                write(left, i, read(slopes, i))
            for down in range(load_word(record, WINDOW_ROWS)):
                for across in range(load_word(record, WINDOW_COLUMNS)):
                    start = (corner + down * wide + across) * channels
                    for i in range(channels):
                        value, most = read(source, start + i), load(scratch, i)
                        write(scratch, i, value if value > most or value != value else most)
            for down in range(load_word(record, WINDOW_ROWS)):
                for across in range(load_word(record, WINDOW_COLUMNS)):
                    start = (corner + down * wide + across) * channels
                    for i in range(channels):
                        value, most, slope = read(source, start + i), load(scratch, i), load(left, i)
                        given = slope if value == most or value != value else _ZERO
                        write(target, start + i, load(target, start + i) + given)
                    for i in range(channels):
                        value, most = read(source, start + i), load(scratch, i)
                        write(left, i, _ZERO if value == most or value != value else load(left, i))
