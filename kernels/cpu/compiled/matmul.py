"""The product of matrices: panels of columns and tiles of rows, packed where they lie far apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.cpu.compiled.declare import helper, record_kernel, reordering
from kernels.cpu.compiled.memory import call_tile, load, load_word, store
from kernels.cpu.layout import (
    BATCH,
    BY_BATCH,
    BY_PANEL,
    DEPTH,
    DEPTH_BLOCK,
    HEIGHT,
    LANES,
    LEFT,
    LEFT_BATCH,
    LEFT_COLUMN,
    LEFT_ROW,
    PACKS_LEFT,
    PACKS_RIGHT,
    PRODUCT,
    RIGHT,
    RIGHT_BATCH,
    RIGHT_COLUMN,
    RIGHT_ROW,
    ROW_BLOCK,
    SPLIT,
    TILE_ADDRESSES,
    TILE_ROWS,
    TILE_TABLE_ROWS,
    VECTORS,
    WIDTH,
)


@reordering
def inner_product(a: int, b: int, count: int) -> Any:
    """The sum of products in float64, in any order: its error is far below that of one float32."""
    found = 0.0
    for i in range(count):
        found += np.float64(load(a, i)) * np.float64(load(b, i))
    return found


@helper
def pack_right(target: int, source: int, row: int, column: int, depth: int, count: int, width: int) -> None:
    """A panel of B, one row behind the other."""
    if column == 1:
        for k in range(depth):
            for n in range(count):
                store(target, k * width + n, load(source, k * row + n))
    else:
        for n in range(count):
            for k in range(depth):
                store(target, k * width + n, load(source, n * column + k * row))


@helper
def pack_left(target: int, source: int, row: int, column: int, depth: int, rows: int, tile: int) -> None:
    """Rows of A, tile by tile, each of them column by column."""
    for first in range(0, rows, tile):
        count = min(tile, rows - first)
        place = target + 4 * first * depth
        for k in range(depth):
            for i in range(count):
                store(place, k * tile + i, load(source, (first + i) * row + k * column))


@helper
def multiply_panel(
    record: int, left: int, row: int, column: int, tile_step: int, right: int, right_row: int,
    product: int, rows: int, tile: int, columns: int, depth: int,
    times: int, next_left: int, next_right: int, adds: int,
) -> None:  # fmt: skip
    """The rows of one panel. A tile's rows begin `tile_step` numbers behind those of the one before.

    So many products are added up, `next_left` and `next_right` numbers from each other; and C, where it adds.
    """
    lanes, width = load_word(record, LANES), load_word(record, WIDTH)
    vectors = 1 if columns <= lanes else load_word(record, VECTORS)
    last = columns - lanes * (vectors - 1)
    tiles = load_word(record, TILE_ADDRESSES) + 8 * TILE_TABLE_ROWS * (vectors - 1)
    done = 0
    while done < rows:
        count = min(tile, rows - done)
        address = load_word(tiles, count - 1)
        call_tile(
            address, left, row, column, right, right_row, product, width, depth,
            times, next_left, next_right, last, adds,
        )  # fmt: skip
        left += 4 * tile_step
        product += 4 * count * width
        done += count


@helper
def even_tile(rows: int, most: int) -> int:
    """The rows of a tile, so that all tiles are about as high: none is much lower than the others."""
    tiles = (rows + most - 1) // most
    return (rows + tiles - 1) // tiles


@helper
def multiply(
    record: int, scratch: int, left: int, right: int, product: int, rows: int, first: int, last: int
) -> None:
    """The product of some rows of A with some panels of B."""
    width, whole = load_word(record, WIDTH), load_word(record, DEPTH)
    left_row, left_column = load_word(record, LEFT_ROW), load_word(record, LEFT_COLUMN)
    right_row, right_column = load_word(record, RIGHT_ROW), load_word(record, RIGHT_COLUMN)
    panel = load_word(record, LANES) * load_word(record, VECTORS)
    high = load_word(record, TILE_ROWS)
    packs_left, packs_right = load_word(record, PACKS_LEFT), load_word(record, PACKS_RIGHT)
    ordered = scratch + 4 * DEPTH_BLOCK * panel
    for begin in range(0, rows, ROW_BLOCK):
        block = min(ROW_BLOCK, rows - begin)
        tile = even_tile(block, high)
        for deep in range(0, whole, DEPTH_BLOCK):
            depth = min(DEPTH_BLOCK, whole - deep)
            a, row, column = left + 4 * (begin * left_row + deep * left_column), left_row, left_column
            step = tile * left_row
            if packs_left != 0:
                pack_left(ordered, a, left_row, left_column, depth, block, tile)
                a, row, column, step = ordered, 1, tile, tile * depth
            for index in range(first, last):
                start = index * panel
                columns = min(panel, width - start)
                b, next_b = right + 4 * (deep * right_row + start * right_column), right_row
                if packs_right != 0:
                    pack_right(scratch, b, right_row, right_column, depth, columns, panel)
                    b, next_b = scratch, panel
                place = product + 4 * (begin * width + start)
                multiply_panel(
                    record, a, row, column, step, b, next_b, place, block, tile, columns, depth, 1, 0, 0, deep
                )


@record_kernel
def mat_vec(share: int, shares: int, record: int, scratch: int) -> None:
    """A product with a single column. Sums over rows are in float64; of a turned A columns are added up."""
    left, right, product = load_word(record, LEFT), load_word(record, RIGHT), load_word(record, PRODUCT)
    row, column = load_word(record, LEFT_ROW), load_word(record, LEFT_COLUMN)
    height, depth = load_word(record, HEIGHT), load_word(record, DEPTH)
    first, last = height * share // shares, height * (share + 1) // shares
    if column == 1:
        for i in range(first, last):
            store(product, i, np.float32(inner_product(left + 4 * i * row, right, depth)))
        return
    for i in range(first, last):
        store(product, i, np.float32(0))
    for k in range(depth):
        factor = load(right, k)
        for i in range(first, last):
            store(product, i, load(product, i) + load(left, i * row + k * column) * factor)


@record_kernel
def mat_mul(share: int, shares: int, record: int, scratch: int) -> None:
    """One share of a product, or of many."""
    left, right, product = load_word(record, LEFT), load_word(record, RIGHT), load_word(record, PRODUCT)
    height, width, batch = load_word(record, HEIGHT), load_word(record, WIDTH), load_word(record, BATCH)
    panel = load_word(record, LANES) * load_word(record, VECTORS)
    panels = (width + panel - 1) // panel
    split = load_word(record, SPLIT)
    first, last, top, bottom, begin, end = 0, panels, 0, height, 0, batch
    if split == BY_BATCH:
        begin, end = batch * share // shares, batch * (share + 1) // shares
    elif split == BY_PANEL:
        first, last = panels * share // shares, panels * (share + 1) // shares
    else:
        high = load_word(record, TILE_ROWS)
        tiles = (height + high - 1) // high
        top = tiles * share // shares * high
        bottom = min(height, tiles * (share + 1) // shares * high)
    for index in range(begin, end):
        if first < last and top < bottom:
            a = left + 4 * (index * load_word(record, LEFT_BATCH) + top * load_word(record, LEFT_ROW))
            b = right + 4 * index * load_word(record, RIGHT_BATCH)
            c = product + 4 * (index * height + top) * width
            multiply(record, scratch, a, b, c, bottom - top, first, last)
