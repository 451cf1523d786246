"""The product of matrices as a record: its sizes and strides, and how it is cut into shares."""

from __future__ import annotations

import functools

import numpy as np

from kernels.cpu import layout
from kernels.cpu.library import Library
from kernels.cpu.records.record import Array, Arrays, Record, address, packs
from kernels.cpu.vectors import PANELS

_REUSED = 4
"""How often a piece of A or B must be read to be worth being brought into order."""


@packs("mat_mul")
def pack_mat_mul(
    library: Library, inputs: Arrays, outputs: Arrays, *, transpose_a: bool, transpose_b: bool
) -> Record | None:
    """A product of two matrices, or of stacks of them that are equally high."""
    (a, b), (c,) = inputs, outputs
    if a is None or b is None or c is None or a.ndim < 2 or b.ndim < 2 or a.dtype != np.float32:
        return None
    if b.ndim == 2 and not transpose_a:
        a, c = a.reshape(1, -1, a.shape[-1]), c.reshape(1, -1, c.shape[-1])
    elif a.shape[:-2] != b.shape[:-2] and b.ndim > 2 and a.ndim > 2:
        return None
    depth, width = (b.shape[-1], b.shape[-2]) if transpose_b else (b.shape[-2], b.shape[-1])
    height = c.shape[-2]
    batch = c.size // (height * width)
    left_row, left_column = (1, a.shape[-1]) if transpose_a else (a.shape[-1], 1)
    right_row, right_column = (1, b.shape[-1]) if transpose_b else (b.shape[-1], 1)
    if width == 1 and batch > 1:
        return None
    tiles = tiles_of(library)
    vectors = 1 if width <= tiles.lanes else 2
    rows = tiles.rows[vectors - 1]
    panel, panels = vectors * tiles.lanes, -(-width // (vectors * tiles.lanes))
    packs_left = transpose_a and depth > 64 and panels >= _REUSED
    packs_right = transpose_b or (height > _REUSED * rows and panels > 1)
    split = layout.BY_PANEL if panels >= 4 and panels * panel <= 2 * width else layout.BY_ROW
    split = layout.BY_BATCH if batch >= 4 else split
    words = [height, width, depth]
    words += [address(a), left_row, left_column, address(b), right_row, right_column, address(c)]
    words += [batch, _step(a, batch), _step(b, batch), rows, vectors, tiles.lanes, address(tiles.table)]
    words += [split, int(packs_left), int(packs_right)]
    scratch = 4 * layout.DEPTH_BLOCK * panel
    if packs_left:
        scratch += 4 * layout.DEPTH_BLOCK * (layout.ROW_BLOCK + rows)
    work = batch * height * width * depth // 8
    kernel = library.address("record_mat_mul" if width > 1 else "record_mat_vec")
    return Record(kernel, words, work, scratch, (tiles,))


def _step(array: Array, batch: int) -> int:
    """How far it is from one matrix of a stack to the next; 0 where there is one for all."""
    return 0 if array.size == array.shape[-1] * array.shape[-2] else array.size // batch


class Tiles:
    """The addresses of the tiles that the library has."""

    def __init__(self, library: Library) -> None:
        self.table = np.zeros((2, layout.TILE_TABLE_ROWS), np.int64)
        self.rows = [library.vectors.rows(vectors) for vectors in PANELS]
        for vectors, most in zip(PANELS, self.rows, strict=True):
            for rows in range(1, most + 1):
                self.table[vectors - 1, rows - 1] = library.address(f"tile_{rows}_{vectors}")
        self.lanes = library.vectors.width


@functools.cache
def tiles_of(library: Library) -> Tiles:
    """The tiles of a library; they are looked up once."""
    return Tiles(library)
