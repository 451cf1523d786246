"""The search box (Ctrl+K): one field, one ranked list, keyboard only if one likes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets import icons, theme
from widgets.controls.lists import RowDelegate
from widgets.controls.marked import draw_marked
from widgets.controls.painting import RIGHT, SHADOW, draw_text, text_width
from widgets.search.fuzzy import Match, rank
from widgets.search.list_box import SHOWN, ListBox
from widgets.search.looks import ResultLook

WIDTH, ROW = 560, 34
HINT = "Search actions, nodes, help"
_ICONS = {"Action": "command-palette", "Node": "action-add", "Help": "help-book"}
Hit = tuple[ResultLook, Match]


class SearchBox(ListBox):
    """`open(results)` shows it; `help_search_requested(text)` is asked for where nothing was found."""

    help_search_requested = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "search", HINT, ResultDelegate, _words)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 10)
        column.setSpacing(6)
        column.addWidget(self.field)
        column.addWidget(self.view)

    def open(self, results: tuple[ResultLook, ...], text: str = "") -> None:
        """Shows the box with these results, searching for `text` at once."""
        self._show(results, text)

    def hits(self, text: str) -> list[Hit]:
        return rank(text, self._looks, lambda look: (look.title, look.detail, look.kind), most=60)

    def title_of(self, look: ResultLook) -> str:
        return look.title

    def id_of(self, look: ResultLook) -> str:
        return look.id if look.enabled else ""

    def nothing(self, text: str) -> str:
        return f'Nothing called "{text}". Press Enter to search the help for it.'

    def give_up(self, text: str) -> None:
        self.dismiss()
        self.help_search_requested.emit(text)

    def place(self) -> None:
        """Lies in the middle below the menu bar."""
        window = self._window
        rows = min(max(self._model.rowCount(), 2), SHOWN)
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
