"""A field for a name: sent by Enter or on leaving it, given up by Escape."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from widgets.controls.line_edit import FieldEdit


class NameField(FieldEdit):
    """A name; Enter or leaving the field sends another one by `renamed(text)`, Escape gives up."""

    renamed = Signal(str)

    def __init__(self, name: str, accessible: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self._shown = ""
        self.returnPressed.connect(self._send)
        self.textEdited.connect(lambda _: self.set_wrong(False))

    def show_name(self, text: str) -> None:
        """Show a name, unless another one is being typed."""
        if text != self._shown:
            self._shown = text
            self.give_up()

    def give_up(self) -> None:
        """Show the name as it is, instead of what was typed."""
        self.setText(self._shown)
        self.setCursorPosition(0)
        self.set_wrong(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._send()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
            self.give_up()
            return
        super().keyPressEvent(event)

    def _send(self) -> None:
        if self.text() != self._shown and not self.is_wrong():
            self.renamed.emit(self.text())
