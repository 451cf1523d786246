"""The segmented control: a few choices side by side, one of them held."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import theme
from widgets.controls.painting import CENTRE, draw_box, draw_focus_ring, draw_text, text_width

_PADDING = 9
_INSET = 3


class SegmentedControl(QWidget):
    """Shows options in one bar; a click or an arrow key asks for another one by `chosen(index)`."""

    chosen = Signal(int)

    def __init__(self, name: str, accessible: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options: tuple[str, ...] = ()
        self._current = 0
        self._hovered = -1
        self.setObjectName(name)
        self._label = accessible
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_look(self, options: tuple[str, ...], current: int) -> None:
        """Shows these options, with the one at `current` held."""
        if (options, current) == (self._options, self._current):
            return
        if options != self._options:
            self._options = options
            self.updateGeometry()
        self._current = current
        held = options[current] if 0 <= current < len(options) else "none"
        self.setAccessibleName(f"{self._label}: {held}")
        self.update()

    def current(self) -> int:
        """The index of the option that is held."""
        return self._current

    def sizeHint(self) -> QSize:
        return QSize(int(sum(self._widths())) + 2 * _INSET, 28)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def segment_rect(self, index: int) -> QRectF:
        """Where the option with this index is."""
        widths = self._widths()
        return QRectF(_INSET + sum(widths[:index]), _INSET, widths[index], self.height() - 2 * _INSET)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self._ask(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if index != self._hovered:
            self._hovered = index
            self.update()

    def leaveEvent(self, _event: object) -> None:
        self._hovered = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps and self._options:
            self._ask(min(max(self._current + steps[Qt.Key(event.key())], 0), len(self._options) - 1))
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        draw_box(painter, rect, theme.RADIUS_CONTROL + 1, now.panel, now.border)
        for index, option in enumerate(self._options):
            place = self.segment_rect(index)
            held = index == self._current
            if held:
                draw_box(painter, place, theme.RADIUS_THUMBNAIL, now.hover if now.dark else now.sel)
            lit = held or index == self._hovered
            role = "selected tab" if held else "tab"
            draw_text(painter, place, option, role, now.text if lit else now.text2, CENTRE)
        if self.hasFocus():
            draw_focus_ring(painter, rect, theme.RADIUS_CONTROL + 1)

    def _widths(self) -> list[float]:
        # Measured in the bold role, so that nothing moves when another option is held.
        return [round(text_width(option, "selected tab")) + 2 * _PADDING for option in self._options]

    def _at(self, place: QPointF) -> int:
        return next((i for i in range(len(self._options)) if self.segment_rect(i).contains(place)), -1)

    def _ask(self, index: int) -> None:
        if index != self._current:
            self.chosen.emit(index)
