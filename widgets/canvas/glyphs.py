"""The marks of ports, by rank: dot, line, square, cube; a ring while the rank is unknown. The fold's mark."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from widgets import theme
from widgets.canvas import ink
from widgets.canvas.looks import PortLook


def paint_port(
    painter: QPainter, port: PortLook, at: QPointF, grow: float = 0.0, hollow: bool = False
) -> None:
    """Paints one port around its centre; optional inputs are hollow."""
    skin = theme.current()
    hue = skin.dtype_colour(port.dtype)
    if hollow or port.rank is None:
        painter.setPen(ink.pen(hue, 1.75))
        painter.setBrush(ink.brush(skin.raised))
        grow -= 0.75
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.brush(hue))
    x, y = at.x(), at.y()
    if port.rank is None or port.rank == 0:
        radius = 4.5 + grow
        painter.drawEllipse(QRectF(x - radius, y - radius, 2 * radius, 2 * radius))
    elif port.rank == 1:
        painter.drawRoundedRect(QRectF(x - 2 - grow, y - 6 - grow, 4 + 2 * grow, 12 + 2 * grow), 1, 1)
    elif port.rank == 2:
        half = 4.5 + grow
        painter.drawRoundedRect(QRectF(x - half, y - half, 2 * half, 2 * half), 1.5, 1.5)
    else:
        _paint_cube(painter, hue, x, y, grow, hollow)


def paint_small_port(painter: QPainter, port: PortLook, at: QPointF) -> None:
    """From afar a port is a dot of its colour; its rank could not be made out."""
    painter.fillRect(
        QRectF(at.x() - 4, at.y() - 4, 8, 8), ink.brush(theme.current().dtype_colour(port.dtype))
    )


def paint_fold(painter: QPainter, at: QPointF, unfolded: bool, grow: float = 0.0) -> None:
    """A plus where inputs are tucked away, a minus while they are shown."""
    skin = theme.current()
    radius, arm = 5.5 + grow, 2.75
    painter.setPen(ink.pen(skin.strong))
    painter.setBrush(ink.brush(skin.raised))
    painter.drawEllipse(at, radius, radius)
    painter.setPen(ink.pen(skin.text2, 1.25))
    painter.drawLine(at - QPointF(arm, 0), at + QPointF(arm, 0))
    if not unfolded:
        painter.drawLine(at - QPointF(0, arm), at + QPointF(0, arm))


def _paint_cube(painter: QPainter, hue: str, x: float, y: float, grow: float, hollow: bool) -> None:
    """A cube 10 x 11: six corners around a middle; two sides are darker, so that it reads as a solid."""
    w, h = 5 + grow, 5.5 + grow
    top, bottom, middle = QPointF(x, y - h), QPointF(x, y + h), QPointF(x, y)
    left_top, left_bottom = QPointF(x - w, y - h / 2), QPointF(x - w, y + h / 2)
    right_top, right_bottom = QPointF(x + w, y - h / 2), QPointF(x + w, y + h / 2)
    painter.drawPolygon(QPolygonF([top, right_top, right_bottom, bottom, left_bottom, left_top]))
    if not hollow:
        shade = theme.current().canvas
        painter.setBrush(ink.brush(ink.mix(hue, shade, 0.18)))
        painter.drawPolygon(QPolygonF([left_top, middle, bottom, left_bottom]))
        painter.setBrush(ink.brush(ink.mix(hue, shade, 0.36)))
        painter.drawPolygon(QPolygonF([right_top, middle, bottom, right_bottom]))
        return
    painter.drawPolyline([left_top, middle, right_top])
    painter.drawLine(middle, bottom)
