"""What lies on a wire: the dots that it runs through, and the tags of one that is named and not drawn."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from widgets import theme
from widgets.canvas import ink

DOT, DOT_REACH = 5.0, 9.0
TAG_HEIGHT, TAG_WIDEST = 18.0, 130.0


def dot_at(dots: Iterable[QPointF], point: QPointF) -> int | None:
    """Which dot lies under a point."""
    near = [((dot - point).manhattanLength(), i) for i, dot in enumerate(dots)]
    away, index = min(near, default=(DOT_REACH + 1, 0))
    return index if away <= DOT_REACH else None


def paint_dots(painter: QPainter, dots: Iterable[QPointF], hue: str) -> None:
    """Paints the dots in the colour of their wire."""
    painter.setPen(ink.pen(theme.current().canvas, 1.5))
    painter.setBrush(ink.brush(hue))
    for dot in dots:
        painter.drawEllipse(dot, DOT, DOT)


def tags(start: QPointF, end: QPointF, name: str) -> tuple[QRectF, QRectF]:
    """Where the name stands: behind the stub of the output, and before that of the input."""
    width = min(ink.text_width("shape", name), TAG_WIDEST) + 16
    top = QPointF(0, -TAG_HEIGHT / 2)
    behind = QRectF(start + top, start + QPointF(width, 0) - top)
    before = QRectF(end - QPointF(width, 0) + top, end - top)
    return behind, before


def paint_tags(painter: QPainter, places: Iterable[QRectF], name: str, hue: str, width: float) -> None:
    """Paints the name at both ends, in a pill of the wire's colour."""
    skin = theme.current()
    painter.setFont(ink.font("shape"))
    for place in places:
        painter.setPen(ink.pen(hue, min(width, 2.0)))
        painter.setBrush(ink.brush(skin.canvas))
        painter.drawRoundedRect(place, TAG_HEIGHT / 2, TAG_HEIGHT / 2)
        painter.setPen(ink.pen(skin.text))
        text = ink.elide("shape", name, place.width() - 14)
        painter.drawText(QPointF(place.left() + 8, place.top() + 12.5), text)
