"""Axes exchanged, parts, margins and repeats, rows by place, the place of the largest, as records."""

from __future__ import annotations

import math

import numpy as np

from kernels.cpu import layout
from kernels.cpu.library import Library
from kernels.cpu.records.record import Array, Arrays, Record, address, packs, table


@packs("transpose")
def pack_transpose(
    library: Library, inputs: Arrays, outputs: Arrays, *, permutation: tuple[int, ...]
) -> Record | None:
    (x,), (out,) = inputs, outputs
    if x is None or out is None or x.dtype != np.float32:
        return None
    return _copied(library, x.transpose(permutation or None), out)


@packs("slice")
def pack_slice(
    library: Library, inputs: Arrays, outputs: Arrays, *, begin: tuple[int, ...], size: tuple[int, ...]
) -> Record | None:
    x, (out,) = inputs[0], outputs
    if x is None or out is None or x.dtype != np.float32 or len(begin) != x.ndim:
        return None
    first = (start % length if start < 0 else start for start, length in zip(begin, x.shape, strict=True))
    parts = tuple(slice(start, start + length) for start, length in zip(first, out.shape, strict=True))
    return _copied(library, x[parts], out)


@packs("pad_like")
def pack_pad_like(
    library: Library, inputs: Arrays, outputs: Arrays, *, begin: tuple[int, ...]
) -> Record | None:
    x, (out,) = inputs[0], outputs
    if x is None or out is None or x.dtype != np.float32 or x.ndim > layout.MOST_AXES or min(begin) < 0:
        return None
    more = layout.MOST_AXES - x.ndim
    ones = [1] * more
    words = [address(x), address(out), *ones, *out.shape, *ones, *x.shape, *[0] * more, *begin]
    return Record(library.address("record_pad_like"), words, out.size)


@packs("broadcast_like")
def pack_broadcast_like(
    library: Library, inputs: Arrays, outputs: Arrays, *, axes: tuple[int, ...], keep_dims: bool
) -> Record | None:
    x, out = inputs[0], outputs[0]
    if x is None or out is None or x.dtype != np.float32:
        return None
    if axes and not keep_dims:
        reduced = {axis % out.ndim for axis in axes}
        x = x.reshape([1 if axis in reduced else size for axis, size in enumerate(out.shape)])
    return _copied(library, np.broadcast_to(x, out.shape), out)


def _copied(library: Library, view: Array, out: Array) -> Record | None:
    """A view written out in order; axes that stay beside each other count as one."""
    axes: list[tuple[int, int]] = []
    for size, stride in zip(view.shape, view.strides, strict=True):
        step = stride // view.itemsize
        if size == 1:
            continue
        if axes and axes[-1][1] == size * step:
            axes[-1] = (axes[-1][0] * size, step)
        else:
            axes.append((size, step))
    if len(axes) > layout.MOST_AXES:
        return None
    axes = [(1, 0)] * (layout.MOST_AXES - len(axes)) + axes
    sizes, strides = zip(*axes, strict=True)
    words = [address(view), address(out), *sizes, *strides]
    return Record(library.address("record_transpose"), words, 4 * view.size)


@packs("concat")
def pack_concat(library: Library, inputs: Arrays, outputs: Arrays, *, axis: int) -> Record | None:
    (out,) = outputs
    parts = [array for array in inputs if array is not None]
    if out is None or any(part.dtype != np.float32 or part.ndim != out.ndim for part in (*parts, out)):
        return None
    rows = math.prod(out.shape[: axis % out.ndim])
    places = table([(address(part), part.size // rows) for part in parts])
    words = [address(places), len(parts), address(out), rows, out.size // rows]
    return Record(library.address("record_join"), words, 4 * out.size, 0, (places,))


@packs("gather")
def pack_gather(library: Library, inputs: Arrays, outputs: Arrays, *, axis: int) -> Record | None:
    (x, indices), (out,) = inputs, outputs
    if x is None or out is None or not _fit(x, indices):
        return None
    words = _words(x.shape, axis, address(x), indices, address(out))
    return Record(library.address("record_gather"), words, out.size, refuses=True)


@packs("scatter_add")
def pack_scatter_add(library: Library, inputs: Arrays, outputs: Arrays, *, axis: int) -> Record | None:
    (x, indices, _), (out,) = inputs, outputs
    if x is None or out is None or not _fit(x, indices):
        return None
    words = _words(out.shape, axis, address(x), indices, address(out))
    return Record(library.address("record_scatter_add"), words, x.size + out.size, refuses=True)


def _fit(x: Array, indices: Array | None) -> bool:
    return indices is not None and bool(x.dtype == np.float32 and indices.dtype == np.int64)


def _words(shape: tuple[int, ...], axis: int, source: int, indices: Array, target: int) -> list[int]:
    """Addresses and sizes, from the shape of the tensor that has the places along an axis."""
    axis %= len(shape)
    outer, inner = math.prod(shape[:axis]), math.prod(shape[axis + 1 :])
    return [source, address(indices), target, outer, shape[axis], inner, 0, indices.size]


@packs("arg_max")
def pack_arg_max(
    library: Library, inputs: Arrays, outputs: Arrays, *, axis: int, keep_dims: bool, last: bool
) -> Record | None:
    (x,), (out,) = inputs, outputs
    if x is None or out is None or x.dtype != np.float32 or out.dtype != np.int64 or last or not x.ndim:
        return None
    if axis % x.ndim != x.ndim - 1:
        return None
    length = x.shape[-1]
    words = [address(x), 0, address(out), x.size // length, length, 1]
    return Record(library.address("record_arg_max"), words, 2 * x.size)


# ---- the slices of loops ---------------------------------------------------------------------------------


def move(
    library: Library, source: Array, target: Array, source_turn: int = 0, target_turn: int = 0
) -> Record | None:
    """A slice copied in every turn of a loop; the bytes from one turn to the next are given for both sides.

    None where it is not made of equal stretches of memory that are equally far from each other.
    """
    if source.dtype != target.dtype or source.itemsize not in (4, 8) or not source.size:
        return None
    lines = _lines(source.shape, source.strides, target.strides, source.itemsize)
    if lines is None or any(number % 4 for number in (*lines, source_turn, target_turn)):
        return None
    count, length, source_line, target_line = lines
    units = [length // 4, source_line // 4, target_line // 4, source_turn // 4, target_turn // 4]
    words = [address(source), address(target), count // 4, *units]
    return Record(library.address("record_move"), words, source.nbytes // 4)


def _lines(
    shape: tuple[int, ...], source: tuple[int, ...], target: tuple[int, ...], itemsize: int
) -> tuple[int, int, int, int] | None:
    """Four times how many stretches there are; the bytes of each; and from one to the next on both sides."""
    axes = [axis for axis, size in enumerate(shape) if size > 1]
    length = itemsize
    while axes and source[axes[-1]] == target[axes[-1]] == length:
        length *= shape[axes.pop()]
    if not axes:
        return 4, length, 0, 0
    count, last = shape[axes[-1]], axes[-1]
    for axis in reversed(axes[:-1]):
        if source[axis] != count * source[last] or target[axis] != count * target[last]:
            return None
        count *= shape[axis]
    return 4 * count, length, source[last], target[last]
