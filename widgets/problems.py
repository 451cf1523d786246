"""The list of problems: where, what, and one remedy as a button."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from widgets import icons, theme
from widgets.controls.lists import RowDelegate, RowsView, filter_field
from widgets.controls.painting import CENTRE, draw_box, draw_text, text_width
from widgets.controls.rows import LOOK, RowsModel

Severity = Literal["error", "warning", "info"]
EMPTY = "No problems. The graph is ready to run."

_SIGNS = {
    "error": ("sign-error", "error"),
    "warning": ("sign-warning", "warn"),
    "info": ("sign-info", "accent"),
}
_PADDING, _NODE, _TEXT = 16, 40, 176


@dataclass(frozen=True, slots=True)
class ProblemLook:
    """One problem of the graph, on the node that has it; `remedy` is the verb on its button."""

    severity: Severity
    node: str
    sentence: str
    remedy: str | None = None


class ProblemList(QWidget):
    """Shows problems by `set_look(problems)`.

    A click or Enter asks to jump to the node by `jump_requested(index)`; the button, or Alt+Enter, asks for
    the remedy by `remedy_requested(index)`. The index counts in the tuple that was shown.
    """

    jump_requested = Signal(int)
    remedy_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = RowsModel(_words, self)
        self.view = ProblemView(self._model, "problem-list", "Problems", EMPTY, self)
        self.view.setItemDelegate(ProblemDelegate(self.view))
        self.view.picked.connect(self._jump)
        self.view.clicked.connect(self._jump)
        self.view.remedy_picked.connect(self._remedy)
        self.tools = filter_field(self.view, "problem-filter", self)
        self.tools.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)

    def set_look(self, problems: tuple[ProblemLook, ...]) -> None:
        """Shows these problems; the row that was current stays so if it is still there."""
        if problems == tuple(self._model.rows()):
            return
        current = self.view.currentIndex()
        held = current.data(LOOK) if current.isValid() else None
        self._model.replace(problems)
        if held in problems:
            row = self.view.proxy.mapFromSource(self._model.index(problems.index(held)))
            self.view.setCurrentIndex(row)

    def _jump(self, index: QModelIndex) -> None:
        self.jump_requested.emit(self.view.proxy.mapToSource(index).row())

    def _remedy(self, index: QModelIndex) -> None:
        self.remedy_requested.emit(self.view.proxy.mapToSource(index).row())


class ProblemView(RowsView):
    """The view of the problems: it knows the button at the right end of a row."""

    remedy_picked = Signal(QModelIndex)

    def button_rect(self, index: QModelIndex) -> QRectF:
        """Where the remedy's button of this row is; empty if it has none."""
        return _button_rect(QRectF(self.visualRect(index)), index.data(LOOK))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self.button_rect(index).contains(event.position()):
            # The base class would take this for a click on the row, which jumps.
            self.setState(QAbstractItemView.State.NoState)
            self.remedy_picked.emit(index)
            return
        super().mouseReleaseEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        over = index.isValid() and self.button_rect(index).contains(event.position())
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        index = self.currentIndex()
        if enter and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if index.isValid() and index.data(LOOK).remedy:
                self.remedy_picked.emit(index)
            return
        super().keyPressEvent(event)


class ProblemDelegate(RowDelegate):
    """Paints one problem: sign, node, sentence of at most two lines, and the remedy's button."""

    def row_height(self, look: ProblemLook, width: float) -> int:
        return 14 + 18 * _line_count(look, QRectF(0, 0, width, 0))

    def paint_look(self, painter: QPainter, rect: QRectF, look: ProblemLook) -> None:
        now = theme.current()
        sign, token = _SIGNS[look.severity]
        icons.paint(painter, sign, getattr(now, token), _PADDING, rect.top() + 9, 14)
        node = QRectF(_NODE, rect.top() + 7, _TEXT - _NODE - 12, 18)
        draw_text(painter, node, look.node, "selected tab", now.text, mode=Qt.TextElideMode.ElideMiddle)
        _draw_sentence(painter, _sentence_rect(rect, look), look.sentence)
        if look.remedy:
            button = _button_rect(rect, look)
            draw_box(painter, button, theme.RADIUS_CONTROL, now.raised, now.border)
            draw_text(painter, button.adjusted(4, 0, -4, 0), look.remedy, "label", now.accent, CENTRE)

    def tip(self, look: ProblemLook, _rect: QRectF) -> str:
        remedy = f"\n{look.remedy} (Alt+Enter)" if look.remedy else ""
        return f"{look.node}: {look.sentence}{remedy}"


def _words(look: ProblemLook) -> str:
    return f"{look.severity}: {look.node}: {look.sentence}"


def _button_rect(rect: QRectF, look: ProblemLook) -> QRectF:
    if not look.remedy:
        return QRectF()
    width = min(math.ceil(text_width(look.remedy, "label")) + 22, rect.width() / 3)
    return QRectF(rect.right() - _PADDING - width, rect.top() + 4, width, 24)


def _sentence_rect(rect: QRectF, look: ProblemLook) -> QRectF:
    right = _button_rect(rect, look).left() - 12 if look.remedy else rect.right() - _PADDING
    return QRectF(_TEXT, rect.top() + 7, right - _TEXT, rect.height() - 14)


def _line_count(look: ProblemLook, rect: QRectF) -> int:
    return 1 if text_width(look.sentence, "label") <= _sentence_rect(rect, look).width() else 2


def _draw_sentence(painter: QPainter, rect: QRectF, sentence: str) -> None:
    """Draws up to two lines; what the second cannot hold ends in an ellipsis and is in the tool tip."""
    now = theme.current()
    metrics = QFontMetricsF(theme.font("label"))
    first, rest = sentence, ""
    if metrics.horizontalAdvance(sentence) > rect.width():
        words = sentence.split(" ")
        count = len(words)
        while count > 1 and metrics.horizontalAdvance(" ".join(words[:count])) > rect.width():
            count -= 1
        first, rest = " ".join(words[:count]), " ".join(words[count:])
    line = QRectF(rect.left(), rect.top(), rect.width(), 18)
    draw_text(painter, line, first, "label", now.text2)
    if rest:
        draw_text(painter, line.translated(0, 18), rest, "label", now.text2)
