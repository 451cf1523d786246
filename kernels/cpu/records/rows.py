"""Sums, means, softmax, its cross-entropy and rows of one, as records."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kernels.cpu import layout
from kernels.cpu.library import Library
from kernels.cpu.records.record import Array, Arrays, Record, address, packs

_EXP = 4
"""An exponential and what belongs to it, in sums."""


@packs("sum_to")
def pack_sum_to(library: Library, inputs: Arrays, outputs: Arrays) -> Record | None:
    x, like = inputs
    if x is None or like is None:
        return None
    new = x.ndim - like.ndim
    axes = [axis for axis in range(x.ndim) if axis < new or like.shape[axis - new] != x.shape[axis]]
    return _sum(library, x, outputs[0], axes, mean=False) if axes else None


@packs("reduce_sum")
def pack_reduce_sum(
    library: Library, inputs: Arrays, outputs: Arrays, *, axes: tuple[int, ...], keep_dims: bool
) -> Record | None:
    return _sum(library, inputs[0], outputs[0], axes, mean=False)


@packs("reduce_mean")
def pack_reduce_mean(
    library: Library, inputs: Arrays, outputs: Arrays, *, axes: tuple[int, ...], keep_dims: bool
) -> Record | None:
    return _sum(library, inputs[0], outputs[0], axes, mean=True)


def _sum(library: Library, x: Array | None, out: Array | None, axes: Any, *, mean: bool) -> Record | None:
    """A sum along axes that lie beside each other."""
    if x is None or out is None or x.dtype != np.float32:
        return None
    chosen = sorted(axis % x.ndim for axis in axes) if axes or not x.ndim else list(range(x.ndim))
    if not chosen or chosen != list(range(chosen[0], chosen[-1] + 1)):
        return None
    outer = math.prod(x.shape[: chosen[0]])
    length = math.prod(x.shape[chosen[0] : chosen[-1] + 1])
    inner = math.prod(x.shape[chosen[-1] + 1 :])
    words = [address(x), 0, address(out), outer, length, inner, int(mean)]
    return Record(library.address("record_sum"), words, x.size, 8 * layout.SUM_BLOCK)


@packs("softmax")
def pack_softmax(library: Library, inputs: Arrays, outputs: Arrays, *, axis: int) -> Record | None:
    (x,), (out,) = inputs, outputs
    if x is None or out is None or x.dtype != np.float32 or not x.ndim or axis % x.ndim != x.ndim - 1:
        return None
    words = [address(x), 0, address(out), x.size // x.shape[-1], x.shape[-1], 1]
    return Record(library.address("record_softmax"), words, _EXP * x.size)


@packs("sparse_softmax_cross_entropy")
def pack_cross_entropy(library: Library, inputs: Arrays, outputs: Arrays) -> Record | None:
    (logits, labels), (out,) = inputs, outputs
    if logits is None or labels is None or out is None:
        return None
    if logits.dtype != np.float32 or labels.dtype != np.int64:
        return None
    length = logits.shape[-1]
    words = [address(logits), address(labels), address(out), logits.size // length, length, 1]
    kernel = library.address("record_sparse_softmax_cross_entropy")
    return Record(kernel, words, _EXP * logits.size, 4 * length, refuses=True)


@packs("one_hot")
def pack_one_hot(library: Library, inputs: Arrays, outputs: Arrays, **settings: Any) -> Record | None:
    numbers, out = inputs[0], outputs[0]
    if numbers is None or out is None or numbers.dtype != np.int64 or out.dtype != np.float32:
        return None
    plain = not settings["wrap"] and settings["on"] == 1 and settings["off"] == 0
    if not plain or settings["axis"] % out.ndim != out.ndim - 1:
        return None
    words = [address(numbers), 0, address(out), numbers.size, out.shape[-1], 1]
    return Record(library.address("record_one_hot"), words, out.size)


@packs("random_uniform")
def pack_random_uniform(library: Library, inputs: Arrays, outputs: Arrays, **settings: Any) -> Record | None:
    counter, out = inputs[1], outputs[0]
    if counter is None or out is None or out.dtype != np.float32:
        return None
    parameters = np.array([settings["high"] - settings["low"], settings["low"]])
    words = [address(counter), address(out), out.size, settings["stream"], address(parameters)]
    return Record(library.address("record_random_uniform"), words, 8 * out.size, 0, (parameters,))
