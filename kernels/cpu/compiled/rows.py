"""Kernels that look at rows: sums and means along an axis, softmax, its cross-entropy, and rows of one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kernels.cpu.compiled.approximations import exponential
from kernels.cpu.compiled.declare import helper, record_kernel, reordering
from kernels.cpu.compiled.memory import load, load64, load_word, store, store64, store_word
from kernels.cpu.layout import (
    INNER,
    LENGTH,
    MEAN,
    OUTER,
    SECOND,
    SOURCE,
    STATUS,
    SUM_BLOCK,
    TARGET,
)

_ZERO, _ONE = np.float32(0), np.float32(1)


@reordering
def total(source: int, count: int) -> Any:
    """A sum in float64, in any order: its error is far below that of one float32."""
    found = 0.0
    for i in range(count):
        found += np.float64(load(source, i))
    return found


@record_kernel
def sum_(share: int, shares: int, record: int, scratch: int) -> None:
    """Sums along the middle one of three axes. Where the last one stays, columns are added side by side."""
    source, target = load_word(record, SOURCE), load_word(record, TARGET)
    outer, length, inner = load_word(record, OUTER), load_word(record, LENGTH), load_word(record, INNER)
    factor = 1.0 / length if load_word(record, MEAN) != 0 else 1.0
    if inner == 1:
        for row in range(outer * share // shares, outer * (share + 1) // shares):
            store(target, row, np.float32(total(source + 4 * row * length, length) * factor))
        return
    blocks = (inner + SUM_BLOCK - 1) // SUM_BLOCK
    for part in range(outer * blocks * share // shares, outer * blocks * (share + 1) // shares):
        row, column = part // blocks, part % blocks * SUM_BLOCK
        count = min(SUM_BLOCK, inner - column)
        first = source + 4 * (row * length * inner + column)
        for i in range(count):
            store64(scratch, i, np.float64(load(first, i)))
        for line in range(1, length):
            for i in range(count):
                store64(scratch, i, load64(scratch, i) + np.float64(load(first + 4 * line * inner, i)))
        for i in range(count):
            store(target + 4 * (row * inner + column), i, np.float32(load64(scratch, i) * factor))


@helper
def largest(row: int, count: int) -> Any:
    found = load(row, 0)
    for i in range(1, count):
        number = load(row, i)
        found = number if number > found else found
    return found


@helper
def shifted_exponentials(row: int, target: int, count: int, most: Any) -> Any:
    """exp(x - most) of a row, and their sum. Where the largest is infinite they are not numbers."""
    found = 0.0
    for i in range(count):
        power = exponential(load(row, i) - most)
        store(target, i, power)
    for i in range(count):
        found += np.float64(load(target, i))
    return found


@record_kernel
def softmax(share: int, shares: int, record: int, scratch: int) -> None:
    rows, length = load_word(record, OUTER), load_word(record, LENGTH)
    for row in range(rows * share // shares, rows * (share + 1) // shares):
        source = load_word(record, SOURCE) + 4 * row * length
        target = load_word(record, TARGET) + 4 * row * length
        factor = np.float32(1.0 / shifted_exponentials(source, target, length, largest(source, length)))
        for i in range(length):
            store(target, i, load(target, i) * factor)


@record_kernel
def sparse_softmax_cross_entropy(share: int, shares: int, record: int, scratch: int) -> None:
    rows, length = load_word(record, OUTER), load_word(record, LENGTH)
    labels, target = load_word(record, SECOND), load_word(record, TARGET)
    for row in range(rows * share // shares, rows * (share + 1) // shares):
        source = load_word(record, SOURCE) + 4 * row * length
        label = load_word(labels, row)
        if label < 0 or label >= length:
            store_word(load_word(record, STATUS), 0, record)
            return
        most = largest(source, length)
        found = shifted_exponentials(source, scratch, length, most)
        store(target, row, np.float32(math.log(found) - np.float64(load(source, label) - most)))


@record_kernel
def one_hot(share: int, shares: int, record: int, scratch: int) -> None:
    rows, length = load_word(record, OUTER), load_word(record, LENGTH)
    numbers, target = load_word(record, SOURCE), load_word(record, TARGET)
    for row in range(rows * share // shares, rows * (share + 1) // shares):
        for i in range(length):
            store(target, row * length + i, _ZERO)
        number = load_word(numbers, row)
        if 0 <= number < length:
            store(target, row * length + number, _ONE)
