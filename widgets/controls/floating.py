"""The box of everything that floats over the canvas: fill, hairline, radius and shadow."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.controls.painting import SHADOW, draw_floating


class FloatingBox(QWidget):
    """Paints a floating box inside its contents margins; the margins hold the shadow.

    `box_rect()` is the visible part; place the widget so that this part lies where the design wants it.
    """

    MARGINS = QMargins(SHADOW, SHADOW - 4, SHADOW, SHADOW + 4)

    def __init__(self, parent: QWidget | None = None, token: str = "panel") -> None:
        super().__init__(parent)
        self._token = token
        self.setContentsMargins(self.MARGINS)

    def box_rect(self) -> QRectF:
        """The visible part of the widget."""
        return QRectF(self.contentsRect())

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        fill = getattr(now, self._token)
        draw_floating(QPainter(self), self.box_rect(), theme.RADIUS_NODE, fill, now.border)
