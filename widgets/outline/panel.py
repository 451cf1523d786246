"""The outline of the graph: a tree of nodes, functions and blocks; also the way in for screen readers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTreeView, QVBoxLayout, QWidget

from widgets import icons, theme
from widgets.outline.looks import OutlineLook

LOOK = Qt.ItemDataRole.UserRole
ROW = 26
_SIGNS = {"error": "sign-error", "warning": "sign-warning", "muted": "badge-muted"}
Below = Callable[[str], tuple[OutlineLook, ...]]
"""The rows below a path; the empty path asks for those at the top."""


class OutlinePanel(QWidget):
    """Shows what `set_below` answers; `refresh` asks again. A click or Enter reports `chosen(path)`."""

    chosen = Signal(str)
    opened = Signal()
    """The panel has come into sight: what it shows may be old."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outline")
        self._below: Below = lambda _path: ()
        self._rows: dict[str, tuple[OutlineLook, ...]] = {}
        self._places: dict[str, QStandardItem] = {}
        self._model = QStandardItemModel(self)
        self.tree = QTreeView(self)
        self.tree.setObjectName("outline-tree")
        self.tree.setAccessibleName("Outline of the graph")
        self.tree.setModel(self._model)
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(16)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.expanded.connect(self._fill)
        self.tree.clicked.connect(self._choose)
        self.tree.activated.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 8, 0, 0)
        column.addWidget(self.tree)
        theme.changed.connect(self._rebuild)

    def set_below(self, below: Below) -> None:
        """Gives the question that is asked for the rows below a path."""
        self._below = below
        self.refresh()

    def refresh(self) -> None:
        """Asks again for all rows that are there; what was open stays open."""
        fresh = {path: self._below(path) for path in ["", *self._rows]}
        if fresh != self._rows:
            self._rows = fresh
            self._rebuild()

    def set_current(self, path: str) -> None:
        """Marks a row, if it is there; reports nothing."""
        item = self._places.get(path)
        index = QModelIndex() if item is None else item.index()
        if index != self.tree.currentIndex():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.tree.selectionModel().setCurrentIndex(index, flags)
            self.tree.scrollTo(index)

    def paths(self) -> list[str]:
        """The rows that were made, in no order."""
        return list(self._places)

    def index_of(self, path: str) -> QModelIndex:
        """Where a row is."""
        return self._places[path].index()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.opened.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour(theme.current().panel))

    def _rebuild(self) -> None:
        current = self.tree.currentIndex().data(LOOK)
        open_paths = [path for path, item in self._places.items() if self.tree.isExpanded(item.index())]
        self._model.clear()
        self._places = {}
        self._add(self._model.invisibleRootItem(), "")
        for path in sorted(open_paths, key=lambda path: path.count("/")):
            if path in self._places:
                self.tree.setExpanded(self._places[path].index(), True)
        self._rows = {path: rows for path, rows in self._rows.items() if not path or path in self._places}
        if current is not None:
            self.set_current(current.path)

    def _add(self, parent: QStandardItem, path: str) -> None:
        for look in self._rows.get(path, ()):
            item = _item(look)
            self._places[look.path] = item
            parent.appendRow(item)
            if look.opens:
                item.appendRow(QStandardItem("…"))  # gives it the arrow; the rows come when it is opened

    def _fill(self, index: QModelIndex) -> None:
        item, look = self._model.itemFromIndex(index), index.data(LOOK)
        if look.path not in self._rows:
            self._rows[look.path] = self._below(look.path)
        if item.child(0) is not None and item.child(0).data(LOOK) is None:
            item.removeRow(0)
            self._add(item, look.path)

    def _choose(self, index: QModelIndex) -> None:
        look = index.data(LOOK)
        if look is not None:
            self.chosen.emit(look.path)


def _item(look: OutlineLook) -> QStandardItem:
    now = theme.current()
    item = QStandardItem(look.name)
    item.setSizeHint(QSize(0, ROW))
    item.setData(look, LOOK)
    sign = _SIGNS.get(look.state, look.icon)
    hues = {"error": now.error, "warning": now.warn, "muted": now.text3}
    item.setIcon(icons.icon(sign, hues.get(look.state, now.category_colour(look.hue)), now.disabled))
    item.setToolTip(look.words())
    item.setData(look.words(), Qt.ItemDataRole.AccessibleTextRole)
    font = theme.font("body")
    font.setStrikeOut(look.state == "muted")
    item.setFont(font)
    return item
