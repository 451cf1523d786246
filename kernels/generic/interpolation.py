"""Resizing along one axis as a matrix of weights: each new element is a weighted sum of old ones.

Source: Keys, Cubic convolution interpolation for digital image processing, 1981; the modes are those of the
ONNX operator Resize.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Sizes = tuple[int, ...]


@dataclass(frozen=True)
class Interpolation:
    """How values between elements are made out of those around."""

    kind: str
    """`nearest`, `linear`, `cubic`, or `area`: the mean of what a new element covers."""
    coordinates: str
    """How places of the new axis are mapped to places of the old one."""
    rounding: str = "round_prefer_floor"
    coefficient: float = -0.75
    exclude_outside: bool = False
    antialias: bool = False


@dataclass(frozen=True)
class Stretch:
    """What happens to one axis: its sizes before and after, the scale, and which part of it is kept."""

    axis: int
    size: int
    wanted: int
    scale: float
    start: float = 0.0
    end: float = 1.0

    def outside(self, how: Interpolation) -> np.ndarray | None:
        """Which new elements lie beyond the old ones; None where that cannot be."""
        if how.coordinates != "crop_and_resize":
            return None
        places = self.places(how)
        return np.asarray((places < 0) | (places > self.size - 1))

    def places(self, how: Interpolation) -> np.ndarray:
        """Where each new element lies among the old ones."""
        new = np.arange(self.wanted, dtype=np.float64)
        length = self.scale * self.size
        last = self.size - 1
        if how.coordinates == "align_corners":
            return new * (last / (length - 1)) if length > 1 else np.zeros_like(new)
        if how.coordinates == "asymmetric":
            return new / self.scale
        if how.coordinates == "crop_and_resize":
            if length > 1:
                return self.start * last + new * ((self.end - self.start) * last / (length - 1))
            return np.full_like(new, 0.5 * (self.start + self.end) * last)
        middle = (new + 0.5) / self.scale - 0.5
        if how.coordinates == "pytorch_half_pixel" and length <= 1:
            return np.zeros_like(new)
        if how.coordinates == "half_pixel_symmetric":
            # The middle stays in the middle although the size was rounded.
            return middle + self.size / 2 * (1 - self.wanted / length)
        return middle

    def nearest(self, how: Interpolation) -> np.ndarray:
        """Which old element each new one is."""
        places = self.places(how)
        below = np.floor(places)
        if how.rounding == "floor":
            found = below
        elif how.rounding == "ceil":
            found = np.ceil(places)
        elif how.rounding == "round_prefer_floor":
            found = np.where(places - below <= 0.5, below, below + 1)
        else:
            found = np.where(places - below < 0.5, below, below + 1)
        return np.asarray(np.clip(found, 0, self.size - 1).astype(np.int64))

    def sources(self, how: Interpolation) -> tuple[np.ndarray, np.ndarray]:
        """For each new element, in a row, the old ones that it is made of, and the weight of each."""
        if how.kind == "area":
            elements, weights = self._covered()
        elif how.kind == "nearest":
            elements, weights = self.nearest(how)[:, None], np.ones((self.wanted, 1))
        else:
            elements, weights = self._around(how)
        outside = self.outside(how)
        if outside is not None:
            weights = np.where(outside[:, None], 0.0, weights)
        # The outermost elements go on beyond the ends.
        return np.clip(elements, 0, max(self.size - 1, 0)).astype(np.int64), weights

    def _around(self, how: Interpolation) -> tuple[np.ndarray, np.ndarray]:
        """Weights that depend on the distance of the old elements."""
        smaller = min(self.scale, 1.0) if how.antialias else 1.0
        radius = math.ceil((2 if how.kind == "cubic" else 1) / smaller)
        places = self.places(how)[:, None]
        elements = np.floor(places) + np.arange(1 - radius, radius + 1)
        distances = np.abs(places - elements) * smaller
        weights = _cubic(distances, how.coefficient) if how.kind == "cubic" else np.maximum(1 - distances, 0)
        if how.exclude_outside:
            weights[(elements < 0) | (elements > self.size - 1)] = 0
        if how.exclude_outside or how.antialias:
            total = weights.sum(axis=1, keepdims=True)
            weights = weights / np.where(total == 0, 1, total)
        return elements, weights

    def _covered(self) -> tuple[np.ndarray, np.ndarray]:
        """Equal weights for the elements that a new one touches."""
        starts = np.arange(self.wanted) * self.size // self.wanted
        counts = -(-(np.arange(1, self.wanted + 1) * self.size) // self.wanted) - starts
        ahead = np.arange(counts.max(initial=0))
        return starts[:, None] + ahead, (ahead < counts[:, None]) / counts[:, None]


@dataclass(frozen=True)
class Terms:
    """A matrix of weights as a few sums, because nearly all of it is zero: a new element is made of two old
    ones, or of four. Each term has for each row the number of an element, and its weight.
    """

    rows: int
    picks: tuple[np.ndarray, ...]
    weights: tuple[np.ndarray, ...]


@functools.lru_cache(maxsize=256)
def terms(change: Stretch, how: Interpolation, *, back: bool) -> Terms:
    """The weights of an axis, or for the way back their transposition, as sums."""
    elements, weights = change.sources(how)
    if back:
        elements, weights = _transposed(elements, weights, change.size)
    return Terms(len(elements), tuple(elements.T), tuple(weights.T))


def _transposed(elements: np.ndarray, weights: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """For each old element, in a row, the new ones that it is part of, and its weight in each."""
    order = np.argsort(elements.ravel(), kind="stable")
    old = elements.ravel()[order]
    counts = np.bincount(old, minlength=size)
    place = np.arange(len(old)) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = np.zeros((size, counts.max(initial=0)), np.int64)
    shares = np.zeros(rows.shape)
    rows[old, place] = order // max(elements.shape[1], 1)
    shares[old, place] = weights.ravel()[order]
    return rows, shares


def stretches(
    shape: Sequence[int],
    axes: Sequence[int],
    sizes: Sequence[int],
    scales: Sequence[float],
    aspect: str,
    region: Sequence[float],
) -> tuple[Stretch, ...]:
    """What happens to each axis. One size or scale counts for all; `region` has all starts, then all ends."""
    count = len(axes)
    before = [shape[axis] for axis in axes]
    if sizes:
        wanted = [*sizes] * (count if len(sizes) == 1 else 1)
        ratios = [new / old if old else 1.0 for new, old in zip(wanted, before, strict=True)]
        if aspect != "stretch":
            ratios = [min(ratios) if aspect == "not_larger" else max(ratios)] * count
            wanted = [math.floor(ratio * old + 0.5) for ratio, old in zip(ratios, before, strict=True)]
    else:
        ratios = [*scales] * (count if len(scales) == 1 else 1)
        wanted = [math.floor(ratio * old) for ratio, old in zip(ratios, before, strict=True)]
    starts, ends = (region[:count], region[count:]) if region else ([0.0] * count, [1.0] * count)
    return tuple(map(Stretch, axes, before, wanted, ratios, starts, ends))


def _cubic(distance: np.ndarray, a: float) -> np.ndarray:
    near = ((a + 2) * distance - (a + 3)) * distance**2 + 1
    far = a * (((distance - 5) * distance + 8) * distance - 4)
    return np.where(distance <= 1, near, np.where(distance < 2, far, 0.0))
