"""The histogram of a tensor at full size, with axes and the bin under the pointer."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.controls.painting import CENTRE, LEFT, RIGHT, draw_focus_ring, draw_text
from widgets.inspector.bars import bar_rects, heights, merged, paint_bars
from widgets.inspector.figures import statistic
from widgets.inspector.looks import HistogramLook

_LEFT, _TOP, _BOTTOM, _RIGHT = 52.0, 10.0, 22.0, 12.0


class HistogramView(QWidget):
    """Bars over the finite values; counts linear or logarithmic."""

    told = Signal(str)
    """Limits and count of the bin under the pointer or the mark."""

    def __init__(self) -> None:
        super().__init__()
        self._look: HistogramLook | None = None
        self._dtype = ""
        self._log = False
        self._marked = -1
        self.setObjectName("inspector-histogram")
        self.setAccessibleName("Histogram")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_histogram(self, look: HistogramLook | None, dtype: str) -> None:
        """Show these bins in the colour of a dtype."""
        self._look, self._dtype = look, dtype
        self.update()

    def set_log(self, log: bool) -> None:
        """Draw the counts on a logarithmic scale, or on a linear one."""
        self._log = log
        self.update()

    def plot_rect(self) -> QRectF:
        """Return where the bars are."""
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def paintEvent(self, _event: QPaintEvent) -> None:
        shown = self._shown()
        if shown is None:
            return
        now, rect = theme.current(), self.plot_rect()
        painter = QPainter(self)
        rects = bar_rects(rect, heights(shown.counts, self._log))
        self._paint_axes(painter, rect, shown, now)
        paint_bars(painter, rects, now.dtype_colour(self._dtype))
        if 0 <= self._marked < len(rects):
            paint_bars(painter, [rects[self._marked]], now.accent)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        shown, rect = self._shown(), self.plot_rect()
        if shown is None or not rect.left() <= event.position().x() < rect.right():
            self._mark(-1)
            return
        self._mark(int((event.position().x() - rect.left()) / rect.width() * shown.counts.size))

    def leaveEvent(self, _event: QEvent) -> None:
        self._mark(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shown = self._shown()
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        way = ways.get(Qt.Key(event.key()))
        if way is None or shown is None:
            super().keyPressEvent(event)
            return
        self._mark(min(max(self._marked + way, 0), shown.counts.size - 1))

    def _shown(self) -> HistogramLook | None:
        if self._look is None or not self._look.counts.size:
            return None
        return merged(self._look, max(int(self.plot_rect().width() // 3), 1))

    def _mark(self, index: int) -> None:
        shown = self._shown()
        if shown is None or index == self._marked:
            return
        self._marked = index
        if 0 <= index < shown.counts.size:
            low, high = (statistic(float(edge)) for edge in shown.edges[index : index + 2])
            self.told.emit(f"{low} to {high}: {int(shown.counts[index]):,} values")
        else:
            self.told.emit("")
        self.update()

    def _paint_axes(self, painter: QPainter, rect: QRectF, shown: HistogramLook, now: theme.Theme) -> None:
        top = int(shown.counts.max(initial=0))
        painter.setPen(QPen(QColor(now.border), 1.0))
        levels = [(0.0, "0"), (1.0, _count(top))]
        if not self._log and top > 3:
            power = 10 ** (len(str(top // 2)) - 1)
            middle = top // 2 // power * power
            levels.insert(1, (middle / top, _count(middle)))
        for share, label in levels:
            y = round(rect.bottom() - share * rect.height())
            painter.setPen(QPen(QColor(now.border), 1.0))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            draw_text(painter, QRectF(0, y - 8, _LEFT - 8, 16), label, "axis", now.text3, RIGHT)
        places = [
            (rect.left(), LEFT, 0),
            (rect.center().x() - 40, CENTRE, 0.5),
            (rect.right() - 80, RIGHT, 1),
        ]
        low, high = float(shown.edges[0]), float(shown.edges[-1])
        for left, align, share in places:
            value = low + share * (high - low)
            place = QRectF(left, rect.bottom() + 4, 80, 16)
            draw_text(painter, place, statistic(value), "axis", now.text3, align)


def _count(value: int) -> str:
    if value >= 1_000_000:
        return f"{value / 1e6:.3g}M"
    return f"{value / 1e3:.3g}k" if value >= 10_000 else str(value)
