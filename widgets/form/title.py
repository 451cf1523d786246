"""The title block of the properties: icon, the node's name to rename, its op, and the way into a block."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from widgets import icons, theme
from widgets.controls.buttons import LinkButton
from widgets.controls.line_edit import FieldEdit
from widgets.controls.painting import draw_focus_ring, draw_text, elided

HEIGHT = 56
_TEXT = 45


class TitleBlock(QWidget):
    """Shows a node's name and op; `renamed(text)` and `opened()` are its intents.

    A double-click, F2 or Enter edits the name in place; Enter sends it and Escape gives up.
    """

    renamed = Signal(str)
    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._op = ""
        self._category = ""
        self._can_rename = True
        self.setObjectName("title-block")
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.open_link = LinkButton("Open", name="open-block", icon="arrow-open", parent=self)
        self.open_link.setToolTip("Open the graph of this block (Enter)")
        self.open_link.clicked.connect(self.opened)
        self.editor = FieldEdit(role="strong", parent=self)
        self.editor.setObjectName("rename-node")
        self.editor.setAccessibleName("Name of the node")
        self.editor.installEventFilter(self)
        self.editor.returnPressed.connect(self._send)
        self.editor.hide()

    def set_look(self, name: str, op: str, category: str, can_open: bool, can_rename: bool) -> None:
        """Shows another node, or another name of it."""
        if name != self._name:
            self.editor.hide()
        self._name, self._op, self._category, self._can_rename = name, op, category, can_rename
        self.open_link.setVisible(can_open)
        self.setAccessibleName(f"{name}, {self._subtitle()}")
        self._say()
        self.update()

    def edit_name(self) -> None:
        """Lets the name be typed, in its place."""
        if not self._can_rename:
            return
        self.editor.setText(self._name)
        self.editor.selectAll()
        self.editor.show()
        self.editor.raise_()
        self.editor.setFocus()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.edit_name()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_name()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.editor.hide()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._send()
                return True
        if event.type() == QEvent.Type.FocusOut and self.editor.isVisible():
            self._send()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        link = self.open_link.sizeHint()
        self.open_link.setGeometry(
            self.width() - 16 - link.width(), (HEIGHT - link.height()) // 2, link.width(), link.height()
        )
        self.editor.setGeometry(_TEXT - 11, (HEIGHT - 34) // 2, self.width() - _TEXT - 3, 34)
        self._say()
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        icon = icons.category_icon(self._category)
        icons.paint(painter, icon, now.category_colour(self._category), 17, (HEIGHT - 18) / 2, 18)
        mode = Qt.TextElideMode.ElideMiddle
        title, below = self._places()
        if not self.editor.isVisible():
            draw_text(painter, title, self._name, "panel title", now.text, mode=mode)
            draw_text(painter, below, self._subtitle(), "caption", now.text3, mode=mode)
        painter.fillRect(QRectF(0, HEIGHT - 1, self.width(), 1), theme.colour(now.border))
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()).adjusted(4, 4, -4, -5))

    def _subtitle(self) -> str:
        return f"{self._op}, {self._category}" if self._category else self._op

    def _places(self) -> tuple[QRectF, QRectF]:
        link = self.open_link.width() + 8 if self.open_link.isVisibleTo(self) else 0
        width = self.width() - _TEXT - 16 - link
        return QRectF(_TEXT, 9, width, 20), QRectF(_TEXT, 29, width, 18)

    def _say(self) -> None:
        title, below = self._places()
        mode = Qt.TextElideMode.ElideMiddle
        cut = elided(self._name, "panel title", title.width(), mode) != self._name
        cut = cut or elided(self._subtitle(), "caption", below.width(), mode) != self._subtitle()
        lines = [f"{self._name}\n{self._subtitle()}"] if cut else []
        self.setToolTip("\n".join([*lines, "Double-click to rename (F2)"] if self._can_rename else lines))

    def _send(self) -> None:
        text = self.editor.text().strip()
        self.editor.hide()
        if text and text != self._name:
            self.renamed.emit(text)
