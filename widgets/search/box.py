"""The search box (Ctrl+K): one field, one ranked list, keyboard only if one likes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QApplication, QVBoxLayout, QWidget

from widgets import icons, theme
from widgets.controls.floating import FloatingBox
from widgets.controls.line_edit import FieldEdit
from widgets.controls.lists import RowDelegate, RowsView
from widgets.controls.marked import draw_marked
from widgets.controls.painting import RIGHT, SHADOW, draw_text, text_width
from widgets.controls.rows import LOOK, RowsModel
from widgets.search.fuzzy import Match, rank
from widgets.search.looks import ResultLook

WIDTH, ROW, _SHOWN = 560, 34, 10
HINT = "Search actions, nodes, help"
_ICONS = {"Action": "command-palette", "Node": "action-add", "Help": "help-book"}
Hit = tuple[ResultLook, Match]


class SearchBox(FloatingBox):
    """Floats over the window that it is given; `open(results)` shows it.

    `chosen(id)` reports the result; after it, after Escape and when the focus goes elsewhere, it closes and
    gives the focus back. `help_search_requested(text)` is asked for where nothing was found.
    """

    chosen = Signal(str)
    help_search_requested = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._results: tuple[ResultLook, ...] = ()
        self._before: QWidget | None = None
        self.setObjectName("search-box")
        self.setAccessibleName("Search actions, nodes, help")
        self.field = FieldEdit(role="body", icon="action-search", height=34, parent=self)
        self.field.setObjectName("search-field")
        self.field.setAccessibleName("Search actions, nodes, help")
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._search)
        self._model = RowsModel(_words, self)
        self.view = RowsView(self._model, "search-list", "Results", "", self)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setItemDelegate(ResultDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.viewport().setAutoFillBackground(False)
        self.view.clicked.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 10)
        column.setSpacing(6)
        column.addWidget(self.field)
        column.addWidget(self.view)
        parent.installEventFilter(self)
        self.hide()

    def open(self, results: tuple[ResultLook, ...], text: str = "", hint: str = HINT) -> None:
        """Shows the box with these results, searching for `text` at once; `hint` says what one can find."""
        self.field.setPlaceholderText(hint)
        self._before = QApplication.focusWidget()
        self._results = results
        self.field.setText(text)
        self._search(text)
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self.field.selectAll()

    def dismiss(self) -> None:
        """Closes the box and gives the focus back."""
        if self.isHidden():
            return
        before, self._before = self._before, None
        self.hide()  # Qt now hands the focus to whatever comes next
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def titles(self) -> list[str]:
        """The titles in the list, best first."""
        return [hit[0].title for hit in self._model.rows()]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list work from the field; the box follows its window and closes with the focus."""
        if watched is self._window:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._place()
            return False
        if event.type() == QEvent.Type.FocusOut and not self.isAncestorOf(QApplication.focusWidget() or self):
            self._before = None
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        steps |= {Qt.Key.Key_PageUp: -_SHOWN, Qt.Key.Key_PageDown: _SHOWN}
        key = event.key()
        if key in steps:
            self._move(steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            return key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        return True

    def _move(self, steps: int) -> None:
        count = self._model.rowCount()
        if count:
            row = self.view.currentIndex().row() + steps
            # One step past an end comes in at the other; a page stops at it.
            row = row % count if abs(steps) == 1 else min(max(row, 0), count - 1)
            self.view.setCurrentIndex(self.view.model().index(row, 0))

    def _enter(self) -> None:
        if self._model.rowCount():
            self._choose(self.view.currentIndex())
        elif self.field.text().strip():
            text = self.field.text().strip()
            self.dismiss()
            self.help_search_requested.emit(text)

    def _choose(self, index: QModelIndex) -> None:
        hit = index.data(LOOK)
        if hit is None or not hit[0].enabled:
            return
        self.dismiss()
        self.chosen.emit(hit[0].id)

    def _search(self, text: str) -> None:
        hits = rank(text, self._results, lambda look: (look.title, look.detail, look.kind), most=60)
        self._model.replace(hits)
        if hits:
            self.view.setCurrentIndex(self.view.model().index(0, 0))
        nothing = f'Nothing called "{text.strip()}". Press Enter to search the help for it.'
        self.view.set_empty(nothing)
        self._place()

    def _place(self) -> None:
        """Lies in the middle below the menu bar, as high as its list needs."""
        window = self._window
        rows = min(max(self._model.rowCount(), 2), _SHOWN)
        height = self.field.height() + 6 + rows * ROW + 16 + 2 * SHADOW
        width = min(WIDTH, window.width() - 40) + 2 * SHADOW
        self.setFixedSize(width, min(height, window.height() - 8))
        self.move(QPoint((window.width() - width) // 2, 4))


class ResultDelegate(RowDelegate):
    """Paints one result: icon, title with the hit letters marked, detail, shortcut and kind."""

    def row_height(self, _look: Hit, _width: float) -> int:
        return ROW

    def paint_look(self, painter: QPainter, rect: QRectF, look: Hit) -> None:
        result, hit = look
        now = theme.current()
        icon = result.icon or _ICONS.get(result.kind, "help-question")
        icons.paint(painter, icon, now.text3, rect.left() + 12, rect.center().y() - 7, 15)
        title, detail, shortcut, kind = _places(rect, result)
        ink = now.text if result.enabled else now.disabled
        draw_marked(painter, title, result.title, hit.places, "body", ink)
        draw_text(painter, detail, result.detail, "label", now.text3)
        draw_text(painter, shortcut, result.shortcut, "settings line", now.text2, RIGHT)
        draw_text(painter, kind, result.kind, "hint", now.text3, RIGHT)

    def tip(self, look: Hit, rect: QRectF) -> str:
        result, _ = look
        title, detail, _, _ = _places(rect, result)
        cut = text_width(result.title, "body") > title.width() + 1
        cut = cut or text_width(result.detail, "label") > detail.width()
        return f"{result.title}\n{result.detail}".strip() if cut else ""


def _places(rect: QRectF, look: ResultLook) -> tuple[QRectF, QRectF, QRectF, QRectF]:
    """Where title, detail, shortcut and kind of a result lie."""
    left, right = rect.left() + 38, rect.right() - 12
    kind = QRectF(right - 44, rect.top(), 44, rect.height())
    keys = text_width(look.shortcut, "settings line") + 2 if look.shortcut else 0
    shortcut = QRectF(kind.left() - 10 - keys, rect.top(), keys, rect.height())
    room = shortcut.left() - 12 - left
    wide = min(text_width(look.title, "body") + 2, room)
    title = QRectF(left, rect.top(), wide, rect.height())
    detail = QRectF(left + wide + 10, rect.top(), max(room - wide - 10, 0), rect.height())
    return title, detail, shortcut, kind


def _words(hit: Any) -> str:
    look = hit[0]
    return ", ".join(part for part in (look.title, look.detail, look.kind, look.shortcut) if part)
