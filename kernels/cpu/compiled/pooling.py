"""The largest of each window, and the way back: to the first of the largest.

Of what is `read`, nothing is written here; so that the loops use vectors. Windows of 2 x 2, the usual ones,
are looked at in one go: there and back that takes a third of the time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.cpu.compiled.declare import helper, record_kernel
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


@helper
def larger(a: Any, b: Any) -> Any:
    """The larger one; what is no number counts as the largest."""
    return b if b > a or b != b else a


@helper
def largest_of_four(source: int, below: int, target: int, channels: int) -> None:
    """The largest of two elements and of the two in the row below, for each channel."""
    for i in range(channels):
        above = larger(read(source, i), read(source, channels + i))
        write(target, i, larger(above, larger(read(below, i), read(below, channels + i))))


@helper
def first_of_four(source: int, wide: int, slopes: int, target: int, channels: int) -> None:
    """The slope of each channel to the first of the largest of four elements, zero to the others."""
    below, target_below = source + 4 * wide * channels, target + 4 * wide * channels
    for i in range(channels):
        a, b = read(source, i), read(source, channels + i)
        c, d = read(below, i), read(below, channels + i)
        most, left = larger(larger(a, b), larger(c, d)), read(slopes, i)
        given = left if a == most or a != a else _ZERO
        write(target, i, given)
        left = _ZERO if a == most or a != a else left
        given = left if b == most or b != b else _ZERO
        write(target, channels + i, given)
        left = _ZERO if b == most or b != b else left
        given = left if c == most or c != c else _ZERO
        write(target_below, i, given)
        left = _ZERO if c == most or c != c else left
        write(target_below, channels + i, left)


@record_kernel
def max_pool(share: int, shares: int, record: int, scratch: int) -> None:
    channels, wide = load_word(record, CHANNELS), load_word(record, SOURCE_COLUMNS)
    rows, columns = load_word(record, OUT_ROWS), load_word(record, OUT_COLUMNS)
    total = load_word(record, IMAGES) * rows
    of_four = load_word(record, WINDOW_ROWS) == 2 and load_word(record, WINDOW_COLUMNS) == 2
    for row in range(total * share // shares, total * (share + 1) // shares):
        top = row // rows * load_word(record, SOURCE_ROWS) + row % rows * load_word(record, STEP_ROWS)
        for column in range(columns):
            corner = top * wide + column * load_word(record, STEP_COLUMNS)
            target = load_word(record, PRODUCT) + 4 * (row * columns + column) * channels
            if of_four:
                source = load_word(record, LEFT) + 4 * corner * channels
                largest_of_four(source, source + 4 * wide * channels, target, channels)
                continue
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
    of_four = load_word(record, WINDOW_ROWS) == 2 and load_word(record, WINDOW_COLUMNS) == 2
    of_four = of_four and load_word(record, STEP_ROWS) >= 2 and load_word(record, STEP_COLUMNS) >= 2
    covered = of_four and 2 * rows == high and 2 * columns == wide
    for number in range(images * share // shares, images * (share + 1) // shares):
        source = load_word(record, LEFT) + 4 * number * high * wide * channels
        target = load_word(record, PRODUCT) + 4 * number * high * wide * channels
        for i in range(0 if covered else high * wide * channels):
            write(target, i, _ZERO)
        for window in range(rows * columns):
            corner = window // columns * load_word(record, STEP_ROWS) * wide
            corner += window % columns * load_word(record, STEP_COLUMNS)
            slopes = load_word(record, RIGHT) + 4 * (number * rows * columns + window) * channels
            if of_four:
                start = 4 * corner * channels
                first_of_four(source + start, wide, slopes, target + start, channels)
                continue
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
