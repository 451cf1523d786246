"""Exchanged axes, rows taken and added by their places, and the place of the largest, as records."""

from __future__ import annotations

import math

import numpy as np

from kernels.cpu import layout
from kernels.cpu.library import Library
from kernels.cpu.records.record import Array, Arrays, Record, address, packs


@packs("transpose")
def pack_transpose(
    library: Library, inputs: Arrays, outputs: Arrays, *, permutation: tuple[int, ...]
) -> Record | None:
    (x,), (out,) = inputs, outputs
    if x is None or out is None or x.dtype != np.float32:
        return None
    turned = x.transpose(permutation or None)
    axes: list[tuple[int, int]] = []
    for size, stride in zip(turned.shape, turned.strides, strict=True):
        step = stride // x.itemsize
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
    words = [address(x), address(out), *sizes, *strides]
    return Record(library.address("record_transpose"), words, 4 * x.size)


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
