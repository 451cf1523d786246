"""Editing in place: a node's or frame's name on one line, a note's text on many."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from widgets.canvas import ink

Edit = QLineEdit | QPlainTextEdit


class InlineEdit(QObject):
    """At most one field over the canvas. Enter (in notes Ctrl+Enter) or leaving keeps, Esc drops."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._field: Edit | None = None
        self._before = ""
        self._accept: Callable[[str], None] | None = None

    @property
    def field(self) -> Edit | None:
        """The open field."""
        return self._field

    def edit_line(self, text: str, rect: QRect, accept: Callable[[str], None]) -> None:
        """Opens a one-line field over a rectangle of the host."""
        field = QLineEdit(text, self._host)
        field.setObjectName("inlineName")
        field.setAccessibleName("Name")
        field.setFont(ink.font("body"))
        field.selectAll()
        self._open(field, text, rect, accept)

    def edit_text(self, text: str, rect: QRect, accept: Callable[[str], None]) -> None:
        """Opens a field of many lines over a rectangle of the host."""
        field = QPlainTextEdit(text, self._host)
        field.setObjectName("inlineNote")
        field.setAccessibleName("Note text. Ctrl+Enter keeps it, Esc drops the change.")
        field.setFont(ink.font("body"))
        self._open(field, text, rect, accept)

    def close(self, keep: bool) -> None:
        """Closes the field; a changed text is handed on if it is kept."""
        if self._field is None:
            return
        field, accept, self._field = self._field, self._accept, None
        text = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
        had_focus = field.hasFocus()
        field.removeEventFilter(self)
        field.hide()
        field.deleteLater()
        if had_focus:
            self._host.setFocus()
        if keep and accept is not None and text != self._before:
            accept(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hears Enter, Esc and the loss of focus."""
        if event.type() == QEvent.Type.FocusOut:
            self.close(keep=True)
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if event.key() == Qt.Key.Key_Escape:
                self.close(keep=False)
                return True
            if enter and (ctrl or isinstance(watched, QLineEdit)):
                self.close(keep=True)
                return True
        return super().eventFilter(watched, event)

    def _open(self, field: Edit, text: str, rect: QRect, accept: Callable[[str], None]) -> None:
        self.close(keep=True)
        self._field, self._before, self._accept = field, text, accept
        field.setGeometry(rect)
        field.installEventFilter(self)
        field.show()
        field.raise_()
        field.setFocus()
