"""What self-painted controls share: knowing the pointer, and their names.

None of them listens to the theme: the application's new palette reaches every widget, and Qt repaints it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QWidget


class ThemedButton(QAbstractButton):
    """A self-painted button that knows whether the pointer is over it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered = False
        self._by_keyboard = False

    def ringed(self) -> bool:
        """Whether the focus ring is to be drawn: the focus came by keyboard, not by a click."""
        return self.hasFocus() and self._by_keyboard

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self._by_keyboard = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        super().mousePressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered = False
        self.update()
        super().leaveEvent(event)


def name_widget(widget: QWidget, name: str, accessible: str, tip: str = "") -> None:
    """Gives a widget its stable object name, its name for screen readers, and its tool tip."""
    widget.setObjectName(name)
    widget.setAccessibleName(accessible)
    if tip:
        widget.setToolTip(tip)
