"""Pooling along one or two axes by the largest, the sum or the mean, and the ways back, as records."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.cpu import layout
from kernels.cpu.library import Library
from kernels.cpu.records.record import Array, Arrays, Record, address, packs
from kernels.cpu.records.windows import Slide, slide_of
from kernels.generic.pooling import pooling_axes

_GEOMETRY = ("window", "strides", "dilations", "padding", "pads", "ceil_mode")


@packs("max_pool")
def pack_max_pool(library: Library, inputs: Arrays, outputs: Arrays, **settings: Any) -> Record | None:
    (x,), (out,) = inputs, outputs
    slide = _pooling(x, settings)
    if slide is None or x is None or out is None:
        return None
    return Record(library.address("record_max_pool"), _words(slide, x, x, out), _work(slide))


@packs("max_pool_gradient")
def pack_max_pool_gradient(
    library: Library, inputs: Arrays, outputs: Arrays, **settings: Any
) -> Record | None:
    (dy, x), (out,) = inputs, outputs
    slide = _pooling(x, settings)
    if slide is None or x is None or dy is None or out is None:
        return None
    words, work = _words(slide, x, dy, out), x.size + 3 * _work(slide)
    return Record(library.address("record_max_pool_gradient"), words, work, 8 * slide.channels)


@packs("sum_pool")
def pack_sum_pool(library: Library, inputs: Arrays, outputs: Arrays, **settings: Any) -> Record | None:
    return _summed(library, inputs[0], outputs[0], settings, layout.NOTHING)


@packs("average_pool")
def pack_average_pool(
    library: Library, inputs: Arrays, outputs: Arrays, *, count_margins: bool, **settings: Any
) -> Record | None:
    return _summed(library, inputs[0], outputs[0], settings, _counted(count_margins))


@packs("sum_pool_gradient")
def pack_sum_pool_gradient(
    library: Library, inputs: Arrays, outputs: Arrays, **settings: Any
) -> Record | None:
    return _given_back(library, inputs, outputs[0], settings, layout.NOTHING)


@packs("average_pool_gradient")
def pack_average_pool_gradient(
    library: Library, inputs: Arrays, outputs: Arrays, *, count_margins: bool, **settings: Any
) -> Record | None:
    return _given_back(library, inputs, outputs[0], settings, _counted(count_margins))


def _counted(count_margins: bool) -> int:
    return layout.PLACES if count_margins else layout.ELEMENTS


def _summed(
    library: Library, x: Array | None, out: Array | None, settings: dict[str, Any], counted: int
) -> Record | None:
    slide = _pooling(x, settings)
    if slide is None or x is None or out is None:
        return None
    return Record(library.address("record_sum_pool"), _words(slide, x, x, out, counted), _work(slide))


def _given_back(
    library: Library, inputs: Arrays, out: Array | None, settings: dict[str, Any], counted: int
) -> Record | None:
    dy, like = inputs
    slide = _pooling(like, settings)
    if slide is None or dy is None or out is None:
        return None
    words, work = _words(slide, dy, dy, out, counted), out.size + _work(slide)
    return Record(library.address("record_sum_pool_gradient"), words, work)


def _pooling(x: Array | None, settings: dict[str, Any]) -> Slide | None:
    if x is None or x.dtype != np.float32:
        return None
    return slide_of(x.shape, pooling_axes(x, *(settings[name] for name in _GEOMETRY)))


def _work(slide: Slide) -> int:
    """The elements of all windows."""
    rows, columns = slide.counts
    return slide.images * rows * columns * slide.channels * slide.down.window * slide.across.window


def _words(slide: Slide, left: Array, right: Array, out: Array, counted: int = layout.NOTHING) -> list[int]:
    places = [address(left), 0, 0, address(right), 0, 0, address(out)]
    before, behind = [0] * 3, [0] * (layout.IMAGES - layout.PRODUCT - 1)
    between = [0] * (layout.WINDOW_ROWS - layout.TIMES)
    margins = [slide.down.behind, slide.across.behind]
    return [*before, *places, *behind, *slide.words(), *between, *slide.window(), *margins, counted]
