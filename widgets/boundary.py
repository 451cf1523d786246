"""The decision boundary of a model with two inputs: what it predicts everywhere, and the data on top."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import theme
from widgets.controls.labels import EmptyLabel
from widgets.controls.painting import CENTRE, RIGHT, draw_box, draw_text, text_width

EMPTY = "Press Run; what the model predicts over the plane appears here."
_LEFT, _TOP, _BOTTOM, _RIGHT = 40.0, 10.0, 24.0, 12.0
_SHADES = 255
_UNKNOWN = 255


@dataclass(frozen=True, eq=False)
class BoundaryLook:
    """Probabilities of class 1 over a grid, and the points that the model learns from.

    `grid[0]` is the row at the bottom, `grid[:, 0]` the column at the left; each cell covers an equal part
    of the ranges. `labels` are 0 or 1; where `held_out` is true the point was kept from training.
    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    grid: NDArray[np.float64]
    points: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    labels: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    held_out: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))
    x_name: str = "x"
    y_name: str = "y"


class BoundaryView(QWidget):
    """Paints blue where the model says class 0, orange where 1, pale where it is unsure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: BoundaryLook | None = None
        self._image: tuple[str, QImage] | None = None
        self._at: QPointF | None = None
        self._empty = EmptyLabel(EMPTY, self)
        self._empty.setObjectName("boundary-empty")
        self.setObjectName("boundary")
        self.setAccessibleName("Decision boundary")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_look(self, look: BoundaryLook | None) -> None:
        """Show these predictions and points, or the words for none."""
        if look is self._look:
            return
        self._look, self._image = look, None
        self._empty.setVisible(look is None)
        if look is not None:
            held = int(look.held_out.sum())
            self.setAccessibleDescription(f"{len(look.points) - held} training points, {held} held out")
        self.update()

    def plot_rect(self) -> QRectF:
        """Return the square in which the plane is painted."""
        rect = QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)
        side = max(min(rect.width(), rect.height()), 1.0)
        return QRectF(rect.left(), rect.top(), side, side)

    def place(self, x: float, y: float) -> QPointF:
        """Return where a point of the plane is painted."""
        assert self._look is not None
        rect = self.plot_rect()
        (x0, x1), (y0, y1) = self._look.x_range, self._look.y_range
        return QPointF(
            rect.left() + (x - x0) / _span(x0, x1) * rect.width(),
            rect.bottom() - (y - y0) / _span(y0, y1) * rect.height(),
        )

    def sizeHint(self) -> QSize:
        return QSize(300, 280)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 120)

    def resizeEvent(self, _event: QEvent) -> None:
        self._empty.setGeometry(self.rect())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        inside = self._look is not None and self.plot_rect().contains(event.position())
        self._at = event.position() if inside else None
        self.update()

    def leaveEvent(self, _event: QEvent) -> None:
        self._at = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._look is None:
            return
        now, rect, look = theme.current(), self.plot_rect(), self._look
        painter = QPainter(self)
        if look.grid.size:
            if self._image is None or self._image[0] != now.name:
                self._image = (now.name, _picture(look.grid, now))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(rect, self._image[1])
        painter.setPen(QPen(QColor(now.border), 1.0))
        painter.drawRect(rect)
        self._paint_axes(painter, rect, look, now)
        painter.setClipRect(rect)
        self._paint_points(painter, look, now)
        painter.setClipping(False)
        if self._at is not None:
            self._paint_reading(painter, rect, look, self._at, now)
        if self.hasFocus():
            draw_box(painter, rect.adjusted(-3, -3, 3, 3), theme.RADIUS_THUMBNAIL, "", now.accent, 2)

    def _paint_axes(self, painter: QPainter, rect: QRectF, look: BoundaryLook, now: theme.Theme) -> None:
        (x0, x1), (y0, y1) = look.x_range, look.y_range
        for x in _ticks(x0, x1):
            box = QRectF(self.place(x, y0).x() - 30, rect.bottom() + 4, 60, 16)
            draw_text(painter, box, f"{x:g}", "axis", now.text3, CENTRE)
        for y in _ticks(y0, y1):
            box = QRectF(0, self.place(x0, y).y() - 8, _LEFT - 8, 16)
            draw_text(painter, box, f"{y:g}", "axis", now.text3, RIGHT)

    def _paint_points(self, painter: QPainter, look: BoundaryLook, now: theme.Theme) -> None:
        """Paint class 0 round and class 1 as diamonds; training points filled, held-out ones as rings."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QColor(now.canvas if now.dark else now.raised)
        finite = np.isfinite(look.points).all(axis=1)
        for row in np.flatnonzero(finite).tolist():
            one = bool(look.labels[row] > 0)
            ink = QColor(now.curve(int(one)))
            held = bool(look.held_out[row])
            painter.setBrush(edge if held else ink)
            painter.setPen(QPen(ink, 1.75) if held else QPen(edge, 1.0))
            _paint_sign(painter, self.place(*look.points[row].tolist()), 3.4 if held else 4.0, one)

    def _paint_reading(
        self, painter: QPainter, rect: QRectF, look: BoundaryLook, at: QPointF, now: theme.Theme
    ) -> None:
        (x0, x1), (y0, y1) = look.x_range, look.y_range
        right, up = (at.x() - rect.left()) / rect.width(), (rect.bottom() - at.y()) / rect.height()
        x, y = x0 + right * (x1 - x0), y0 + up * (y1 - y0)
        text = f"{look.x_name} {x:.2f}  {look.y_name} {y:.2f}"
        if look.grid.size:
            rows, columns = look.grid.shape
            value = float(look.grid[min(int(up * rows), rows - 1), min(int(right * columns), columns - 1)])
            text += f"  p {value:.3f}" if math.isfinite(value) else "  p NaN"
        width = text_width(text, "axis") + 16
        left = at.x() + 12 if at.x() + 12 + width < self.width() else at.x() - 12 - width
        box = QRectF(left, max(at.y() - 30, 2.0), width, 22)
        draw_box(painter, box, theme.RADIUS_CONTROL, now.raised, now.border)
        draw_text(painter, box, text, "axis", now.text, CENTRE)


