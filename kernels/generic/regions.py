"""Regions of images: read at one size each, and freed of those that overlap."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels.devices import to_host
from kernels.generic.indexing import check_indices
from kernels.generic.output import Array, deliver
from kernels.refusal import Refusal
from kernels.registry import kernel

Sizes = tuple[int, ...]
_FARTHEST = 1_000_000


@kernel()
def roi_align(
    xp: Any,
    x: Array,
    boxes: Array,
    images: Array,
    *,
    size: Sizes,
    scale: float,
    samples: int,
    half_pixel: bool,
    reduction: str,
    out: Array | None = None,
) -> Array:
    check_indices(xp, images, x.shape[0])
    result = xp.empty((boxes.shape[0], *size, x.shape[3]), x.dtype) if out is None else out
    for number, (image, sides) in enumerate(_sides(x, boxes, images, size, scale, samples, half_pixel)):
        if reduction == "mean":
            rows, columns = (xp.asarray(side.matrix().astype(x.dtype)) for side in sides)
            result[number] = xp.matmul(columns, xp.tensordot(rows, x[image], 1))
        else:
            weighted = _weighted(xp, x[image], *sides)
            result[number] = weighted.max(axis=2) if weighted.shape[2] else 0
    return result


@kernel()
def roi_align_gradient(
    xp: Any,
    dy: Array,
    boxes: Array,
    images: Array,
    like: Array,
    *,
    size: Sizes,
    scale: float,
    samples: int,
    half_pixel: bool,
    out: Array | None = None,
) -> Array:
    result = xp.empty(like.shape, dy.dtype) if out is None else out
    result[...] = 0
    for number, (image, sides) in enumerate(_sides(like, boxes, images, size, scale, samples, half_pixel)):
        rows, columns = (xp.asarray(side.matrix().astype(dy.dtype)) for side in sides)
        result[image] += xp.matmul(columns.T, xp.tensordot(rows.T, dy[number], 1))
    return result


@kernel()
def roi_align_places(
    xp: Any,
    x: Array,
    boxes: Array,
    images: Array,
    *,
    size: Sizes,
    scale: float,
    samples: int,
    half_pixel: bool,
    out: tuple[Array, Array] | None = None,
) -> tuple[Array, Array]:
    check_indices(xp, images, x.shape[0])
    shape = (boxes.shape[0], *size, x.shape[3])
    places, weights = out or (xp.empty(shape, np.int64), xp.empty(shape, x.dtype))
    places[...], weights[...] = 0, 0
    pixels = x.shape[1] * x.shape[2]
    for number, (image, (rows, columns)) in enumerate(
        _sides(x, boxes, images, size, scale, samples, half_pixel)
    ):
        weighted = _weighted(xp, x[image], rows, columns)
        if weighted.shape[2]:
            best = weighted.argmax(axis=2)[:, :, None]
            numbers = _crossed(rows.pixels * x.shape[2], columns.pixels, np.add) + image * pixels
            factors = _crossed(rows.weights, columns.weights, np.multiply).astype(x.dtype)
            for target, values in ((places, numbers), (weights, factors)):
                target[number] = xp.take_along_axis(xp.asarray(values)[..., None], best, 2)[:, :, 0]
    return places, weights


@kernel()
def roi_pool(
    xp: Any,
    x: Array,
    boxes: Array,
    images: Array,
    *,
    size: Sizes,
    scale: float,
    out: tuple[Array, Array] | None = None,
) -> tuple[Array, Array]:
    check_indices(xp, images, x.shape[0])
    shape = (boxes.shape[0], *size, x.shape[3])
    y, places = out or (xp.empty(shape, x.dtype), xp.empty(shape, np.int64))
    y[...], places[...] = 0, -1
    height, width = x.shape[1:3]
    numbers = xp.arange(x.shape[0] * height * width).reshape(x.shape[:3])
    # Halves are rounded away from zero.
    corners = _pixels(boxes, scale)
    corners = (np.sign(corners) * np.floor(np.abs(corners) + 0.5)).astype(np.int64)
    for box, (image, (left, top, right, bottom)) in enumerate(zip(to_host(images), corners, strict=True)):
        for i, rows in enumerate(_parts(top, bottom, size[0], height)):
            for j, columns in enumerate(_parts(left, right, size[1], width)):
                part = x[image, rows, columns]
                part = part.reshape(part.shape[0] * part.shape[1], x.shape[3])
                if len(part):
                    found = part.argmax(axis=0)
                    y[box, i, j] = xp.take_along_axis(part, found[None], 0)[0]
                    places[box, i, j] = numbers[image, rows, columns].reshape(-1)[found]
    return y, places


@kernel()
def non_max_suppression(
    xp: Any,
    boxes: Array,
    scores: Array,
    *,
    count: int,
    overlap: float,
    least_score: float,
    corners: bool,
    out: Array | None = None,
) -> Array:
    places, chances = to_host(boxes), to_host(scores)
    kept = [
        (image, kind, box)
        for image in range(chances.shape[0])
        for kind in range(chances.shape[1])
        for box in _best(_limits(places[image], corners), chances[image, kind], count, overlap, least_score)
    ]
    return deliver(xp, xp.asarray(np.array(kept, np.int64).reshape(-1, 3)), out)


@dataclass(frozen=True)
class _Side:
    """Where one side of a box is read: for each part and each sample two pixels, and their weights."""

    pixels: np.ndarray
    weights: np.ndarray
    size: int

    def matrix(self) -> np.ndarray:
        """The mean over the samples as a product: parts x pixels."""
        parts, samples = self.pixels.shape[:2]
        result = np.zeros((parts, self.size))
        np.add.at(result, (np.arange(parts)[:, None, None], self.pixels), self.weights)
        return np.asarray(result / max(samples, 1))


def _sides(
    x: Array, boxes: Array, images: Array, size: Sizes, scale: float, samples: int, half_pixel: bool
) -> Iterator[tuple[int, tuple[_Side, _Side]]]:
    """For each box its image, and how its height and its width are read."""
    corners = _pixels(boxes, scale) - (0.5 if half_pixel else 0.0)
    for image, (left, top, right, bottom) in zip(to_host(images), corners, strict=True):
        yield (
            int(image),
            (
                _side(top, bottom, size[0], x.shape[1], samples, half_pixel),
                _side(left, right, size[1], x.shape[2], samples, half_pixel),
            ),
        )


def _pixels(boxes: Array, scale: float) -> np.ndarray:
    """The corners of boxes in pixels; refuses those that no image can have."""
    corners: np.ndarray = np.asarray(to_host(boxes), np.float64) * scale
    if not (np.abs(corners) <= _FARTHEST).all():
        raise Refusal(f"a box reaches beyond {_FARTHEST:,} pixels.", "Check boxes and scale.")
    return corners


def _side(start: float, end: float, parts: int, size: int, samples: int, half_pixel: bool) -> _Side:
    """The places of one side of a box. Those more than a pixel outside count nothing."""
    length = end - start if half_pixel else max(end - start, 1.0)
    part = length / parts
    samples = samples or max(math.ceil(part), 0)
    within = (np.arange(samples) + 0.5) / max(samples, 1)
    places = start + (np.arange(parts)[:, None] + within) * part
    counted = (places >= -1.0) & (places <= size)
    places = np.clip(places, 0.0, size - 1)
    below = np.floor(places).astype(np.int64)
    ahead = places - below
    pixels = np.stack([below, np.minimum(below + 1, size - 1)], axis=-1)
    return _Side(pixels, np.stack([1.0 - ahead, ahead], axis=-1) * counted[..., None], size)


def _weighted(xp: Any, image: Array, rows: _Side, columns: _Side) -> Array:
    """The pixels around the places of each part, times their weights: height x width x pixels x channels."""
    picked = image[
        xp.asarray(_crossed(rows.pixels, np.zeros_like(columns.pixels), np.add)),
        xp.asarray(_crossed(np.zeros_like(rows.pixels), columns.pixels, np.add)),
    ]
    weights = _crossed(rows.weights, columns.weights, np.multiply)
    return picked * xp.asarray(weights.astype(image.dtype))[..., None]


def _crossed(rows: np.ndarray, columns: np.ndarray, both: Callable[..., Any]) -> np.ndarray:
    """Something of all pairs of a pixel of the rows and one of the columns, part by part."""
    height, width = len(rows), len(columns)
    crossed = both(rows.reshape(height, 1, -1, 1), columns.reshape(1, width, 1, -1))
    return np.asarray(crossed).reshape(height, width, -1)


def _parts(start: int, end: int, parts: int, size: int) -> Iterator[slice]:
    """The pixels of each part of a side, which may overlap by one, as far as they lie in the image."""
    length = max(end - start + 1, 1)
    for part in range(parts):
        first, last = start + part * length // parts, start - (-(part + 1) * length // parts)
        yield slice(min(max(first, 0), size), min(max(last, 0), size))


def _limits(boxes: np.ndarray, corners: bool) -> np.ndarray:
    """Top, left, bottom and right of boxes; an area of them can be too large for float16."""
    boxes = boxes.astype(np.float64)
    if corners:
        first, second = boxes[:, :2], boxes[:, 2:]
        return np.concatenate([np.minimum(first, second), np.maximum(first, second)], axis=1)
    middle, half = boxes[:, 1::-1], boxes[:, 3:1:-1] / 2
    return np.concatenate([middle - half, middle + half], axis=1)


def _best(limits: np.ndarray, scores: np.ndarray, count: int, overlap: float, least: float) -> list[int]:
    """The numbers of the boxes that are kept, the best first."""
    left = np.argsort(-scores, kind="stable")
    left = left[scores[left] > least]
    kept: list[int] = []
    while left.size and len(kept) < count:
        best, left = left[0], left[1:]
        kept.append(int(best))
        left = left[~(_overlaps(limits[best], limits[left]) > overlap)]
    return kept


def _overlaps(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The area that a box has in common with each of the others, as a part of what both cover together."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    common = np.maximum(sides, 0).prod(axis=1)
    together = (box[2:] - box[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(axis=1) - common
    return np.where(together > 0, common / np.where(together > 0, together, 1), 0.0)
