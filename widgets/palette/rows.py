"""The rows of the palette as a flat list: categories that open, their ops, or what a search found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, Qt

from widgets.controls.rows import LOOK, AnyIndex
from widgets.palette.looks import MIME_TYPE, OpLook, PaletteLook
from widgets.search.fuzzy import rank


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """The row of a category: opened or not, with the number of its ops."""

    name: str
    count: int
    opened: bool


@dataclass(frozen=True, slots=True)
class OpRow:
    """The row of an op; `found` are the letters that a search hit."""

    op: OpLook
    category: str
    found: tuple[int, ...] = ()
    is_hit: bool = False


Row = CategoryRow | OpRow


class PaletteModel(QAbstractListModel):
    """Holds the palette; `search(text)` lists hits, best first, and `toggle(name)` opens a category."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = PaletteLook(())
        self._opened: set[str] = set()
        self._query = ""
        self._rows: list[Row] = []

    def set_look(self, look: PaletteLook) -> None:
        """Holds other ops."""
        self._look = look
        self._rebuild()

    def search(self, text: str) -> None:
        """Lists what fits the text, or the categories for an empty one."""
        self._query = text.strip()
        self._rebuild()

    def is_searching(self) -> bool:
        """Whether hits are listed instead of categories."""
        return bool(self._query)

    def toggle(self, category: str) -> None:
        """Opens or closes a category, and moves only the rows that this concerns."""
        at = self.category_index(category).row()
        ops = next(look.ops for look in self._look.categories if look.name == category)
        opened = category not in self._opened
        self._opened ^= {category}
        self._rows[at] = CategoryRow(category, len(ops), opened)
        if opened and ops:
            self.beginInsertRows(QModelIndex(), at + 1, at + len(ops))
            self._rows[at + 1 : at + 1] = [OpRow(op, category) for op in ops]
            self.endInsertRows()
        elif ops:
            self.beginRemoveRows(QModelIndex(), at + 1, at + len(ops))
            del self._rows[at + 1 : at + 1 + len(ops)]
            self.endRemoveRows()
        self.dataChanged.emit(self.index(at), self.index(at))

    def row_at(self, index: AnyIndex) -> Row | None:
        """The row behind an index."""
        return self._rows[index.row()] if index.isValid() else None

    def category_index(self, category: str) -> QModelIndex:
        """The index of a category's row."""
        rows = ((i, row) for i, row in enumerate(self._rows) if isinstance(row, CategoryRow))
        return self.index(next(i for i, row in rows if row.name == category))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  (Qt's own default)
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
        if row is None:
            return None
        if role == LOOK:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name if isinstance(row, CategoryRow) else row.op.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if isinstance(row, CategoryRow):
                return f"{row.name}, {row.count} nodes, {'open' if row.opened else 'closed'}"
            return f"{row.op.name}, {row.category}. {row.op.summary}"
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if isinstance(self.row_at(index), OpRow) else flags

    def mimeTypes(self) -> list[str]:
        return [MIME_TYPE]

    def mimeData(self, indexes: Any) -> QMimeData:
        data = QMimeData()
        row = self.row_at(indexes[0]) if indexes else None
        if isinstance(row, OpRow):
            data.setData(MIME_TYPE, row.op.name.encode())
            data.setText(row.op.name)
        return data

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._rows = self._hits() if self._query else self._tree()
        self.endResetModel()

    def _hits(self) -> list[Row]:
        pairs = [(op, category.name) for category in self._look.categories for op in category.ops]
        hits = rank(self._query, pairs, lambda pair: (pair[0].name, *pair[0].aliases))
        return [OpRow(op, category, hit.places, True) for (op, category), hit in hits]

    def _tree(self) -> list[Row]:
        rows: list[Row] = []
        for category in self._look.categories:
            opened = category.name in self._opened
            rows.append(CategoryRow(category.name, len(category.ops), opened))
            if opened:
                rows += [OpRow(op, category.name) for op in category.ops]
        return rows
