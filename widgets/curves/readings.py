"""The values under the cursor: a dot on each curve and a box that names them, laid over the chart."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from widgets import theme
from widgets.controls.painting import RIGHT, draw_box, draw_text, text_width
from widgets.curves.drawing import Reading
from widgets.curves.ends import Overlay, draw_dot
from widgets.curves.lines import DASH

_LINE = 16
# The box shows names that the labels beside the plot have to shorten.
_LONGEST_NAME = 220.0


class ReadingsBox(Overlay):
    """Stands right of the cursor if it fits there, and where fewer curves are."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(2)
        self._place = ""
        self._rows: list[Reading] = []
        self._dots: list[QPointF] = []
        self._hidden = 0
        self._behind = 0.0
        self._box = QRectF()

    def show_rows(self, place: str, rows: list[Reading], dots: list[QPointF], plot: QRectF) -> None:
        """Show a row for each curve at these dots, and where the cursor is; nothing without rows."""
        fitting = rows[: max(1, int((plot.height() + 15) // _LINE) - 2)]
        self._place, self._rows, self._dots = place, fitting, dots
        self._hidden = len(rows) - len(fitting)
        self.setVisible(bool(rows))
        if not rows:
            return
        measured = max(text_width(row.measured, "axis") for row in fitting)
        self._behind = measured + 10 if measured else 0.0
        figures = max(text_width(row.value, "field value") for row in fitting) + self._behind
        names = max(min(text_width(row.line.label, "label"), _LONGEST_NAME) for row in fitting)
        width = max(24 + names + 16 + figures, text_width(place, "axis") + 1) + 20
        height = _LINE * (1 + len(fitting) + bool(self._hidden)) + 14.0
        self._box = _box_beside(dots, plot, width, height, self.scene().width())
        x = dots[0].x()
        self.cover(self._box.united(QRectF(x - 5, plot.top() - 5, 10, plot.height() + 10)))

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        now = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, dot in zip(self._rows, self._dots, strict=False):
            if dot.y() == dot.y():
                draw_dot(painter, now.curve(row.line.colour), dot, row.line.dashed)
        draw_box(painter, self._box, theme.RADIUS_CONTROL, theme.with_alpha(now.raised, 0.96), now.border)
        inner = self._box.adjusted(10, 6, -10, 0)
        line = QRectF(inner.left(), inner.top(), inner.width(), _LINE)
        draw_text(painter, line, self._place, "axis", now.text3)
        for row in self._rows:
            line.translate(0, _LINE)
            self._paint_row(painter, row, line, now)
        if self._hidden:
            more = line.translated(24, _LINE)
            draw_text(painter, more, f"and {self._hidden} more", "axis", now.text3)

    def _paint_row(self, painter: QPainter, row: Reading, line: QRectF, now: theme.Theme) -> None:
        pen = QPen(QColor(now.curve(row.line.colour)), 2.0)
        if row.line.dashed:
            pen.setDashPattern([part / 2.0 for part in DASH])
        painter.setPen(pen)
        painter.drawLine(
            QPointF(line.left(), line.center().y()), QPointF(line.left() + 17, line.center().y())
        )
        name = QRectF(line.left() + 24, line.top(), _LONGEST_NAME, _LINE)
        draw_text(painter, name, row.line.label, "label", now.text2)
        draw_text(painter, line.adjusted(0, 0, -self._behind, 0), row.value, "field value", now.text, RIGHT)
        draw_text(painter, line, row.measured, "axis", now.text3, RIGHT)


def _box_beside(dots: list[QPointF], plot: QRectF, width: float, height: float, edge: float) -> QRectF:
    x = dots[0].x()
    left = x + 12 if x + 12 + width <= edge - 4 else x - 12 - width
    ys = [dot.y() for dot in dots if dot.y() == dot.y()]
    low_is_free = sum(ys) / len(ys) < plot.center().y() if ys else False
    top = plot.bottom() - height - 4 if low_is_free else plot.top() + 2
    return QRectF(max(left, 4.0), max(top, 0.0), width, height)
