"""A small editor of Python: line numbers, four blanks for Tab, and lines that keep their indentation."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from widgets import theme
from widgets.code.highlighter import PythonHighlighter
from widgets.controls.painting import RIGHT, draw_text, text_width

INDENT = "    "
_ROLE = "field value"


class CodeEditor(QPlainTextEdit):
    """Plain text in the mono font. Ctrl+Tab leaves it, because Tab indents."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("code-editor")
        self.setAccessibleName("Code")
        self.setFont(theme.font(_ROLE))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._highlighter = PythonHighlighter(self.document())
        self._numbers = _LineNumbers(self)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(lambda *_: self._numbers.update())
        self._make_room()

    def mark_line(self, line: int) -> None:
        """Bring a line, counted from 1, into view and put the cursor there."""
        block = self.document().findBlockByNumber(max(0, line - 1))
        self.setTextCursor(QTextCursor(block))
        self.centerCursor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        cursor = self.textCursor()
        if event.key() == Qt.Key.Key_Tab and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Tab:
            cursor.insertText(INDENT[: 4 - cursor.positionInBlock() % 4])
        elif event.key() == Qt.Key.Key_Backtab:
            self._unindent(cursor)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            before = cursor.block().text()[: cursor.positionInBlock()]
            indent = before[: len(before) - len(before.lstrip(" "))]
            cursor.insertText("\n" + indent + (INDENT if before.rstrip().endswith(":") else ""))
            self.ensureCursorVisible()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(QRect(inside.left(), inside.top(), self.number_width(), inside.height()))

    def number_width(self) -> int:
        """How wide the column of line numbers is."""
        return int(text_width("0" * max(2, len(str(self.blockCount()))), _ROLE)) + 20

    def paint_numbers(self, painter: QPainter) -> None:
        """Paint the numbers of the lines in view."""
        block, width = self.firstVisibleBlock(), self.number_width() - 10
        while block.isValid():
            place = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if place.top() > self.viewport().height():
                return
            rect = QRectF(0, place.top(), width, place.height())
            draw_text(painter, rect, str(block.blockNumber() + 1), _ROLE, theme.current().text3, RIGHT)
            block = block.next()

    def _unindent(self, cursor: QTextCursor) -> None:
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
        text = cursor.block().text()
        for _ in range(min(4, len(text) - len(text.lstrip(" ")))):
            cursor.deleteChar()

    def _make_room(self) -> None:
        self.setViewportMargins(self.number_width(), 0, 0, 0)


class _LineNumbers(QWidget):
    def __init__(self, editor: CodeEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(self._editor.number_width(), 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._editor.paint_numbers(QPainter(self))
