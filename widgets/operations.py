"""The table of all operations: what each can do, in columns, with a filter."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls.labels import ElidedLabel
from widgets.controls.lists import RowDelegate, RowsView, filter_field
from widgets.controls.painting import draw_text
from widgets.controls.rows import LOOK, RowsModel

COLUMNS = (("Operation", 0.25), ("Category", 0.10), ("Dtypes", 0.24), ("Gradient", 0.08), ("In ONNX", 0.19))
KERNELS = (("CPU", 0.07), ("GPU", 0.07))
_ROW, _PADDING = 26, 16


@dataclass(frozen=True, slots=True)
class OperationLook:
    """One row, in words."""

    op: str
    cells: tuple[str, ...]


class OperationsTable(QWidget):
    """Shows operations by `set_look(rows)`; a row that is picked is reported by `picked(op)`."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("operations")
        self._model = RowsModel(_words, self)
        self.view = RowsView(self._model, "operation-list", "Operations", "No operations.", self)
        self.view.setItemDelegate(OperationDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.picked.connect(self._pick)
        self.view.doubleClicked.connect(self._pick)
        self.filter = filter_field(self.view, "operation-filter", self)
        self._count = ElidedLabel("", "label", "text3")
        self.view.proxy.rowsInserted.connect(self._tell_count)
        self.view.proxy.rowsRemoved.connect(self._tell_count)
        above = QHBoxLayout()
        above.setContentsMargins(_PADDING, 12, _PADDING, 8)
        above.addWidget(self.filter)
        above.addSpacing(12)
        above.addWidget(self._count, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(above)
        column.addWidget(_Header(self.view))
        column.addWidget(self.view, 1)

    def set_look(self, rows: tuple[OperationLook, ...]) -> None:
        """Show these operations."""
        self._model.replace(rows)
        self._tell_count()

    def sizeHint(self) -> QSize:
        return QSize(1080, 640)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour(theme.current().panel))

    def _tell_count(self) -> None:
        shown, all_of_them = self.view.proxy.rowCount(), self._model.rowCount()
        counted = f"{all_of_them}" if shown == all_of_them else f"{shown} of {all_of_them}"
        self._count.set_text(f"{counted} operations. Enter shows the help of one.")

    def _pick(self, index: QModelIndex) -> None:
        self.picked.emit(index.data(LOOK).op)


class OperationDelegate(RowDelegate):
    """Paints one operation, a cell a column."""

    def row_height(self, _look: OperationLook, _width: float) -> int:
        return _ROW

    def paint_look(self, painter: QPainter, rect: QRectF, look: OperationLook) -> None:
        now = theme.current()
        for index, (cell, column) in enumerate(zip(look.cells, _columns(rect), strict=True)):
            role, ink = ("body", now.text) if index == 0 else ("label", now.text2)
            draw_text(painter, column, cell, role, ink)

    def tip(self, look: OperationLook, _rect: QRectF) -> str:
        names = [name for name, _ in (*COLUMNS, *KERNELS)]
        return "\n".join(f"{name}: {cell}" for name, cell in zip(names, look.cells, strict=True) if cell)


class _Header(QWidget):
    """The names of the columns."""

    def __init__(self, view: RowsView) -> None:
        super().__init__()
        self._view = view
        self.setFixedHeight(_ROW)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now, painter = theme.current(), QPainter(self)
        rect = QRectF(self.rect())
        painter.fillRect(rect.adjusted(0, rect.height() - 1, 0, 0), theme.colour(now.border))
        rect.setWidth(self._view.viewport().width())  # less than ours where there is a scroll bar
        for (name, _), column in zip((*COLUMNS, *KERNELS), _columns(rect), strict=True):
            draw_text(painter, column, name, "section", now.text3)


def _columns(rect: QRectF) -> list[QRectF]:
    whole = rect.width() - 2 * _PADDING
    places, left = [], rect.left() + _PADDING
    for _, share in (*COLUMNS, *KERNELS):
        places.append(QRectF(left, rect.top(), whole * share - 8, rect.height()))
        left += whole * share
    return places


def _words(look: OperationLook) -> str:
    return ", ".join(cell for cell in look.cells if cell)
