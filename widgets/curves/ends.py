"""The newest point of each curve and its label beside the plot, laid over the chart in pixels."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from widgets import theme
from widgets.controls.painting import draw_text, elided, text_width
from widgets.curves.drawing import LABEL_GAP, LABEL_HEIGHT, LONGEST_NAME, End, label_rows
from widgets.curves.ink import label_ink


class Overlay(QGraphicsItem):
    """Something painted over the chart that the pointer does not notice."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(1)
        self._area = QRectF()

    def cover(self, area: QRectF) -> None:
        """Paint anew, now within this rectangle."""
        self.prepareGeometryChange()
        self._area = area
        self.update()

    def boundingRect(self) -> QRectF:
        return self._area

    def shape(self) -> QPainterPath:
        return QPainterPath()


class EndLabels(Overlay):
    """A dot at the end of each curve; the labels stand in one column and do not overlap."""

    def __init__(self) -> None:
        super().__init__()
        self._ends: list[tuple[End, QPointF]] = []
        self._plot = QRectF()

    def show_ends(self, ends: list[tuple[End, QPointF]], plot: QRectF, edge: int) -> None:
        """Show these ends at their places beside a plot; the chart ends at `edge`."""
        self._ends, self._plot = ends, plot
        left = min((place.x() for _, place in ends), default=plot.right())
        self.cover(QRectF(QPointF(left, plot.top()), QPointF(edge, plot.bottom())).adjusted(-5, -10, 0, 10))

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        now = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for end, place in self._ends:
            draw_dot(painter, now.curve(end.line.colour), place, end.line.dashed)
        rows = label_rows([place.y() for _, place in self._ends], self._plot.top(), self._plot.bottom())
        column = max((place.x() for _, place in self._ends), default=0.0) + LABEL_GAP
        for (end, _), centre in zip(self._ends, rows, strict=False):
            _draw_label(painter, end, column, centre - LABEL_HEIGHT / 2, now)


def draw_dot(painter: QPainter, colour: str, place: QPointF, ring: bool) -> None:
    """Draw a dot for training, a ring for validation."""
    painter.setPen(QPen(QColor(colour), 2.0) if ring else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.current().panel if ring else colour))
    painter.drawEllipse(place, 3.2, 3.2)


def _draw_label(painter: QPainter, end: End, left: float, top: float, now: theme.Theme) -> None:
    colour = label_ink(now.curve(end.line.colour), now.panel, now.text)
    # A pixel more than measured, so that a label is not elided by rounding.
    name = elided(end.line.label, "label", LONGEST_NAME + 1, Qt.TextElideMode.ElideMiddle)
    width = text_width(name, "label")
    draw_text(painter, QRectF(left, top, width + 1, LABEL_HEIGHT), name, "label", colour)
    draw_text(painter, QRectF(left + width + 4, top, 80, LABEL_HEIGHT), end.value, "field value", colour)
