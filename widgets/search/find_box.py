"""The box that finds what is in the graph (Ctrl+F): it stays open while Enter goes from one to the next."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.controls.painting import SHADOW
from widgets.controls.rows import LOOK
from widgets.search.box import ROW, ResultDelegate
from widgets.search.fuzzy import Match, rank
from widgets.search.list_box import ListBox
from widgets.search.looks import FindLook

WIDTH, SHOWN = 400, 9
HINT = "Find nodes, attributes, notes"
MOST = 500
Hit = tuple[FindLook, Match]


class FindBox(ListBox):
    """`open(looks)` shows it beside what it looks through; `chosen(id)` says where to go."""

    def __init__(self, window: QWidget, beside: QWidget) -> None:
        super().__init__(window, "find", HINT, ResultDelegate, _words)
        self._beside = beside
        self._went = False
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 10)
        column.setSpacing(6)
        column.addWidget(self.field)
        column.addWidget(self.view)
        self.field.textChanged.connect(self._begin_anew)

    def open(self, looks: tuple[FindLook, ...], text: str = "") -> None:
        """Shows the box; what was looked for before is selected, to be typed over."""
        self._went = False
        self._show(looks, text)

    def found(self, looks: tuple[FindLook, ...], text: str) -> list[str]:
        """What a text finds, best first, without showing the box."""
        return [look.id for look, _ in _ranked(text, looks)]

    def hits(self, text: str) -> list[Hit]:
        return _ranked(text, self._looks)

    def title_of(self, look: FindLook) -> str:
        return look.title

    def id_of(self, look: FindLook) -> str:
        return look.id

    def nothing(self, text: str) -> str:
        return f'Nothing in the graph matches "{text}".' if text else "The graph is empty."

    def place(self) -> None:
        """Lies at the upper right of what it looks through, so that the middle stays in sight."""
        corner = self._beside.mapTo(self._window, QPoint(self._beside.width(), 0))
        rows = min(max(self._model.rowCount(), 2), SHOWN)
        height = self.field.height() + 6 + rows * ROW + 16 + 2 * SHADOW
        width = min(WIDTH, self._beside.width() - 24) + 2 * SHADOW
        self.setFixedSize(width, min(height, self._window.height() - corner.y()))
        self.move(corner.x() - width + SHADOW - 12, corner.y() - SHADOW + 12)

    def _begin_anew(self) -> None:
        self._went = False

    def _key(self, event: QKeyEvent) -> bool:
        key, back = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_F3, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._went:
                self._move(-1 if back else 1)
            self._enter()
            return True
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._went = False
        return super()._key(event)

    def _enter(self) -> None:
        """Goes to the current result, and stays open for the next."""
        index = self.view.currentIndex()
        if self._model.rowCount() and index.isValid():
            self._went = True
            self.chosen.emit(self.view.currentIndex().data(LOOK)[0].id)


def _ranked(text: str, looks: tuple[FindLook, ...]) -> list[Hit]:
    return rank(text, looks, lambda look: (look.title, *look.words), most=MOST)


def _words(hit: Hit) -> str:
    look = hit[0]
    return ", ".join(part for part in (look.title, look.detail, look.kind) if part)
