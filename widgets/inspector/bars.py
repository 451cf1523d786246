"""Histogram bars: counts brought to as many bars as there is room for, and painted."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from widgets.inspector.looks import HistogramLook


def merged(look: HistogramLook, most: int) -> HistogramLook:
    """Return the histogram with neighbouring bins put together until at most `most` are left."""
    counts = np.asarray(look.counts)
    edges = np.asarray(look.edges, np.float64)
    group = -(-counts.size // max(most, 1))
    if group <= 1:
        return look
    starts = np.arange(0, counts.size, group)
    return HistogramLook(np.add.reduceat(counts, starts), np.append(edges[starts], edges[-1]))


def heights(counts: NDArray[np.int64], log: bool) -> NDArray[np.float64]:
    """Return heights from 0 to 1; with `log` one count is still visible beside a million."""
    numbers = np.log1p(counts.astype(np.float64)) if log else counts.astype(np.float64)
    top = numbers.max(initial=0.0)
    return np.asarray(numbers / top if top > 0 else numbers)


def bar_rects(rect: QRectF, shares: NDArray[np.float64]) -> list[QRectF]:
    """Return the bars side by side in a rectangle; a bin with anything in it is at least 1 px high."""
    pitch = rect.width() / max(shares.size, 1)
    gap = 1.0 if pitch >= 3 else 0.0
    rects = []
    for index, share in enumerate(shares.tolist()):
        height = max(share * rect.height(), 1.0)
        rects.append(
            QRectF(rect.left() + index * pitch, rect.bottom() - height, max(pitch - gap, 0.5), height)
        )
    return rects


def paint_bars(painter: QPainter, rects: list[QRectF], colour: str) -> None:
    """Fill the bars, slightly rounded where they are wide enough."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for rect in rects:
        radius = 1.0 if rect.width() >= 4 and rect.height() >= 2 else 0.0
        painter.drawRoundedRect(rect, radius, radius)
