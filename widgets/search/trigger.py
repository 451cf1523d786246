"""The field in the menu bar that opens the search box."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import icons, theme
from widgets.controls.painting import RIGHT, draw_box, draw_field_frame, draw_text
from widgets.controls.themed import ThemedButton, name_widget


class SearchTrigger(ThemedButton):
    """Looks like a field of 320 px and is a button: `clicked` asks for the search box."""

    def __init__(self, parent: QWidget | None = None, shortcut: str = "Ctrl+K") -> None:
        super().__init__(parent)
        self._shortcut = shortcut
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        words = "Search actions, nodes, help"
        self.setText(words)
        name_widget(self, "search-trigger", words, f"{words} ({shortcut})")

    def sizeHint(self) -> QSize:
        return QSize(320, 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        draw_field_frame(painter, rect, False, False)
        if self.hovered:
            draw_box(painter, rect, theme.RADIUS_CONTROL, "", now.strong)
        if self.ringed():
            draw_box(painter, rect, theme.RADIUS_CONTROL, "", now.accent, theme.FOCUS_RING)
        icons.paint(painter, "action-search", now.text3, 10, 6.5, 15)
        draw_text(painter, rect.adjusted(31, 0, -64, 0), self.text(), "label", now.text3)
        keys = rect.adjusted(rect.width() - 70, 0, -10, 0)
        draw_text(painter, keys, self._shortcut, "settings line", now.text3, RIGHT)
