"""The plot of one tag: draws its curves, and reports zooming, panning and the cursor as wishes."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import theme
from widgets.controls.painting import draw_focus_ring, text_width
from widgets.curves.drawing import Drawing, build, place_text, readings
from widgets.curves.frame import whole_range, zoomed
from widgets.curves.lines import CurveLine
from widgets.curves.looks import CurveSettings
from widgets.curves.paint import paint_cursor_line, paint_ends, paint_plot, paint_readings

Range = tuple[float, float]


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
        self.wheel_scrolls = False
        """Whether the wheel alone belongs to the panel around, because there are more plots than fit."""
        self._lines: tuple[CurveLine, ...] = ()
        self._settings = CurveSettings()
        self._zoom: Range | None = None
        self._cursor: float | None = None
        self._drawing: Drawing | None = None
        self._picture: QPixmap | None = None
        self._made_for = ("", 0.0)
        self._grabbed: tuple[float, Range] | None = None
        self.setObjectName(f"curve-plot-{tag}")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._say()

    def set_lines(self, lines: tuple[CurveLine, ...], settings: CurveSettings) -> None:
        """Draw these curves in this way."""
        self._lines, self._settings = lines, settings
        self.refresh()

    def set_zoom(self, zoom: Range | None) -> None:
        """Show this x range, or everything."""
        if zoom != self._zoom:
            self._zoom = zoom
            self.refresh()

    def set_cursor(self, x: float | None) -> None:
        """Show the values at x, or none."""
        if x != self._cursor:
            self._cursor = x
            self.update()

    def refresh(self) -> None:
        """Draw again: the points have changed."""
        self._drawing = self._picture = None
        self._say()
        self.update()

    def drawing(self) -> Drawing:
        """Return what is shown, in pixels."""
        if self._drawing is None:
            size = (self.width(), self.height())
            self._drawing = build(self._lines, self._settings, self._zoom, size, text_width)
        return self._drawing

    def sizeHint(self) -> QSize:
        return QSize(320, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 130)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._drawing = self._picture = None
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        drawing = self.drawing()
        painter = QPainter(self)
        made_for = (theme.current().name, self.devicePixelRatioF())
        if self._picture is None or self._made_for != made_for:
            self._picture, self._made_for = self._painted(drawing), made_for
        painter.drawPixmap(0, 0, self._picture)
        marked = drawing.newest if self._cursor is None else self._cursor
        if marked is not None:
            paint_cursor_line(painter, drawing, drawing.frame.x_pixel(marked))
        paint_ends(painter, drawing)
        if self._cursor is not None:
            x = drawing.frame.x_pixel(self._cursor)
            rows = readings(self._lines, self._settings, drawing.frame, self._cursor)
            if rows:
                paint_readings(
                    painter, drawing, x, place_text(self._lines, self._settings, self._cursor), rows
                )
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()).adjusted(2, 0, -2, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = (event.position().x(), self._range())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._grabbed is None:
            self.cursor_wished.emit(self._value_at(x))
            return
        start, (left, right) = self._grabbed
        shift = (start - x) * (right - left) / self.drawing().frame.width
        if abs(start - x) > 2 or self._zoom is not None:
            self.range_wished.emit((left + shift, right + shift))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = None
            self.range_wished.emit(None)

    def leaveEvent(self, _event: QEvent) -> None:
        self.cursor_wished.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        about = self._value_at(event.position().x())
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if turns and about is not None and (control or not self.wheel_scrolls):
            self.range_wished.emit(zoomed(self._range(), about, 0.8**turns))
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        left, right = self._range()
        middle = self._cursor if self._cursor is not None else (left + right) / 2
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.range_wished.emit(zoomed((left, right), middle, 0.8))
            case Qt.Key.Key_Minus:
                self.range_wished.emit(zoomed((left, right), middle, 1.25))
            case Qt.Key.Key_0:
                self.range_wished.emit(None)
            case Qt.Key.Key_Left | Qt.Key.Key_Right if shift:
                way = (right - left) * (0.1 if event.key() == Qt.Key.Key_Right else -0.1)
                self.range_wished.emit((left + way, right + way))
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self.cursor_wished.emit(self._next_point(1 if event.key() == Qt.Key.Key_Right else -1))
            case Qt.Key.Key_Home | Qt.Key.Key_End:
                ends = whole_range([line.series for line in self._lines], self._settings.x_axis)
                self.cursor_wished.emit(ends[0] if event.key() == Qt.Key.Key_Home else self.drawing().newest)
            case Qt.Key.Key_Escape if self._cursor is not None:
                self.cursor_wished.emit(None)
            case _:
                super().keyPressEvent(event)

    def _painted(self, drawing: Drawing) -> QPixmap:
        """Return everything but the cursor as a picture, so that moving the cursor draws no curve again."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(theme.colour(theme.current().panel))
        painter = QPainter(picture)
        paint_plot(painter, self.tag, drawing)
        painter.end()
        return picture

    def _range(self) -> Range:
        frame = self.drawing().frame
        return frame.left, frame.right

    def _value_at(self, pixel: float) -> float | None:
        frame = self.drawing().frame
        return frame.x_value(pixel) if frame.x0 <= pixel <= frame.x0 + frame.width else None

    def _next_point(self, way: int) -> float | None:
        """Return the x of the drawn point after or before the cursor; from nowhere, the newest."""
        drawing = self.drawing()
        if self._cursor is None or not drawing.strokes:
            return drawing.newest
        longest = max(drawing.strokes, key=lambda stroke: stroke.x.size)
        at = drawing.frame.x_pixel(self._cursor)
        beyond = longest.x[longest.x > at + 0.5] if way > 0 else longest.x[longest.x < at - 0.5]
        if not beyond.size:
            return self._cursor
        return drawing.frame.x_value(float(beyond[0] if way > 0 else beyond[-1]))

    def _say(self) -> None:
        """Tell screen readers what the newest values are."""
        names = [line.label for line in self._lines]
        self.setAccessibleName(f"Curves of {self.tag}: {', '.join(names) or 'no points yet'}")
