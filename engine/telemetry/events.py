"""What can be recorded while a graph runs: scalars, histograms, images and texts, each a frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class Scalar:
    """One number of a curve."""

    tag: str
    split: Split
    step: int
    epoch: int
    wall_time: float
    value: float


@dataclass(frozen=True, eq=False)
class Histogram:
    """How the numbers of a tensor are spread: `counts[i]` of them lie between `edges[i]` and `edges[i + 1]`.

    Numbers that are not finite are in no bin; `not_finite` counts them.
    """

    tag: str
    split: Split
    step: int
    epoch: int
    wall_time: float
    counts: NDArray[np.int64]
    edges: NDArray[np.float64]
    total: float
    total_of_squares: float
    not_finite: int = 0


@dataclass(frozen=True, eq=False)
class Image:
    """A picture: 8-bit pixels, height x width (grey), x 3 (colours) or x 4 (colours and opacity)."""

    tag: str
    split: Split
    step: int
    epoch: int
    wall_time: float
    pixels: NDArray[np.uint8]

    def __post_init__(self) -> None:
        known_form = self.pixels.ndim == 2 or (self.pixels.ndim == 3 and self.pixels.shape[2] in (1, 3, 4))
        if self.pixels.dtype != np.uint8 or not self.pixels.size or not known_form:
            raise ValueError(
                f"Image '{self.tag}' has pixels of {self.pixels.dtype} and shape {self.pixels.shape}; "
                "expected uint8 and height x width, or height x width x 1, 3 or 4."
            )


@dataclass(frozen=True)
class Text:
    """A text in Markdown."""

    tag: str
    split: Split
    step: int
    epoch: int
    wall_time: float
    text: str


Event = Scalar | Histogram | Image | Text


def histogram_of(
    values: NDArray[Any], *, tag: str, split: Split, step: int, epoch: int, wall_time: float, bins: int = 64
) -> Histogram:
    """Sort the numbers of a tensor into equally wide bins between the least and the greatest of them.

    Complex numbers are sorted by their distance from zero.
    """
    real = np.abs(values) if values.dtype.kind == "c" else values
    numbers = np.asarray(real, dtype=np.float64).ravel()
    finite = numbers[np.isfinite(numbers)]
    counts, edges = _counted(finite, bins)
    with np.errstate(over="ignore"):
        total, total_of_squares = float(finite.sum()), float(np.square(finite).sum())
    return Histogram(
        tag=tag,
        split=split,
        step=step,
        epoch=epoch,
        wall_time=wall_time,
        counts=counts.astype(np.int64),
        edges=edges,
        total=total,
        total_of_squares=total_of_squares,
        not_finite=numbers.size - finite.size,
    )


def _counted(finite: NDArray[np.float64], bins: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Counts and edges; a single bin where the numbers are equal, or too close for edges between them."""
    if not finite.size:
        return np.zeros(1, dtype=np.int64), np.array([0.0, 1.0])
    low, high = float(finite.min()), float(finite.max())
    if low == high:
        return np.array([finite.size]), np.sort([low, np.nextafter(low, 0.0 if low else 1.0)])
    # Written so that the width of an enormous range does not overflow.
    part = np.linspace(0.0, 1.0, bins + 1)
    edges = low * (1.0 - part) + high * part
    if not np.all(np.diff(edges / 2) > 0):
        return np.array([finite.size]), np.array([low, high])
    return np.histogram(finite, bins=edges)[0], edges
