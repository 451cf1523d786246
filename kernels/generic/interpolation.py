"""Resizing along one axis: each new element is a weighted sum of the old ones around its place.

Source: Keys, Cubic convolution interpolation for digital image processing, 1981; the modes are those of the
ONNX operator Resize.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

Sizes = tuple[int, ...]
_ROWS = 256
"""So many new elements share a piece of the matrix of weights, which is zero far from its diagonal."""


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
class Band:
    """Neighbouring new elements, the old ones that they are made of, and their weights: new x old."""

    new: slice
    old: slice
    weights: np.ndarray


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

    def bands(self, how: Interpolation) -> Iterator[Band]:
        """The weights in pieces, so that memory grows with the size and not with its square."""
        elements, weights = self._taken(how)
        outside = self.outside(how)
        if outside is not None:
            weights[outside] = 0
        for first in range(0, max(self.wanted, 1), _ROWS):
            new = slice(first, min(first + _ROWS, self.wanted))
            held = elements[new]
            low, high = (int(held.min()), int(held.max()) + 1) if held.size else (0, 0)
            matrix = np.zeros((len(held), high - low))
            np.add.at(matrix, (np.arange(len(held))[:, None], held - low), weights[new])
            yield Band(new, slice(low, high), matrix)

    def _taken(self, how: Interpolation) -> tuple[np.ndarray, np.ndarray]:
        """For each new element the old ones that it is made of, and how much of each it takes."""
        if how.kind == "nearest":
            return self.nearest(how)[:, None], np.ones((self.wanted, 1))
        return self._covered() if how.kind == "area" else self._around(how)

    def _around(self, how: Interpolation) -> tuple[np.ndarray, np.ndarray]:
        """Weights that depend on the distance of the old elements; the outermost go on beyond the ends."""
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
        return np.clip(elements, 0, self.size - 1).astype(np.int64), weights

    def _covered(self) -> tuple[np.ndarray, np.ndarray]:
        """Equal weights for the elements that a new one touches."""
        starts = np.arange(self.wanted) * self.size // max(self.wanted, 1)
        ends = -(-(np.arange(1, self.wanted + 1) * self.size) // max(self.wanted, 1))
        counts = (ends - starts)[:, None]
        ahead = np.arange(int(counts.max(initial=0)))
        return np.minimum(starts[:, None] + ahead, self.size - 1), (ahead < counts) / counts


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
