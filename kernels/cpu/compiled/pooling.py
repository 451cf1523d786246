"""The largest, the sum or the mean of each window, and the ways back.

Of what is `read`, nothing is written here; so that the loops use vectors. Windows of 2 x 2, the usual ones,
are looked at in one go: there and back that takes a third of the time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.cpu.compiled.declare import helper, record_kernel
from kernels.cpu.compiled.memory import load, load_word, read, write
from kernels.cpu.layout import (
    BEHIND_COLUMNS,
    BEHIND_ROWS,
    CHANNELS,
    COUNTED,
    ELEMENTS,
    HOLES_COLUMNS,
    HOLES_ROWS,
    IMAGES,
    LEFT,
    MARGIN,
    NOTHING,
    OUT_COLUMNS,
    OUT_ROWS,
    PRODUCT,
    RIGHT,
    SOURCE_COLUMNS,
    SOURCE_ROWS,
    STEP_COLUMNS,
    STEP_ROWS,
    TOP,
    WINDOW_COLUMNS,
    WINDOW_ROWS,
)

_ZERO, _ONE, _LOWEST = np.float32(0), np.float32(1), np.float32(-np.inf)


@helper
def first_inside(start: int, hole: int) -> int:
    """The first place of a window that does not lie before the tensor."""
    return (max(-start, 0) + hole - 1) // hole


@helper
def end_inside(start: int, hole: int, window: int, size: int) -> int:
    """Behind the last place of a window that lies before an end."""
    return min(window, (size - 1 - start) // hole + 1)


@helper
def rows_inside(record: int, start: int) -> Any:
    """The rows of a window between which it lies in the tensor, and how far they are apart."""
    hole, window = load_word(record, HOLES_ROWS), load_word(record, WINDOW_ROWS)
    return first_inside(start, hole), end_inside(start, hole, window, load_word(record, SOURCE_ROWS)), hole


@helper
def columns_inside(record: int, start: int) -> Any:
    hole, window = load_word(record, HOLES_COLUMNS), load_word(record, WINDOW_COLUMNS)
    end = end_inside(start, hole, window, load_word(record, SOURCE_COLUMNS))
    return first_inside(start, hole), end, hole


@helper
def counted(record: int, row: int, column: int) -> Any:
    """By what the sum of a window is divided."""
    if load_word(record, COUNTED) == NOTHING:
        return _ONE
    first, end, hole = rows_inside(record, row)
    left, right, gap = columns_inside(record, column)
    if load_word(record, COUNTED) == ELEMENTS:
        return np.float32(max(max(end - first, 0) * max(right - left, 0), 1))
    high = load_word(record, SOURCE_ROWS) + load_word(record, BEHIND_ROWS)
    wide = load_word(record, SOURCE_COLUMNS) + load_word(record, BEHIND_COLUMNS)
    down = end_inside(row, hole, load_word(record, WINDOW_ROWS), high)
    across = end_inside(column, gap, load_word(record, WINDOW_COLUMNS), wide)
    return np.float32(max(down * across, 1))


@helper
def is_of_four(record: int) -> Any:
    """Whether all windows are of 2 x 2 elements and lie inside."""
    high, wide = load_word(record, SOURCE_ROWS), load_word(record, SOURCE_COLUMNS)
    return (
        load_word(record, WINDOW_ROWS) == 2
        and load_word(record, WINDOW_COLUMNS) == 2
        and load_word(record, HOLES_ROWS) == 1
        and load_word(record, HOLES_COLUMNS) == 1
        and load_word(record, TOP) == 0
        and load_word(record, MARGIN) == 0
        and (load_word(record, OUT_ROWS) - 1) * load_word(record, STEP_ROWS) + 2 <= high
        and (load_word(record, OUT_COLUMNS) - 1) * load_word(record, STEP_COLUMNS) + 2 <= wide
    )


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
    total, size = load_word(record, IMAGES) * rows, load_word(record, SOURCE_ROWS) * wide * channels
    step, margin = load_word(record, STEP_COLUMNS), load_word(record, MARGIN)
    of_four = is_of_four(record)
    for line in range(total * share // shares, total * (share + 1) // shares):
        source = load_word(record, LEFT) + 4 * (line // rows) * size
        row = line % rows * load_word(record, STEP_ROWS) - load_word(record, TOP)
        first, end, hole = rows_inside(record, row)
        for index in range(columns):
            column = index * step - margin
            target = load_word(record, PRODUCT) + 4 * (line * columns + index) * channels
            if of_four:
                start = source + 4 * (row * wide + column) * channels
                largest_of_four(start, start + 4 * wide * channels, target, channels)
                continue
            left, right, gap = columns_inside(record, column)
            for i in range(channels):
                write(target, i, _LOWEST)
            for down in range(first, end):
                for across in range(left, right):
                    start = ((row + down * hole) * wide + column + across * gap) * channels
                    for i in range(channels):
                        write(target, i, larger(load(target, i), read(source, start + i)))


@record_kernel
def max_pool_gradient(share: int, shares: int, record: int, scratch: int) -> None:
    """Images apart, because windows may overlap."""
    channels, wide = load_word(record, CHANNELS), load_word(record, SOURCE_COLUMNS)
    high, images = load_word(record, SOURCE_ROWS), load_word(record, IMAGES)
    rows, columns = load_word(record, OUT_ROWS), load_word(record, OUT_COLUMNS)
    remaining = scratch + 4 * channels
    apart = load_word(record, STEP_ROWS) >= 2 and load_word(record, STEP_COLUMNS) >= 2
    of_four = apart and is_of_four(record)
    covered = of_four and 2 * rows == high and 2 * columns == wide
    for number in range(images * share // shares, images * (share + 1) // shares):
        source = load_word(record, LEFT) + 4 * number * high * wide * channels
        target = load_word(record, PRODUCT) + 4 * number * high * wide * channels
        for i in range(0 if covered else high * wide * channels):
            write(target, i, _ZERO)
        for window in range(rows * columns):
            row = window // columns * load_word(record, STEP_ROWS) - load_word(record, TOP)
            column = window % columns * load_word(record, STEP_COLUMNS) - load_word(record, MARGIN)
            slopes = load_word(record, RIGHT) + 4 * (number * rows * columns + window) * channels
            if of_four:
                start = 4 * (row * wide + column) * channels
                first_of_four(source + start, wide, slopes, target + start, channels)
                continue
            first, end, hole = rows_inside(record, row)
            left, right, gap = columns_inside(record, column)
            for i in range(channels):
                write(scratch, i, _LOWEST)
                write(remaining, i, read(slopes, i))
            for down in range(first, end):
                for across in range(left, right):
                    start = ((row + down * hole) * wide + column + across * gap) * channels
                    for i in range(channels):
                        write(scratch, i, larger(load(scratch, i), read(source, start + i)))
            for down in range(first, end):
                for across in range(left, right):
                    start = ((row + down * hole) * wide + column + across * gap) * channels
                    for i in range(channels):
                        value, most, slope = read(source, start + i), load(scratch, i), load(remaining, i)
                        given = slope if value == most or value != value else _ZERO
                        write(target, start + i, load(target, start + i) + given)
                    for i in range(channels):
                        value, most = read(source, start + i), load(scratch, i)
                        taken = value == most or value != value
                        write(remaining, i, _ZERO if taken else load(remaining, i))


@record_kernel
def sum_pool(share: int, shares: int, record: int, scratch: int) -> None:
    """The sum of each window, or its mean."""
    channels, wide = load_word(record, CHANNELS), load_word(record, SOURCE_COLUMNS)
    rows, columns = load_word(record, OUT_ROWS), load_word(record, OUT_COLUMNS)
    total, size = load_word(record, IMAGES) * rows, load_word(record, SOURCE_ROWS) * wide * channels
    step, margin = load_word(record, STEP_COLUMNS), load_word(record, MARGIN)
    for line in range(total * share // shares, total * (share + 1) // shares):
        source = load_word(record, LEFT) + 4 * (line // rows) * size
        row = line % rows * load_word(record, STEP_ROWS) - load_word(record, TOP)
        first, end, hole = rows_inside(record, row)
        for index in range(columns):
            column = index * step - margin
            target = load_word(record, PRODUCT) + 4 * (line * columns + index) * channels
            left, right, gap = columns_inside(record, column)
            for i in range(channels):
                write(target, i, _ZERO)
            for down in range(first, end):
                for across in range(left, right):
                    start = ((row + down * hole) * wide + column + across * gap) * channels
                    for i in range(channels):
                        write(target, i, load(target, i) + read(source, start + i))
            count = counted(record, row, column)
            for i in range(channels):
                write(target, i, load(target, i) / count)


@record_kernel
def sum_pool_gradient(share: int, shares: int, record: int, scratch: int) -> None:
    """Images apart, because windows may overlap."""
    channels, wide = load_word(record, CHANNELS), load_word(record, SOURCE_COLUMNS)
    rows, columns = load_word(record, OUT_ROWS), load_word(record, OUT_COLUMNS)
    images, size = load_word(record, IMAGES), load_word(record, SOURCE_ROWS) * wide * channels
    for number in range(images * share // shares, images * (share + 1) // shares):
        target = load_word(record, PRODUCT) + 4 * number * size
        for i in range(size):
            write(target, i, _ZERO)
        for window in range(rows * columns):
            row = window // columns * load_word(record, STEP_ROWS) - load_word(record, TOP)
            column = window % columns * load_word(record, STEP_COLUMNS) - load_word(record, MARGIN)
            slopes = load_word(record, LEFT) + 4 * (number * rows * columns + window) * channels
            first, end, hole = rows_inside(record, row)
            left, right, gap = columns_inside(record, column)
            count = counted(record, row, column)
            for down in range(first, end):
                for across in range(left, right):
                    start = ((row + down * hole) * wide + column + across * gap) * channels
                    for i in range(channels):
                        write(target, start + i, load(target, start + i) + read(slopes, i) / count)
