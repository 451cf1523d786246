"""The history one can click into, and beside it what the present has that another point had not."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls.buttons import TextButton
from widgets.controls.labels import ElidedLabel
from widgets.controls.lists import RowDelegate, RowsView
from widgets.controls.painting import RIGHT, draw_text
from widgets.controls.rows import LOOK, RowsModel
from widgets.history.graph import ComparisonGraph, ink_of
from widgets.history.looks import SIGNS, ComparisonLook, DifferenceLook, StepLook

_ROW, _PADDING, _LIST = 26, 12, 260


class HistoryPanel(QWidget):
    """Shows steps by `set_steps` and a comparison by `set_comparison`.

    Intents: `gone_to(step)` by a click or Enter, `base_chosen(step)` by C, `file_requested()`, and
    `jumped(node)`.
    """

    gone_to = Signal(int)
    base_chosen = Signal(int)
    file_requested = Signal()
    jumped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history")
        self._steps = RowsModel(_step_words, self)
        self.list = _StepsView(self._steps, "history-list", "History", "Nothing has been done yet.", self)
        self.list.setItemDelegate(StepDelegate(self.list))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setFixedWidth(_LIST)
        self.list.setViewportMargins(0, 6, 0, 6)
        self.list.clicked.connect(lambda index: self.gone_to.emit(index.row()))
        self.list.picked.connect(lambda index: self.gone_to.emit(index.row()))
        self.list.compared.connect(lambda index: self.base_chosen.emit(index.row()))
        self.title = ElidedLabel("", "section", "text")
        self.title.setObjectName("comparison-title")
        self.from_here = TextButton("Compare from here", name="compare-from-here")
        self.from_here.setToolTip("Compare what follows with the chosen step (C)")
        self.from_here.clicked.connect(lambda: self.base_chosen.emit(max(self.list.currentIndex().row(), 0)))
        self.with_file = TextButton("With a file…", name="compare-with-file")
        self.with_file.clicked.connect(self.file_requested)
        self.graph = ComparisonGraph(self)
        self.graph.picked.connect(self.jumped)
        self._differences = RowsModel(_difference_words, self)
        self.differences = RowsView(
            self._differences, "difference-list", "Differences", "Nothing differs.", self
        )
        self.differences.setItemDelegate(DifferenceDelegate(self.differences))
        self.differences.clicked.connect(self._jump)
        self.differences.picked.connect(self._jump)
        self._lay_out()

    def set_steps(self, steps: tuple[StepLook, ...]) -> None:
        """Shows the history; the present step is the current row."""
        if tuple(self._steps.rows()) == steps:
            return
        self._steps.replace(steps)
        now = next(number for number, step in enumerate(steps) if step.is_now)
        self.list.setCurrentIndex(self.list.model().index(now, 0))

    def set_comparison(self, look: ComparisonLook) -> None:
        """Shows what differs, in the graph and as a list."""
        self.title.set_text(look.title)
        self.graph.set_look(look)
        self._differences.replace(look.differences)

    def sizeHint(self) -> QSize:
        return QSize(940, 600)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour(theme.current().panel))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        above = QHBoxLayout()
        above.setContentsMargins(_PADDING, 8, _PADDING, 8)
        above.setSpacing(8)
        above.addWidget(self.title, 1)
        above.addWidget(self.from_here)
        above.addWidget(self.with_file)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(above)
        right.addWidget(self.graph, 3)
        right.addWidget(self.differences, 2)
        row.addLayout(right, 1)

    def _jump(self, index: QModelIndex) -> None:
        look = index.data(LOOK)
        if look.node:
            self.jumped.emit(look.node)


class _StepsView(RowsView):
    """The list of steps; C chooses the step to compare with."""

    compared = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_C and not event.modifiers() and self.currentIndex().isValid():
            self.compared.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class StepDelegate(RowDelegate):
    """Paints one step: a mark for the present one, its words, and whether one compares with it."""

    def row_height(self, _look: StepLook, _width: float) -> int:
        return _ROW

    def paint_look(self, painter: QPainter, rect: QRectF, look: StepLook) -> None:
        now = theme.current()
        if look.is_now:
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), theme.colour(now.accent))
        ink = now.text3 if look.is_undone else now.text
        note = "base" if look.is_base else ""
        room = rect.adjusted(_PADDING, 0, -_PADDING - (40 if note else 0), 0)
        role = "strong" if look.is_now else "body"
        draw_text(painter, room, look.label, role, ink, mode=Qt.TextElideMode.ElideMiddle)
        draw_text(painter, rect.adjusted(0, 0, -_PADDING, 0), note, "hint", now.accent, RIGHT)

    def tip(self, look: StepLook, _rect: QRectF) -> str:
        return f"{_step_words(look)}\nClick or Enter goes there. C compares with it."


class DifferenceDelegate(RowDelegate):
    """Paints one difference: its sign, what it is, its name, and what it was and is."""

    def row_height(self, _look: DifferenceLook, _width: float) -> int:
        return 24

    def paint_look(self, painter: QPainter, rect: QRectF, look: DifferenceLook) -> None:
        now, middle = theme.current(), Qt.TextElideMode.ElideMiddle
        left, width = rect.left() + _PADDING, rect.width() - 2 * _PADDING
        sign = QRectF(left, rect.top(), 16, rect.height())
        draw_text(painter, sign, SIGNS[look.state], "node title", ink_of(look.state))
        what = QRectF(left + 18, rect.top(), 68, rect.height())
        draw_text(painter, what, look.what, "label", now.text3)
        name = QRectF(left + 90, rect.top(), width * 0.42 - 90, rect.height())
        draw_text(painter, name, look.name, "settings line", now.text, mode=middle)
        values = QRectF(left + width * 0.42 + 8, rect.top(), width * 0.58 - 8, rect.height())
        draw_text(painter, values, _values(look), "settings line", now.text2, mode=middle)

    def tip(self, look: DifferenceLook, _rect: QRectF) -> str:
        return _difference_words(look)


def _values(look: DifferenceLook) -> str:
    return f"{look.before} → {look.after}" if look.before and look.after else look.before or look.after


def _step_words(look: StepLook) -> str:
    notes = (", now" if look.is_now else "") + (", undone" if look.is_undone else "")
    return f"{look.label}{notes}{', compared with' if look.is_base else ''}"


def _difference_words(look: DifferenceLook) -> str:
    return f"{look.state} {look.what} {look.name} {_values(look)}".strip()
