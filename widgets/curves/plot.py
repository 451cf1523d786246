"""The plot of one tag: its title, its chart, and the keyboard; zooming, panning and the cursor are wishes."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls.labels import ElidedLabel
from widgets.controls.painting import draw_focus_ring, text_width
from widgets.curves.chart import ZOOM, Chart
from widgets.curves.drawing import Drawing, build, place_text, readings
from widgets.curves.frame import whole_range
from widgets.curves.lines import CurveLine
from widgets.curves.looks import CurveSettings


class CurvePlot(QWidget):
    """Curves of one tag over a common x axis.

    Wheel and `+` `-` zoom in x, dragging and Shift with an arrow pan, a double-click or `0` shows everything.
    Pointer and arrow keys move the cursor, which reads the values of all curves.
    """

    range_wished = Signal(object)
    """The wanted x range as (left, right), or None for everything."""
    cursor_wished = Signal(object)
    """The wanted x of the cursor, or None."""

    def __init__(self, tag: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tag = tag
        self._lines: tuple[CurveLine, ...] = ()
        self._settings = CurveSettings()
        self._zoom: tuple[float, float] | None = None
        self._cursor: float | None = None
        self._drawing: Drawing | None = None
        self.setObjectName(f"curve-plot-{tag}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        title = ElidedLabel(tag, "section", "text", mode=Qt.TextElideMode.ElideMiddle)
        title.setFixedHeight(18)
        title.setContentsMargins(8, 0, 0, 0)
        self._chart = Chart()
        self._chart.range_wished.connect(self.range_wished)
        self._chart.x_pointed.connect(self.cursor_wished)
        # The focus ring is painted in the margins.
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 3)
        column.setSpacing(0)
        column.addWidget(title)
        column.addWidget(self._chart, 1)
        theme.changed.connect(self._wear)
        self._say()

    def set_lines(self, lines: tuple[CurveLine, ...], settings: CurveSettings) -> None:
        """Draw these curves in this way."""
        self._lines, self._settings = lines, settings
        self.refresh()

    def set_zoom(self, zoom: tuple[float, float] | None) -> None:
        """Show this x range, or everything."""
        if zoom != self._zoom:
            self._zoom = zoom
            self.refresh()

    def set_cursor(self, x: float | None) -> None:
        """Show the values at x, or none."""
        if x != self._cursor:
            self._cursor = x
            self._mark()

    def set_wheel_scrolls(self, scrolls: bool) -> None:
        """Leave the wheel alone to the panel around, because there are more plots than fit."""
        self._chart.wheel_scrolls = scrolls

    def refresh(self) -> None:
        """Draw again: the points have changed. Out of sight it waits until it is painted."""
        self._drawing = None
        self._say()
        if self.visibleRegion().isEmpty():
            self.update()
        else:
            self.drawing()

    def drawing(self) -> Drawing:
        """Return what is shown."""
        if self._drawing is None:
            size = self._chart.plot_size()
            self._drawing = build(self._lines, self._settings, self._zoom, size, text_width)
            self._chart.draw(self._drawing)
            self._mark()
        return self._drawing

    def sizeHint(self) -> QSize:
        return QSize(320, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 130)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        self.drawing()
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colour(theme.current().panel))
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()).adjusted(2, 0, -2, -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        frame = self.drawing().frame
        middle = self._cursor if self._cursor is not None else (frame.left + frame.right) / 2
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._chart.zoom(ZOOM, middle)
            case Qt.Key.Key_Minus:
                self._chart.zoom(1 / ZOOM, middle)
            case Qt.Key.Key_0:
                self.range_wished.emit(None)
            case Qt.Key.Key_Left | Qt.Key.Key_Right if shift:
                self._chart.pan(0.1 if event.key() == Qt.Key.Key_Right else -0.1)
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self.cursor_wished.emit(self._next_point(1 if event.key() == Qt.Key.Key_Right else -1))
            case Qt.Key.Key_Home | Qt.Key.Key_End:
                ends = whole_range([line.series for line in self._lines], self._settings.x_axis)
                self.cursor_wished.emit(ends[0] if event.key() == Qt.Key.Key_Home else self.drawing().newest)
            case Qt.Key.Key_Escape if self._cursor is not None:
                self.cursor_wished.emit(None)
            case _:
                super().keyPressEvent(event)

    def _mark(self) -> None:
        """Show the cursor, or without one the newest point."""
        if self._drawing is None:
            return
        frame, x = self._drawing.frame, self._cursor
        self._chart.mark(self._drawing.newest if x is None else x)
        if x is None or not frame.left <= x <= frame.right:
            self._chart.read(0.0, "", [])
        else:
            rows = readings(self._lines, self._settings, frame, x)
            self._chart.read(x, place_text(self._lines, self._settings, x), rows)

    def _next_point(self, way: int) -> float | None:
        """Return the x of the drawn point after or before the cursor; from nowhere, the newest."""
        drawing = self.drawing()
        if self._cursor is None or not drawing.strokes:
            return drawing.newest
        x = max((stroke.x for stroke in drawing.strokes), key=len)
        beyond = x[x > self._cursor] if way > 0 else x[x < self._cursor]
        if not beyond.size:
            return self._cursor
        return float(beyond[0] if way > 0 else beyond[-1])

    def _wear(self) -> None:
        self._chart.dress()
        self.refresh()

    def _say(self) -> None:
        """Tell screen readers which curves there are."""
        names = [line.label for line in self._lines]
        self.setAccessibleName(f"Curves of {self.tag}: {', '.join(names) or 'no points yet'}")
