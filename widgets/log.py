"""The log: what happened, when, newest at the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets import icons, theme
from widgets.controls.lists import RowDelegate, RowsView, filter_field
from widgets.controls.painting import draw_text, text_width
from widgets.controls.rows import RowsModel

Level = Literal["info", "success", "warning", "error"]
EMPTY = "Nothing has happened yet. Runs, saves and problems of the worker are noted here."
MOST_ROWS = 5000

_SIGNS = {
    "info": ("sign-info", "text3"),
    "success": ("sign-done", "success"),
    "warning": ("sign-warning", "warn"),
    "error": ("sign-error", "error"),
}
_ROW, _PADDING = 24, 16


@dataclass(frozen=True, slots=True)
class LogLook:
    """One line of the log: the time as text, its level, and a sentence."""

    time: str
    level: Level
    sentence: str


class LogList(QWidget):
    """Shows lines of the log, the newest 5,000; it follows the end while the end is in view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = RowsModel(_words, self)
        self.view = RowsView(self._model, "log-list", "Log", EMPTY, self)
        self.view.setItemDelegate(LogDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for text, slot in (
            ("Copy", self.view.copy),
            ("Select all", self.view.selectAll),
            ("Clear", self.clear),
        ):
            action = QAction(text, self.view)
            action.setObjectName(f"log-{text.split()[0].lower()}")
            action.triggered.connect(slot)
            self.view.addAction(action)
        self.tools = filter_field(self.view, "log-filter", self)
        self.tools.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)

    def add(self, rows: Sequence[LogLook]) -> None:
        """Adds lines at the end, in one go."""
        bar = self.view.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - _ROW
        self._model.append(rows, MOST_ROWS)
        if at_end:
            self.view.scrollToBottom()

    def clear(self) -> None:
        """Removes all lines."""
        self._model.replace(())

    def rows(self) -> tuple[LogLook, ...]:
        """All lines that are kept, oldest first."""
        return tuple(self._model.rows())


class LogDelegate(RowDelegate):
    """Paints one line: time, sign, sentence."""

    def row_height(self, _look: LogLook, _width: float) -> int:
        return _ROW

    def paint_look(self, painter: QPainter, rect: QRectF, look: LogLook) -> None:
        now = theme.current()
        time = QRectF(_PADDING, rect.top(), 72, rect.height())
        draw_text(painter, time, look.time, "settings line", now.text3)
        sign, token = _SIGNS[look.level]
        icons.paint(painter, sign, getattr(now, token), 92, rect.top() + 5, 14)
        ink = now.error if look.level == "error" else now.text2
        draw_text(painter, _sentence_rect(rect), look.sentence, "label", ink)

    def tip(self, look: LogLook, rect: QRectF) -> str:
        cut = text_width(look.sentence, "label") > _sentence_rect(rect).width()
        return look.sentence if cut else ""


def _sentence_rect(rect: QRectF) -> QRectF:
    return QRectF(116, rect.top(), rect.right() - 116 - _PADDING, rect.height())


def _words(look: LogLook) -> str:
    return f"{look.time} {look.level}: {look.sentence}"
