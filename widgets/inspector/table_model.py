"""The lazy table over a tensor: only the cells in sight are asked for."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from widgets import theme
from widgets.inspector.figures import full, is_special, short
from widgets.inspector.tensor_data import MISSING, TensorData
from widgets.inspector.tiles import MatrixShape

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT = 22
COLUMN_WIDTH, WIDE_COLUMN_WIDTH = 76, 156
# Qt counts pixels in 32 bits.
MOST_ROWS, MOST_COLUMNS = (2**31 - 2**20) // ROW_HEIGHT, (2**31 - 2**20) // WIDE_COLUMN_WIDTH


@dataclass(frozen=True)
class TableShape:
    """Where each value of a matrix is in the table. A vector is folded into rows of `fold` values.

    What lies beyond the most rows and columns that Qt can scroll is reached by moving the base.
    """

    rows: int
    columns: int
    fold: int = 0
    row_base: int = 0
    column_base: int = 0

    @classmethod
    def of(cls, shape: MatrixShape, rank: int) -> "TableShape":
        """Return the table for a tensor of this rank."""
        if rank == 1 and shape.columns > 1:
            fold = 10 if shape.columns <= 10 * MOST_ROWS else 1000
            return cls(-(-shape.columns // fold), min(fold, shape.columns), fold)
        return cls(shape.rows, shape.columns)

    def with_base(self, row: int, column: int) -> "TableShape":
        """Return the table moved so that this table row and column can be scrolled to."""
        row_base = min(max(0, row - MOST_ROWS // 2), max(0, self.rows - MOST_ROWS))
        column_base = min(max(0, column - MOST_COLUMNS // 2), max(0, self.columns - MOST_COLUMNS))
        return TableShape(self.rows, self.columns, self.fold, row_base, column_base)

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Return the row and column in the whole table of a value of the matrix."""
        return divmod(column, self.fold) if self.fold else (row, column)

    def value_at(self, row: int, column: int) -> tuple[int, int]:
        """Return the row and column in the matrix of a visible cell."""
        row, column = row + self.row_base, column + self.column_base
        return (0, row * self.fold + column) if self.fold else (row, column)


class TensorTableModel(QAbstractTableModel):
    """Values of one matrix of the tensor, the leading axes held."""

    def __init__(self, data: TensorData) -> None:
        super().__init__()
        self._data = data
        self._fixed: tuple[int, ...] = ()
        self._rank = 0
        self.table = TableShape(0, 0)
        self.full_digits = False

    @property
    def fixed(self) -> tuple[int, ...]:
        """Where the leading axes are held."""
        return self._fixed

    def show(self, fixed: tuple[int, ...]) -> None:
        """Show the matrix at `fixed`; the scroll position stays if the size does."""
        look = self._data.look
        rank = len(look.shape) if look else 0
        table = TableShape.of(self._data.shape, rank)
        if (table.rows, table.columns, table.fold, rank) == (
            self.table.rows,
            self.table.columns,
            self.table.fold,
            self._rank,
        ):
            self._fixed = fixed
            self.values_changed()
            return
        self.beginResetModel()
        self._fixed, self._rank, self.table = fixed, rank, table
        self.endResetModel()

    def values_changed(self) -> None:
        """Read the cells in sight again."""
        if self.rowCount() and self.columnCount():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def set_full_digits(self, full_digits: bool) -> None:
        """Write every digit, or four."""
        self.full_digits = full_digits
        self.values_changed()

    def reach(self, row: int, column: int) -> QModelIndex:
        """Return the cell of a value of the matrix, moving the base if it is out of reach."""
        row, column = self.table.place(row, column)
        moved = self.table.with_base(row, column)
        inside = (
            0 <= row - self.table.row_base < MOST_ROWS and 0 <= column - self.table.column_base < MOST_COLUMNS
        )
        if not inside:
            self.beginResetModel()
            self.table = moved
            self.endResetModel()
        return self.index(row - self.table.row_base, column - self.table.column_base)

    def value(self, index: Index) -> Any:
        """Return the value of a cell: MISSING while it is awaited, None past the end of a folded vector."""
        row, column = self.table.value_at(index.row(), index.column())
        if row >= self._data.shape.rows or column >= self._data.shape.columns:
            return None
        return self._data.value(self._fixed, row, column)

    def text(self, value: Any) -> str:
        """Return how a value is written."""
        if value is None:
            return ""
        if value is MISSING:
            return "·"
        return full(value) if self.full_digits else short(value)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else min(self.table.rows, MOST_ROWS)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else min(self.table.columns, MOST_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(self.value(index))
        if role == Qt.ItemDataRole.ToolTipRole:
            value = self.value(index)
            return None if value is None or value is MISSING else f"{self.label(index)} = {full(value)}"
        if role == Qt.ItemDataRole.ForegroundRole:
            value, now = self.value(index), theme.current()
            ink = now.error if is_special(value) else now.text3 if value is MISSING else now.text2
            return QColor(ink)
        return None

    def label(self, index: Index) -> str:
        """Return the index of a cell's value in the tensor, for example `[3, 0, 7]`."""
        row, column = self.table.value_at(index.row(), index.column())
        place = (*self._fixed, row, column)
        return f"[{', '.join(map(str, place[len(place) - self._rank :]))}]" if self._rank else "[]"

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            if orientation == Qt.Orientation.Horizontal:
                return str(section + self.table.column_base)
            return str((section + self.table.row_base) * (self.table.fold or 1))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None
