"""The pictures in a tensor as one painted mosaic, with a caption below each."""

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.controls.painting import CENTRE, draw_box, draw_text
from widgets.inspector.looks import CaptionLook, TensorLook
from widgets.inspector.pictures import Arrangement, Mosaic, colour_limits, cut, mosaic
from widgets.inspector.ramps import NAN, Scale, colour_table, finite_limits, scale_for


class PictureView(QWidget):
    """Up to 32 pictures, magnified without blur. Arrow keys move the mark, which is told as a sentence."""

    told = Signal(str)
    """Which picture is under the pointer or the mark."""

    def __init__(self) -> None:
        super().__init__()
        self._look: TensorLook | None = None
        self._arrangement: Arrangement = "entries"
        self._images: list[QImage] = []
        self._made_for = ""
        self._mosaic: Mosaic | None = None
        self._marked = 0
        self.setObjectName("inspector-pictures")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_pictures(self, look: TensorLook, arrangement: Arrangement) -> None:
        """Cut this tensor into pictures in this way."""
        self._look, self._arrangement = look, arrangement
        self._make()
        self._marked = min(self._marked, max(len(self._images) - 1, 0))
        self.setAccessibleName(f"{len(self._images)} pictures")
        self.update()

    def picture_rect(self, index: int) -> QRectF:
        """Return where a picture is."""
        assert self._mosaic is not None
        left, top = self._mosaic.place(index)
        return QRectF(left + 3, top + 5, self._mosaic.width, self._mosaic.height)

    def count(self) -> int:
        """Return how many pictures there are."""
        return len(self._images)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 60)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        if self._made_for != now.name and self._look is not None:
            self._make()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, image in enumerate(self._images):
            self._paint_picture(painter, index, image, now)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        under = [index for index in range(self.count()) if self.picture_rect(index).contains(at)]
        self.told.emit(self._sentence(under[0]) if under else "")

    def leaveEvent(self, _event: QEvent) -> None:
        self.told.emit("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        across = self._mosaic.columns if self._mosaic else 1
        ways = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -across,
            Qt.Key.Key_Down: across,
        }
        way = ways.get(Qt.Key(event.key()))
        if way is None or not 0 <= self._marked + way < self.count():
            super().keyPressEvent(event)
            return
        self._marked += way
        self.told.emit(self._sentence(self._marked))
        self.update()

    def _make(self) -> None:
        assert self._look is not None
        self._made_for = theme.current().name
        if self._look.sample is None or not self._look.sample.size:
            self._images = []
        else:
            self._images = images(cut(self._look.sample, self._arrangement), self._arrangement)
        self._lay_out()

    def _lay_out(self) -> None:
        self._mosaic = None
        if self._images:
            size = (self._images[0].height(), self._images[0].width())
            self._mosaic = mosaic(self.count(), size, (self.width() - 6.0, self.height() - 6.0))

    def _caption(self, index: int) -> CaptionLook:
        if self._arrangement == "entries" and self._look and index < len(self._look.captions):
            return self._look.captions[index]
        return CaptionLook(str(index))

    def _sentence(self, index: int) -> str:
        assert self._look is not None
        image, caption = self._images[index], self._caption(index)
        words = {"entries": "entry", "columns": "column", "rows": "row", "channels": "channel"}
        label = f", {_arrow(caption.text)}" if self._look.captions and self._arrangement == "entries" else ""
        wrong = ", wrong" if caption.wrong else ""
        return f"{words[self._arrangement]} {index}, {image.height()} x {image.width()}{label}{wrong}"

    def _paint_picture(self, painter: QPainter, index: int, image: QImage, now: theme.Theme) -> None:
        rect, caption = self.picture_rect(index), self._caption(index)
        if not rect.intersects(QRectF(self.rect())):
            return
        brush = QBrush(image)
        brush.setTransform(
            QTransform(rect.width() / image.width(), 0, 0, rect.height() / image.height(), rect.x(), rect.y())
        )
        shrunk = rect.width() < image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        painter.drawRoundedRect(rect, 2, 2)
        if caption.wrong:
            draw_box(painter, rect.adjusted(-2.5, -2.5, 2.5, 2.5), 4, "", now.error, 2)
        if self.hasFocus() and index == self._marked:
            painter.setPen(QPen(QColor(now.accent), theme.FOCUS_RING))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(-2, -2, 2, 2), 4, 4)
        place = QRectF(rect.center().x() - max(rect.width() + 10, 24) / 2, rect.bottom() + 3, 0, 14)
        place.setWidth(2 * (rect.center().x() - place.x()))
        ink = now.error if caption.wrong else now.text3
        draw_text(painter, place, _arrow(caption.text), "axis", ink, CENTRE)


def images(pictures: np.ndarray, arrangement: Arrangement) -> list[QImage]:
    """Return one image for each picture: grey or coloured; weights with both signs in blue and orange."""
    if pictures.ndim == 4:
        return [_coloured(picture, colour_limits(pictures)) for picture in pictures]
    low, high = finite_limits(pictures)
    weights = arrangement in ("columns", "rows", "channels") and low is not None and low < 0
    scale = scale_for(low, high, "signed") if weights else Scale("grey", *colour_limits(pictures))
    table = colour_table(scale.ramp, theme.current()).tolist()
    return [_indexed(scale.shades(picture), table) for picture in pictures]


def _indexed(shades: np.ndarray, table: list[int]) -> QImage:
    height, width = shades.shape
    image = QImage(
        np.ascontiguousarray(shades).tobytes(), width, height, width, QImage.Format.Format_Indexed8
    )
    image = image.copy()
    image.setColorTable(table)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _coloured(picture: np.ndarray, limits: tuple[float, float]) -> QImage:
    scale = Scale("grey", *limits)
    shades = scale.shades(picture)
    bytes_ = (np.minimum(shades, 251) * (255 / 251)).astype(np.uint8)
    mark = QColor(theme.current().nan)
    bytes_[(shades >= NAN).any(axis=2)] = (mark.red(), mark.green(), mark.blue())
    height, width, _ = bytes_.shape
    return QImage(bytes_.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _arrow(text: str) -> str:
    return text.replace("->", "→")
