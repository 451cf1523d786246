"""The header row of tabs: 36 px, an accent line under the tab that is shown, counters behind names."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from widgets import theme
from widgets.controls.painting import draw_focus_ring, draw_text, text_width

HEIGHT = 36
_GAP = 22


@dataclass(frozen=True, slots=True)
class TabLook:
    """One tab: its name, and a counter behind it if there is one."""

    name: str
    count: int | None = None
    tone: str = ""


class TabHeader(QWidget):
    """Shows tabs by `set_look`; a click or an arrow key asks for another by `chosen(index)`.

    The right end of the row holds the controls of the tab that is shown: `set_tools(widget)`.
    """

    chosen = Signal(int)

    def __init__(self, name: str = "tabs", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs: tuple[TabLook, ...] = ()
        self._current = 0
        self._hovered = -1
        self._tools: QWidget | None = None
        self.setObjectName(name)
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.addStretch(1)

    def set_look(self, tabs: tuple[TabLook, ...], current: int) -> None:
        """Shows these tabs, the one at `current` underlined."""
        if (tabs, current) == (self._tabs, self._current):
            return
        self._tabs, self._current = tabs, current
        shown = tabs[current].name if 0 <= current < len(tabs) else "none"
        self.setAccessibleName(f"Tabs, shown: {shown}")
        # The tools get what the tabs leave.
        self._row.setContentsMargins(self.minimumSizeHint().width(), 0, theme.SPACE_L, 0)
        self.updateGeometry()
        self.update()

    def set_tools(self, tools: QWidget | None) -> None:
        """Puts the controls of the shown tab at the right end of the row."""
        if tools is self._tools:
            return
        if self._tools is not None:
            self._row.removeWidget(self._tools)
            self._tools.hide()
        self._tools = tools
        if tools is not None:
            self._row.addWidget(tools, 0, Qt.AlignmentFlag.AlignVCenter)
            tools.show()

    def current(self) -> int:
        """The index of the tab that is shown."""
        return self._current

    def minimumSizeHint(self) -> QSize:
        right = self.tab_rect(len(self._tabs) - 1).right() if self._tabs else 0
        return QSize(int(right) + theme.SPACE_L, HEIGHT)

    def tab_rect(self, index: int) -> QRectF:
        """Where the words of a tab are; the line below has the same ends, 2 px wider each side."""
        left = float(theme.SPACE_L + 2)
        for tab in self._tabs[:index]:
            left += self._width(tab) + _GAP
        return QRectF(left, 0, self._width(self._tabs[index]), HEIGHT)

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
        if event.key() in steps and self._tabs:
            self._ask(min(max(self._current + steps[Qt.Key(event.key())], 0), len(self._tabs) - 1))
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(now.panel))
        painter.fillRect(QRectF(0, HEIGHT - 1, self.width(), 1), theme.colour(now.border))
        for index, tab in enumerate(self._tabs):
            self._paint_tab(painter, now, index, tab)

    def _paint_tab(self, painter: QPainter, now: theme.Theme, index: int, tab: TabLook) -> None:
        shown = index == self._current
        place = self.tab_rect(index)
        ink = now.text if shown or index == self._hovered else now.text2
        draw_text(painter, place, tab.name, "selected tab" if shown else "tab", ink)
        if tab.count is not None:
            tone = getattr(now, tab.tone) if tab.tone and tab.count else now.text3
            width = text_width(tab.name, "selected tab" if shown else "tab") + 5
            draw_text(painter, place.adjusted(width, 0, 4, 0), f"{tab.count:,}", "tab", tone)
        line = place.adjusted(-4, 0, 4, 0)
        if shown:
            painter.fillRect(QRectF(line.left(), HEIGHT - 2, line.width(), 2), theme.colour(now.accent))
        if shown and self.hasFocus():
            draw_focus_ring(painter, line.adjusted(-2, 5, 2, -5))

    def _width(self, tab: TabLook) -> float:
        counter = text_width(f" {tab.count:,}", "tab") + 3 if tab.count is not None else 0
        return text_width(tab.name, "selected tab") + counter

    def _at(self, place: QPointF) -> int:
        grown = (self.tab_rect(i).adjusted(-_GAP / 2, 0, _GAP / 2, 0) for i in range(len(self._tabs)))
        return next((i for i, rect in enumerate(grown) if rect.contains(place)), -1)

    def _ask(self, index: int) -> None:
        if index != self._current:
            self.chosen.emit(index)
