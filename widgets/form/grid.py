"""The table of cells in which an array is typed: by keyboard, or pasted from a spreadsheet."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QFrame, QTableWidget, QTableWidgetItem, QWidget

from widgets import theme
from widgets.form import matrix, values
from widgets.form.looks import FieldLook

ROW, COLUMN, MOST_ROWS = 24, 54, 10


class CellTable(QTableWidget):
    """Shows cells; `changed(cells)` reports others, `complained(sentence)` what cannot be taken."""

    changed = Signal(object)
    complained = Signal(str)

    def __init__(self, look: FieldLook, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._cells: matrix.Cells = ()
        self.setObjectName(f"field-{look.name}-cells")
        self.setAccessibleName(f"{look.label}, cells")
        self.setFont(theme.font("field value"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setStyleSheet("QTableCornerButton::section { background: transparent; border: none; }")
        self.horizontalHeader().setDefaultSectionSize(COLUMN)
        self.horizontalHeader().setMinimumSectionSize(24)
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().setMinimumSectionSize(ROW)
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.itemChanged.connect(self._typed)

    def set_cells(self, look: FieldLook, cells: matrix.Cells) -> None:
        """Shows these cells; the current one stays current."""
        self._look = look
        if cells == self._cells:
            return
        self.blockSignals(True)
        self._cells = cells
        self.setRowCount(len(cells))
        self.setColumnCount(len(cells[0]))
        self.setHorizontalHeaderLabels([str(column) for column in range(len(cells[0]))])
        self.setVerticalHeaderLabels([str(row) for row in range(len(cells))])
        for row, line in enumerate(cells):
            for column, value in enumerate(line):
                self._show(row, column, values.text_of(value, "float"))
        if self.currentRow() < 0:
            self.setCurrentCell(0, 0)
        self.blockSignals(False)
        self.updateGeometry()

    def place(self) -> tuple[int, int]:
        """The row and the column of the current cell."""
        return max(self.currentRow(), 0), max(self.currentColumn(), 0)

    def sizeHint(self) -> QSize:
        rows = min(len(self._cells), MOST_ROWS) * ROW
        bar = self.horizontalScrollBar().sizeHint().height() if len(self._cells[0]) * COLUMN > 200 else 0
        return QSize(200, self.horizontalHeader().sizeHint().height() + rows + bar + 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste(QApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            QApplication.clipboard().setText(self._selected_text())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._clear()
        else:
            super().keyPressEvent(event)

    def _show(self, row: int, column: int, text: str) -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(row, column, item)
        item.setText(text)
        item.setForeground(theme.colour(theme.current().text))

    def _typed(self, item: QTableWidgetItem) -> None:
        """A typed cell; one that cannot be taken keeps its text in the colour of errors."""
        try:
            value = matrix.read_cell(self._look, item.text())
        except values.TextError as wrong:
            self.blockSignals(True)
            item.setForeground(theme.colour(theme.current().error))
            self.blockSignals(False)
            self.complained.emit(f"{wrong} It is in row {item.row()}, column {item.column()}.")
            return
        self._send(matrix.with_cell(self._cells, item.row(), item.column(), value))

    def _paste(self, text: str) -> None:
        try:
            cells = matrix.pasted(self._look, self._cells, *self.place(), text)
        except values.TextError as wrong:
            self.complained.emit(str(wrong))
        else:
            self._send(cells)

    def _clear(self) -> None:
        cells = self._cells
        for index in self.selectedIndexes():
            cells = matrix.with_cell(cells, index.row(), index.column(), 0)
        self._send(cells)

    def _selected_text(self) -> str:
        chosen = {(index.row(), index.column()) for index in self.selectedIndexes()}
        rows = sorted({row for row, _ in chosen})
        columns = sorted({column for _, column in chosen})
        lines = [[values.text_of(self._cells[r][c], "float") for c in columns] for r in rows]
        return "\n".join("\t".join(line) for line in lines)

    def _send(self, cells: matrix.Cells) -> None:
        self.complained.emit("")
        shown, self._cells = self._cells, ()
        self.set_cells(self._look, cells)
        if cells != shown:
            self.changed.emit(cells)
