"""The heat map of a matrix of any size: only what is visible is read, one cell a pixel."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.controls.painting import CENTRE, LEFT, draw_focus_ring, draw_text
from widgets.inspector.figures import short, statistic
from widgets.inspector.heat_window import Window
from widgets.inspector.ramps import INFINITE, NAN, SHADES, ByteArray, Scale, colour_table, scale_for
from widgets.inspector.tensor_data import MISSING, TensorData

_BAR = 80
_MOST_MARKS = 3000
_SMALLEST_MARK = 5.0

Box = tuple[int, int, int, int]


class HeatView(QWidget):
    """Paints one matrix. Wheel, `+` and `-` zoom; dragging and arrows pan; `0` shows everything."""

    told = Signal(str)
    """Index and value under the pointer."""

    def __init__(self, data: TensorData) -> None:
        super().__init__()
        self._data = data
        self._fixed: tuple[int, ...] = ()
        self._window = Window(0, 1, 0, 1)
        self._size = (0, 0)
        self._cells: tuple[Box, ByteArray] | None = None
        self._drawn: tuple[object, QImage] | None = None
        self._grabbed: QPointF | None = None
        self.setObjectName("inspector-heat-map")
        self.setAccessibleName("Heat map")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_matrix(self, fixed: tuple[int, ...]) -> None:
        """Show the matrix at these indices of the leading axes; the zoom stays if the size does."""
        size = (self._data.shape.rows, self._data.shape.columns)
        if size != self._size:
            self._size = size
            self.show_all()
        if fixed != self._fixed:
            self._fixed, self._cells = fixed, None
        self.values_changed()

    def values_changed(self) -> None:
        """Read and paint again what is visible."""
        self._drawn = None
        self.update()

    def show_all(self) -> None:
        """Show the whole matrix."""
        self._cells = None
        self._set_window(Window(0.0, float(self._size[0]), 0.0, float(self._size[1])))

    def window_shown(self) -> Window:
        """Return the visible part of the matrix."""
        return self._window

    def picture_rect(self) -> QRectF:
        """Return where the matrix is painted, without the colour bar."""
        return QRectF(2, 2, max(self.width() - _BAR - 4, 1), max(self.height() - 4, 1))

    def scale(self) -> Scale:
        """Return ramp and limits, by the statistics of the whole tensor."""
        stats = self._data.look.stats if self._data.look else None
        return scale_for(stats.minimum, stats.maximum) if stats else scale_for(None, None)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        now, rect, scale = theme.current(), self.picture_rect(), self.scale()
        if 0 in self._size or self._data.look is None:
            return
        self._read(rect, scale)
        painter.fillRect(rect, QColor(now.raised))
        if self._cells is None:
            draw_text(painter, rect, "Reading values", "label", now.text3, CENTRE)
        else:
            self._paint_cells(painter, rect, now)
        _paint_bar(painter, QRectF(rect.right() + 10, rect.top(), 10, rect.height()), scale, now)
        if self.hasFocus():
            draw_focus_ring(painter, rect.adjusted(-2, -2, 2, 2), theme.RADIUS_THUMBNAIL)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._drawn = None
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._grabbed is not None:
            row0, column0 = self._at(self._grabbed)
            row1, column1 = self._at(place)
            self._grabbed = place
            self._set_window(self._window.moved(row0 - row1, column0 - column1, *self._size))
        self._tell(place)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grabbed = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.show_all()

    def leaveEvent(self, _event: QEvent) -> None:
        self.told.emit("")

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        self._set_window(self._window.zoomed(*self._at(event.position()), 0.8**turns, *self._size))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        window = self._window
        middle = ((window.top + window.bottom) / 2, (window.left + window.right) / 2)
        down, right = (window.bottom - window.top) / 8, (window.right - window.left) / 8
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._set_window(window.zoomed(*middle, 0.8, *self._size))
            case Qt.Key.Key_Minus:
                self._set_window(window.zoomed(*middle, 1.25, *self._size))
            case Qt.Key.Key_0:
                self.show_all()
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                way = down if event.key() == Qt.Key.Key_Down else -down
                self._set_window(window.moved(way, 0, *self._size))
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                way = right if event.key() == Qt.Key.Key_Right else -right
                self._set_window(window.moved(0, way, *self._size))
            case _:
                super().keyPressEvent(event)

    def _set_window(self, window: Window) -> None:
        self._window = window
        self._drawn = None
        self.update()

    def _at(self, place: QPointF) -> tuple[float, float]:
        """Return the row and column, with fractions, at a place of the widget."""
        rect, window = self.picture_rect(), self._window
        down = (place.y() - rect.top()) / rect.height()
        right = (place.x() - rect.left()) / rect.width()
        return (
            window.top + down * (window.bottom - window.top),
            window.left + right * (window.right - window.left),
        )

    def _tell(self, place: QPointF) -> None:
        look = self._data.look
        if look is None or not self.picture_rect().contains(place) or 0 in self._size:
            self.told.emit("")
            return
        row, column = (int(part) for part in self._at(place))
        row, column = min(row, self._size[0] - 1), min(column, self._size[1] - 1)
        value = self._data.value(self._fixed, row, column)
        index = (*self._fixed, row, column)[-len(look.shape) :] if look.shape else ()
        text = "reading" if value is MISSING else short(value)
        self.told.emit(f"[{', '.join(map(str, index))}]  {text}")

    def _read(self, rect: QRectF, scale: Scale) -> None:
        """Turn the visible cells into shades, once; while they are missing the older picture stays."""
        if self._drawn is not None and self._drawn[0] == theme.current().name:
            return
        box, steps = self._window.box((int(rect.width()), int(rect.height())), *self._size)
        values = self._data.cells(self._fixed, box, steps)
        if values is not None:
            self._cells = (box, np.ascontiguousarray(scale.shades(values)))
        if self._cells is not None:
            self._drawn = (theme.current().name, _image(self._cells[1], scale))

    def _paint_cells(self, painter: QPainter, rect: QRectF, now: theme.Theme) -> None:
        assert self._cells is not None and self._drawn is not None
        (row0, row1, column0, column1), shades = self._cells
        window = self._window
        pixels_x = rect.width() / (window.right - window.left)
        pixels_y = rect.height() / (window.bottom - window.top)
        target = QRectF(
            rect.left() + (column0 - window.left) * pixels_x,
            rect.top() + (row0 - window.top) * pixels_y,
            (column1 - column0) * pixels_x,
            (row1 - row0) * pixels_y,
        )
        painter.save()
        painter.setClipRect(rect)
        painter.drawImage(target, self._drawn[1])
        cell = (target.width() / shades.shape[1], target.height() / shades.shape[0])
        if min(cell) >= _SMALLEST_MARK:
            _paint_marks(painter, shades, target, cell, now)
        painter.restore()


def _image(shades: ByteArray, scale: Scale) -> QImage:
    height, width = shades.shape
    image = QImage(shades.tobytes(), width, height, width, QImage.Format.Format_Indexed8).copy()
    image.setColorTable(colour_table(scale.ramp, theme.current()).tolist())
    return image


def _paint_marks(
    painter: QPainter, shades: ByteArray, target: QRectF, cell: tuple[float, float], now: theme.Theme
) -> None:
    """Hatch the cells that are NaN and cross those that are infinite: colour alone says too little."""
    painter.setPen(QPen(QColor(now.text if now.dark else now.raised), 1.0))
    for row, column in np.argwhere(shades >= NAN)[:_MOST_MARKS].tolist():
        left, top = target.left() + column * cell[0], target.top() + row * cell[1]
        right, bottom = left + cell[0], top + cell[1]
        painter.drawLine(QPointF(left, bottom), QPointF(right, top))
        if shades[row, column] == INFINITE:
            painter.drawLine(QPointF(left, top), QPointF(right, bottom))
        else:
            middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
            painter.drawLine(QPointF(left, middle_y), QPointF(middle_x, top))
            painter.drawLine(QPointF(middle_x, bottom), QPointF(right, middle_y))


def _paint_bar(painter: QPainter, bar: QRectF, scale: Scale, now: theme.Theme) -> None:
    """Paint the colour bar with its limits."""
    column = np.arange(SHADES - 1, -1, -1, dtype=np.uint8).reshape(-1, 1)
    padded = np.zeros((SHADES, 4), np.uint8)
    padded[:, :1] = column
    image = QImage(padded.tobytes(), 1, SHADES, 4, QImage.Format.Format_Indexed8).copy()
    image.setColorTable(colour_table(scale.ramp, now).tolist())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(bar, image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    labels = [(bar.top() + 2, scale.high), (bar.bottom() - 16, scale.low)]
    if scale.ramp == "signed" and bar.height() > 60:
        labels.append((bar.center().y() - 7, 0.0))
    for top, value in labels:
        place = QRectF(bar.right() + 5, top, _BAR - 22, 14)
        draw_text(painter, place, "0" if value == 0 else statistic(value), "axis", now.text3, LEFT)
