"""The table view: scrolls tables of any size, copies a selection as tab-separated text."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from widgets import theme
from widgets.controls.painting import text_width
from widgets.inspector.table_model import COLUMN_WIDTH, ROW_HEIGHT, WIDE_COLUMN_WIDTH, TensorTableModel
from widgets.inspector.tensor_data import MISSING, TensorData

MOST_COPIED = 1_000_000


class TensorTable(QTableView):
    """A table of one matrix of the tensor."""

    told = Signal(str)
    """One sentence about what has been done, for the line below the view."""

    def __init__(self, data: TensorData) -> None:
        super().__init__()
        self._model = TensorTableModel(data)
        self._awaited: list[QModelIndex] = []
        self.setObjectName("inspector-table")
        self.setAccessibleName("Values")
        self.setModel(self._model)
        self.setFont(theme.font("field value"))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setStyleSheet("QTableCornerButton::section { background: transparent; border: none; }")
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setFont(theme.font("axis"))
            # A uniform size: Qt would otherwise ask for the contents of every row.
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.horizontalHeader().setDefaultSectionSize(COLUMN_WIDTH)
        self._model.modelReset.connect(self._measure_header)

    @property
    def fixed(self) -> tuple[int, ...]:
        """Where the leading axes are held."""
        return self._model.fixed

    def show_matrix(self, fixed: tuple[int, ...]) -> None:
        """Show the matrix at these indices of the leading axes."""
        self._model.show(fixed)

    def values_changed(self) -> None:
        """Read what is in sight again, and finish a copy that has waited for values."""
        self._model.values_changed()
        if self._awaited:
            self._copy(self._awaited)

    def set_full_digits(self, full: bool) -> None:
        """Write every digit, or four."""
        self._model.set_full_digits(full)
        self.horizontalHeader().setDefaultSectionSize(WIDE_COLUMN_WIDTH if full else COLUMN_WIDTH)

    def go_to(self, row: int, column: int) -> None:
        """Scroll to a value of the matrix and select it."""
        index = self._model.reach(row, column)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
            return
        super().keyPressEvent(event)

    def copy_selection(self) -> None:
        """Copy the selected cells as tab-separated lines; values not here yet are asked for and awaited."""
        count = sum(one.width() * one.height() for one in self.selectionModel().selection().toList())
        if not count:
            self.told.emit("Select cells to copy them.")
        elif count > MOST_COPIED:
            self.told.emit(f"{count:,} cells are too many to copy. Select at most {MOST_COPIED:,}.")
        else:
            self._copy(self.selectionModel().selectedIndexes())

    def _copy(self, indexes: list[QModelIndex]) -> None:
        cells = {(index.row(), index.column()): self._model.value(index) for index in indexes}
        missing = sum(value is MISSING for value in cells.values())
        self._awaited = indexes if missing else []
        if missing:
            self.told.emit(f"Reading {missing:,} values to copy.")
            return
        rows = sorted({row for row, _ in cells})
        columns = sorted({column for _, column in cells})
        lines = ["\t".join(self._model.text(cells.get((row, column))) for column in columns) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.told.emit(f"Copied {len(rows):,} x {len(columns):,} values.")

    def _measure_header(self) -> None:
        rows = self._model.rowCount()
        last = self._model.headerData(rows - 1, Qt.Orientation.Vertical) if rows else "0"
        self.verticalHeader().setFixedWidth(int(text_width(str(last), "axis")) + 20)