def _paint_sign(painter: QPainter, at: QPointF, radius: float, diamond: bool) -> None:
    if not diamond:
        painter.drawEllipse(at, radius, radius)
        return
    reach = radius * 1.25
    corners = [QPointF(0, -reach), QPointF(reach, 0), QPointF(0, reach), QPointF(-reach, 0)]
    painter.drawPolygon(QPolygonF([at + corner for corner in corners]))


def _picture(grid: NDArray[np.float64], now: theme.Theme) -> QImage:
    """Return the grid as an image, row 0 at the bottom; what is not a number is marked."""
    numbers = np.asarray(grid, np.float64)[::-1]
    shades = (np.clip(np.nan_to_num(numbers), 0.0, 1.0) * (_SHADES - 1)).astype(np.uint8)
    shades[~np.isfinite(numbers)] = _UNKNOWN
    height, width = shades.shape
    image = QImage(
        np.ascontiguousarray(shades).tobytes(), width, height, width, QImage.Format.Format_Indexed8
    ).copy()
    table = [_shade(index / (_SHADES - 1), now) for index in range(_SHADES)]
    image.setColorTable([*table, QColor(now.nan).rgb()])
    return image


def _shade(probability: float, now: theme.Theme) -> int:
    """Return blue below one half, orange above, on the panel, so that points of full hue stand out."""
    hue = now.signed_low if probability < 0.5 else now.signed_high
    return QColor(theme.mix(now.raised, hue, 0.55 * abs(2 * probability - 1))).rgb()


def _ticks(low: float, high: float) -> list[float]:
    """Return up to five round numbers within a range."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    raw = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * (1 - 1e-9))
    return [
        round(index * step, 10)
        for index in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    ]


def _span(low: float, high: float) -> float:
    return high - low if high != low else 1.0
