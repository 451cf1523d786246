"""Kernels that move numbers: axes exchanged, rows taken and added by place, the place of the largest."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.cpu.compiled.declare import helper, record_kernel
from kernels.cpu.compiled.memory import load, load_word, store, store_word
from kernels.cpu.layout import (
    BEGINS,
    INDICES,
    INNER,
    LENGTH,
    LINE,
    LINES,
    MOST_AXES,
    OUTER,
    SECOND,
    SIZES,
    SOURCE,
    SOURCE_LINE,
    SOURCE_TURN,
    STATUS,
    STRIDES,
    TARGET,
    TARGET_LINE,
    TARGET_TURN,
)

_ZERO = np.float32(0)


@record_kernel
def transpose(share: int, shares: int, record: int, scratch: int) -> None:
    """Numbers from places that lie any strides apart, in order. The last axis is the inner loop."""
    source, target = load_word(record, SOURCE), load_word(record, SOURCE + 1)
    lines = 1
    for axis in range(MOST_AXES - 1):
        lines *= load_word(record, SIZES + axis)
    size, stride = load_word(record, SIZES + MOST_AXES - 1), load_word(record, STRIDES + MOST_AXES - 1)
    for line in range(lines * share // shares, lines * (share + 1) // shares):
        place, rest = source, line
        for axis in range(MOST_AXES - 2, -1, -1):
            count = load_word(record, SIZES + axis)
            if count > 1:  # a division takes as long as some ten numbers that are copied
                place += 4 * (rest % count) * load_word(record, STRIDES + axis)
                rest //= count
        if stride == 1:
            for i in range(size):
                store(target, line * size + i, load(place, i))
        elif stride == 0:
            number = load(place, 0)
            for i in range(size):
                store(target, line * size + i, number)
        else:
            for i in range(size):
                store(target, line * size + i, load(place, i * stride))


@record_kernel
def pad_like(share: int, shares: int, record: int, scratch: int) -> None:
    """A tensor amid zeros, line by line."""
    source, target = load_word(record, SOURCE), load_word(record, SOURCE + 1)
    last = MOST_AXES - 1
    lines, size = 1, load_word(record, SIZES + last)
    begin, extent = load_word(record, BEGINS + last), load_word(record, STRIDES + last)
    for axis in range(last):
        lines *= load_word(record, SIZES + axis)
    for line in range(lines * share // shares, lines * (share + 1) // shares):
        inside, number, step, rest = True, 0, 1, line
        for axis in range(last - 1, -1, -1):
            count = load_word(record, SIZES + axis)
            place = rest % count - load_word(record, BEGINS + axis)
            inside = inside and 0 <= place < load_word(record, STRIDES + axis)
            number += place * step
            step *= load_word(record, STRIDES + axis)
            rest //= count
        for i in range(size):
            store(target, line * size + i, _ZERO)
        if inside:
            for i in range(extent):
                store(target, line * size + begin + i, load(source, number * extent + i))


@record_kernel
def move(share: int, shares: int, record: int, scratch: int) -> None:
    """The slice that belongs to the present turn of a loop, from one place to another."""
    turn, length, lines = load_word(scratch, -1), load_word(record, LINE), load_word(record, LINES)
    source = load_word(record, SOURCE) + 4 * turn * load_word(record, SOURCE_TURN)
    target = load_word(record, SECOND) + 4 * turn * load_word(record, TARGET_TURN)
    for line in range(lines * share // shares, lines * (share + 1) // shares):
        start = source + 4 * line * load_word(record, SOURCE_LINE)
        place = target + 4 * line * load_word(record, TARGET_LINE)
        for i in range(length):
            store(place, i, load(start, i))


@record_kernel
def join(share: int, shares: int, record: int, scratch: int) -> None:
    """Rows made of a row of each part, one behind the other. Parts are given by address and width."""
    parts, count, target = load_word(record, SOURCE), load_word(record, SECOND), load_word(record, TARGET)
    rows, length = load_word(record, OUTER), load_word(record, LENGTH)
    for row in range(rows * share // shares, rows * (share + 1) // shares):
        place = target + 4 * row * length
        for index in range(count):
            width = load_word(parts, 2 * index + 1)
            start = load_word(parts, 2 * index) + 4 * row * width
            for i in range(width):
                store(place, i, load(start, i))
            place += 4 * width


@helper
def found_place(indices: int, number: int, length: int) -> int:
    """The place that an index names, from the end where it is negative; -1 where there is none."""
    place = load_word(indices, number)
    if place < 0:
        place += length
    return place if 0 <= place < length else -1


@record_kernel
def gather(share: int, shares: int, record: int, scratch: int) -> None:
    source, indices, target = load_word(record, SOURCE), load_word(record, SECOND), load_word(record, TARGET)
    length, inner, count = load_word(record, LENGTH), load_word(record, INNER), load_word(record, INDICES)
    total = load_word(record, OUTER) * count
    for line in range(total * share // shares, total * (share + 1) // shares):
        place = found_place(indices, line % count, length)
        if place < 0:
            store_word(load_word(record, STATUS), 0, record)
            return
        start = source + 4 * (line // count * length + place) * inner
        for i in range(inner):
            store(target + 4 * line * inner, i, load(start, i))


@record_kernel
def scatter_add(share: int, shares: int, record: int, scratch: int) -> None:
    """Each share adds up some columns, in the order of the indices."""
    source, indices, target = load_word(record, SOURCE), load_word(record, SECOND), load_word(record, TARGET)
    length, inner, count = load_word(record, LENGTH), load_word(record, INNER), load_word(record, INDICES)
    first, last = inner * share // shares, inner * (share + 1) // shares
    for outer in range(load_word(record, OUTER)):
        for line in range(outer * length, (outer + 1) * length):
            for i in range(first, last):
                store(target + 4 * line * inner, i, _ZERO)
        for number in range(count):
            place = found_place(indices, number, length)
            if place < 0:
                store_word(load_word(record, STATUS), 0, record)
                return
            start, sums = (
                source + 4 * (outer * count + number) * inner,
                target + 4 * (outer * length + place) * inner,
            )
            for i in range(first, last):
                store(sums, i, load(sums, i) + load(start, i))


@helper
def place_of_largest(row: int, count: int) -> int:
    """The first place of the largest number; of the first that is none, if there is one."""
    place, most = 0, load(row, 0)
    for i in range(1, count):
        number: Any = load(row, i)
        if number > most or (number != number and most == most):
            place, most = i, number
    return place


@record_kernel
def arg_max(share: int, shares: int, record: int, scratch: int) -> None:
    source, target = load_word(record, SOURCE), load_word(record, TARGET)
    rows, length = load_word(record, OUTER), load_word(record, LENGTH)
    for row in range(rows * share // shares, rows * (share + 1) // shares):
        store_word(target, row, place_of_largest(source + 4 * row * length, length))
