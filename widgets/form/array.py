"""The editor of nested lists of numbers: text of several lines, read strictly."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from widgets import theme
from widgets.controls.line_edit import MARGIN
from widgets.controls.painting import draw_field_frame
from widgets.form import values
from widgets.form.looks import FieldLook


class NestedListText(QPlainTextEdit):
    """The text itself; the style sheet knows this class by name and keeps its background transparent."""


class ArrayEditor(QWidget):
    """Nested lists of numbers as text of several lines; sent by Ctrl+Enter or on leaving the field."""

    committed = Signal(object)
    complained = Signal(str)

    def __init__(self, look: FieldLook, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._wrong = False
        self.edit = NestedListText(self)
        self.edit.setObjectName(f"field-{look.name}-text")
        self.edit.setAccessibleName(look.label)
        self.edit.setFrameStyle(0)
        self.edit.setFont(theme.font("field value"))
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.edit.setTabChangesFocus(True)
        self.edit.installEventFilter(self)
        self.setFocusProxy(self.edit)
        self.show_look(look)
        self.edit.textChanged.connect(self._typed)

    def show_look(self, look: FieldLook) -> None:
        """Shows the value of a look; a draft survives a look that says nothing new."""
        if look == self._look and self.edit.document().isModified():
            return
        self._look = look
        text = values.shown(look)
        if text != self.edit.toPlainText():
            self.edit.blockSignals(True)
            self.edit.setPlainText(text)
            self.edit.blockSignals(False)
        self.edit.document().setModified(False)
        self.complained.emit("")
        lines = min(max(text.count("\n") + 1, 3), 8)
        self.setFixedHeight(lines * theme.line_height("field value") + 14 + 2 * MARGIN)

    def set_wrong(self, wrong: bool) -> None:
        """Marks the text as one that cannot be taken."""
        if wrong != self._wrong:
            self._wrong = wrong
            self.update()

    def is_wrong(self) -> bool:
        """Whether the text is marked as one that cannot be taken."""
        return self._wrong

    def commit(self) -> None:
        """Sends what was typed, if it can be taken and is new."""
        if not self.edit.document().isModified():
            return
        try:
            value = values.read(self._look, self.edit.toPlainText())
        except values.TextError as wrong:
            self.complained.emit(str(wrong))
            return
        self.edit.document().setModified(False)
        self.complained.emit("")
        if value != self._look.value:
            self.committed.emit(value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.commit()
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.commit()
                return True
            if event.key() == Qt.Key.Key_Escape and self.edit.document().isModified():
                self.edit.document().setModified(False)
                self.show_look(self._look)
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.edit.setGeometry(self.rect().adjusted(MARGIN + 5, MARGIN + 4, -MARGIN - 3, -MARGIN - 3))
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        frame = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        draw_field_frame(QPainter(self), frame, self.edit.hasFocus(), self._wrong, self.isEnabled())

    def _typed(self) -> None:
        try:
            values.read(self._look, self.edit.toPlainText())
        except values.TextError as wrong:
            self.complained.emit(str(wrong))
        else:
            self.complained.emit("")
