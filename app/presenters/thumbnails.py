"""A small picture of a tensor for its node: pictures, a heat map, bars, a line, or a number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.presenters.text import number
from widgets import theme
from widgets.canvas.looks import Bars, Figure, HeatMap, Pictures, Sparkline, ThumbnailLook
from widgets.inspector.ramps import colour_table, finite_limits, scale_for

PICTURES = 4
BARS = 16
CELLS = (16, 64)
"""Most rows and columns of a heat map; a thumbnail has no more pixels to show."""


def thumbnail(sample: NDArray[np.generic]) -> ThumbnailLook | None:
    """What fits a tensor's shape; of complex numbers |x| is shown.

    Axis 0 of a rank above 1 is the batch: its first entries are shown.
    """
    if sample.size == 0:
        return None
    values = np.abs(sample) if np.iscomplexobj(sample) and sample.ndim else np.asarray(sample)
    if values.ndim == 0:
        return Figure(number(values.item()))
    if values.ndim == 1:
        return _row(values)
    if values.ndim == 2:
        if 1 < values.shape[1] <= BARS and values.dtype.kind == "f":
            first = tuple(float(v) for v in np.nan_to_num(values[0]))
            return Bars(first, int(np.argmax(first)))
        if values.shape[1] == 1:
            return _row(values[:, 0])
        return HeatMap(heat(values[: CELLS[0], : CELLS[1]]))
    if values.ndim == 4 and values.shape[3] in (1, 3):
        values = values.mean(axis=3) if values.shape[3] == 3 else values[..., 0]
    while values.ndim > 3:
        values = values[..., 0]
    return Pictures(tuple(grey(picture) for picture in values[:PICTURES]))


def grey(picture: NDArray[np.generic]) -> NDArray[np.uint8]:
    """A matrix as a grey picture: its smallest value black, its largest white."""
    values = np.nan_to_num(np.asarray(picture, np.float64), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    scale = 255.0 / (high - low) if high > low else 0.0
    return ((values - low) * scale).astype(np.uint8)


def heat(matrix: NDArray[np.generic]) -> NDArray[np.uint8]:
    """A matrix in colours: rows x columns x 3."""
    scale = scale_for(*finite_limits(matrix))
    argb = colour_table(scale.ramp, theme.current())[scale.shades(matrix)]
    return np.stack([argb >> 16, argb >> 8, argb], axis=-1).astype(np.uint8)


def _row(values: NDArray[np.generic]) -> ThumbnailLook:
    if values.size == 1:
        return Figure(number(values.reshape(-1)[0].item()))
    if values.dtype.kind in "iub":
        shown = "  ".join(str(value) for value in values[:8].tolist())
        return Figure(f"{shown} …" if values.size > 8 else shown)
    finite = tuple(float(v) for v in np.nan_to_num(values[:128]))
    return Bars(finite) if len(finite) <= BARS else Sparkline(finite)
