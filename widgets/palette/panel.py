"""The palette: a search field over the list of nodes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls.labels import EmptyLabel
from widgets.controls.line_edit import FieldEdit
from widgets.palette.looks import PaletteLook
from widgets.palette.rows import OpRow, PaletteModel
from widgets.palette.view import PaletteDelegate, PaletteView


class Palette(QWidget):
    """Shows all ops by `set_look(look)`.

    Intents: `add_requested(op)` by Enter or a double-click (or a drag with the mime type of `looks`),
    `help_requested(op)` for the op that is selected or under the pointer, `help_search_requested(text)`
    where no op was found.
    """

    add_requested = Signal(str)
    help_requested = Signal(str)
    help_search_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: PaletteLook | None = None
        self.setObjectName("palette")
        self.setAccessibleName("Palette of nodes")
        self.setMinimumWidth(180)
        self.model = PaletteModel(self)
        self.search = FieldEdit(role="label", icon="action-search", height=30, parent=self)
        self.search.setObjectName("palette-search")
        self.search.setAccessibleName("Find a node")
        self.search.setPlaceholderText("Find a node")
        self.search.set_hint("Tab", "settings line")
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._search)
        self.view = PaletteView(self.model, self)
        self._empty = EmptyLabel("", self)
        self._empty.setObjectName("palette-empty")
        self._empty.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse)
        self._empty.linkActivated.connect(self._search_help)
        self._build()
        self.view.add_asked.connect(self.add_requested)
        self.view.toggle_asked.connect(self.model.toggle)
        self.view.typed.connect(self._type_on)
        self.view.entered.connect(self._tell_help)
        self.view.selectionModel().currentChanged.connect(self._tell_help)

    def set_look(self, look: PaletteLook) -> None:
        """Shows these ops; open categories and the search stay."""
        if look == self._look:
            return
        self._look = look
        delegate = self.view.itemDelegate()
        if isinstance(delegate, PaletteDelegate):
            delegate.row_height = look.row_height
        self.model.set_look(look)
        self._show_list_or_empty()

    def focus_search(self) -> None:
        """Puts the keyboard focus into the search field and selects what stands in it."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def sizeHint(self) -> QSize:
        return QSize(208, 600)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lets the keys of the list work from the search field."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
        key = event.key()
        if key in steps:
            self.view.move_current(steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        else:
            return super().eventFilter(watched, event)
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour(theme.current().panel))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 9, 0, 0)
        column.setSpacing(7)
        top = QVBoxLayout()
        top.setContentsMargins(9, 0, 9, 0)
        top.addWidget(self.search)
        column.addLayout(top)
        below = QWidget(self)
        self._stack = QStackedLayout(below)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        column.addWidget(below, 1)

    def _search(self, text: str) -> None:
        self.model.search(text)
        self.search.set_hint("" if text else "Tab", "settings line")
        if self.model.is_searching() and self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(0))
        self.view.scrollToTop()
        self._show_list_or_empty()

    def _enter(self) -> None:
        if self.model.rowCount():
            self.view.activate_current()
        elif self.model.is_searching():
            self._search_help()

    def _show_list_or_empty(self) -> None:
        nothing = self.model.is_searching() and self.model.rowCount() == 0
        if nothing:
            text = self.search.text().strip().replace("&", "&amp;").replace("<", "&lt;")
            self._empty.setText(f'No node called "{text}". <a href="help">Search the help for it.</a>')
        self._stack.setCurrentWidget(self._empty if nothing else self.view)

    def _search_help(self, _link: str = "") -> None:
        self.help_search_requested.emit(self.search.text().strip())

    def _type_on(self, letters: str) -> None:
        self.search.setFocus()
        self.search.setText(self.search.text() + letters)

    def _tell_help(self, index: QModelIndex, _previous: QModelIndex | None = None) -> None:
        row = self.model.row_at(index)
        if isinstance(row, OpRow):
            self.help_requested.emit(row.op.name)
