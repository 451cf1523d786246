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
def keep_larger(target: int, source: int, count: int) -> int:
    """The larger one of each number of the first half and its partner in the second; how many that are."""
    half = (count + 1) // 2
    for i in range(count - half):
        a, b = load(source, i), load(source, half + i)
        store(target, i, a if a > b else b)
    if 2 * half > count:
        store(target, half - 1, load(source, half - 1))
    return half


@helper
def largest(row: int, spare: int, count: int) -> Any:
    """The largest number of a row. It is found half by half, because comparisons side by side use vectors."""
    left = keep_larger(spare, row, count)
    while left > 1:
        left = keep_larger(spare, spare, left)
    return load(spare, 0)


@helper
def shifted_exponentials(row: int, target: int, count: int, most: Any) -> Any:
    """exp(x - most) of a row, and their sum. Where the largest is infinite they are not numbers."""
    for i in range(count):
        store(target, i, exponential(load(row, i) - most))
    return total(target, count)


@record_kernel
def softmax(share: int, shares: int, record: int, scratch: int) -> None:
    rows, length = load_word(record, OUTER), load_word(record, LENGTH)
    for row in range(rows * share // shares, rows * (share + 1) // shares):
        source = load_word(record, SOURCE) + 4 * row * length
        target = load_word(record, TARGET) + 4 * row * length
        most = largest(source, target, length)
        factor = np.float32(1.0 / shifted_exponentials(source, target, length, most))
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
        most = largest(source, scratch, length)
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
