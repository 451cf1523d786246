"""The breadcrumb over the canvas: the way from the project into the block that is open."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from widgets import icons, theme
from widgets.controls.floating import FloatingBox
from widgets.controls.painting import draw_box, draw_focus_ring, draw_text, text_width

_HEIGHT = 36
_PADDING = 12
_CHEVRON = 24
_WIDEST = 180


class Breadcrumb(FloatingBox):
    """Shows path parts by `set_look(parts)`; a click on one asks for it by `navigated(index)`.

    By keyboard: Left and Right choose a part, Enter goes there.
    """

    navigated = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[str, ...] = ()
        self._hovered = -1
        self._chosen = 0
        self.setObjectName("breadcrumb")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_look(self, parts: tuple[str, ...]) -> None:
        """Shows another path; its last part is where the canvas is."""
        if parts == self._parts:
            return
        self._parts = parts
        self._chosen = max(0, len(parts) - 1)
        self._hovered = -1
        self.setAccessibleName("Open graph: " + ", ".join(parts))
        self.resize(self.sizeHint())
        self.updateGeometry()
        self.update()

    def part_rect(self, index: int) -> QRectF:
        """Where the part with this index is."""
        box = self.box_rect()
        left = box.left() + _PADDING + sum(self._width(i) + _CHEVRON for i in range(index))
        return QRectF(left, box.top(), self._width(index), _HEIGHT)

    def sizeHint(self) -> QSize:
        count = len(self._parts)
        words = sum(self._width(i) for i in range(count)) + _CHEVRON * max(count - 1, 0)
        sides = self.MARGINS.left() + self.MARGINS.right()
        return QSize(int(words) + 2 * _PADDING + sides, _HEIGHT + self.MARGINS.top() + self.MARGINS.bottom())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and 0 <= index < len(self._parts) - 1:
            self.navigated.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if index != self._hovered:
            self._hovered = index
            self.update()

    def leaveEvent(self, _event: QEvent) -> None:
        self._hovered = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            moved = self._chosen + steps[Qt.Key(event.key())]
            self._chosen = min(max(moved, 0), len(self._parts) - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self._chosen < len(self._parts) - 1:
                self.navigated.emit(self._chosen)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._at(QPointF(event.pos()))
            part = self._parts[index] if index >= 0 else ""
            cut = bool(part) and text_width(part, self._role(index)) > _WIDEST
            QToolTip.showText(event.globalPos(), part if cut else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        now = theme.current()
        painter = QPainter(self)
        last = len(self._parts) - 1
        for index, part in enumerate(self._parts):
            place = self.part_rect(index)
            lit = index == last or index == self._hovered
            if index == self._hovered and index < last:
                draw_box(painter, place.adjusted(-6, 6, 6, -6), theme.RADIUS_THUMBNAIL, now.hover)
            ink = now.text if lit else now.text2
            mode = Qt.TextElideMode.ElideMiddle
            draw_text(painter, place, part, self._role(index), ink, mode=mode)
            if index < last:
                icons.paint(painter, "chevron-right", now.text3, place.right() + 5, place.top() + 11, 14)
            if self.hasFocus() and index == self._chosen:
                draw_focus_ring(painter, place.adjusted(-6, 6, 6, -6), theme.RADIUS_THUMBNAIL)

    def _role(self, index: int) -> str:
        return "selected tab" if index == len(self._parts) - 1 else "tab"

    def _width(self, index: int) -> float:
        return min(round(text_width(self._parts[index], self._role(index))) + 1, _WIDEST)

    def _at(self, place: QPointF) -> int:
        places = (self.part_rect(i).adjusted(-6, 0, 6, 0) for i in range(len(self._parts)))
        return next((i for i, rect in enumerate(places) if rect.contains(place)), -1)
