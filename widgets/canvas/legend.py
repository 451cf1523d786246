"""The legend of the gradients overlay: the ramp with its powers of ten."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets import theme, tokens
from widgets.canvas import ink
from widgets.controls.painting import draw_box

WIDTH, HEIGHT = 236, 58


class GradientLegend(QWidget):
    """Stands at the bottom left while gradients are shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("gradientLegend")
        self.setAccessibleName("Gradient size, root mean square, from 1e-8 to 1e3")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def sizeHint(self) -> QSize:
        """Always the same."""
        return QSize(WIDTH, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints title, ramp (as a wedge, since wires widen too) and figures."""
        skin = theme.current()
        painter = QPainter(self)
        draw_box(painter, QRectF(self.rect()), 8, skin.panel, skin.border)
        painter.setFont(ink.font("hint"))
        painter.setPen(ink.pen(skin.text2))
        painter.drawText(QPointF(12, 18), "Gradient, rms")
        left, right, middle = 16.0, WIDTH - 16.0, 30.0
        low, high = tokens.GRADIENT_LOG10[0], tokens.GRADIENT_LOG10[-1]
        ramp = QLinearGradient(left, 0, right, 0)
        for stop, hue in zip(tokens.GRADIENT_LOG10, skin.gradient, strict=True):
            ramp.setColorAt((stop - low) / (high - low), QColor(hue))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ramp)
        corners = [(left, middle - 1), (right, middle - 4), (right, middle + 4), (left, middle + 1)]
        painter.drawPolygon([QPointF(x, y) for x, y in corners])
        painter.setFont(ink.font("axis"))
        painter.setPen(ink.pen(skin.text3))
        for power in (-8, -5, -3, -1, 1, 3):
            text = f"1e{power}"
            x = left + (power - low) / (high - low) * (right - left) - ink.text_width("axis", text) / 2
            x = min(max(x, 6.0), WIDTH - 6 - ink.text_width("axis", text))
            painter.drawText(QPointF(x, 50), text)
