"""The dots of the canvas: one row of dots is drawn once, and stamped for every row of the raster."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from widgets import theme
from widgets.canvas import ink

STEP, WIDE_STEP = 24.0, 96.0
WIDE_BELOW, NONE_BELOW = 0.5, 0.25


def paint_grid(painter: QPainter, exposed: QRect, origin: QPointF, scale: float) -> None:
    """Fills an area of the viewport; `origin` is where the scene's zero lies in it."""
    skin = theme.current()
    painter.fillRect(exposed, ink.brush(skin.canvas))
    if scale < NONE_BELOW:
        return
    step = (WIDE_STEP if scale < WIDE_BELOW else STEP) * scale
    size = 2 if scale >= 1.5 else 1
    first = math.floor((exposed.left() - origin.x()) / step)
    phase = origin.x() + first * step
    row = _row(
        round((phase - math.floor(phase)) * 8) / 8, step, exposed.width() + int(step) + 2, size, skin.grid
    )
    y = math.floor((exposed.top() - origin.y()) / step)
    while (top := origin.y() + y * step) <= exposed.bottom():
        painter.drawPixmap(QPoint(math.floor(phase), math.floor(top)), row)
        y += 1


@lru_cache(maxsize=8)
def _row(phase: float, step: float, width: int, size: int, hue: str) -> QPixmap:
    """One row of dots, rounded to whole px so that all are equally bright."""
    row = QPixmap(max(width, 1), size)
    row.fill(Qt.GlobalColor.transparent)
    painter = QPainter(row)
    colour = QColor(hue)
    x = phase
    while x < width:
        painter.fillRect(math.floor(x), 0, size, size, colour)
        x += step
    painter.end()
    return row
