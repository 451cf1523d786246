"""The list view of the panels: flat, keyboard first, with a filter field and a text for the empty list."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QRectF, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from widgets import theme
from widgets.controls.line_edit import FieldEdit
from widgets.controls.painting import draw_focus_ring
from widgets.controls.rows import LOOK, AnyIndex, RowsModel


class RowsView(QListView):
    """Shows a RowsModel through a filter; Enter or a click activates a row, Ctrl+C copies the selected."""

    picked = Signal(QModelIndex)

    def __init__(self, model: RowsModel, name: str, accessible: str, empty: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._empty = empty
        self.proxy = QSortFilterProxyModel(self)
        self.proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.proxy.setSourceModel(model)
        self.setModel(self.proxy)
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)

    def set_empty(self, text: str) -> None:
        """Says something else where there are no rows."""
        self._empty = text
        self.viewport().update()

    def set_filter(self, text: str) -> None:
        """Shows only the rows that contain the text."""
        self.proxy.setFilterFixedString(text)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.picked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Puts the words of the selected rows into the clipboard."""
        rows = sorted(self.selectedIndexes(), key=QModelIndex.row)
        QApplication.clipboard().setText("\n".join(str(row.data()) for row in rows))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.model().rowCount() == 0:
            now = theme.current()
            painter = QPainter(self.viewport())
            painter.setFont(theme.font("body"))
            painter.setPen(theme.colour(now.text3))
            place = QRectF(self.viewport().rect()).adjusted(24, 8, -24, -8)
            filtered = bool(self.proxy.filterRegularExpression().pattern())
            text = "Nothing matches the filter." if filtered else self._empty
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), text)


class RowDelegate(QStyledItemDelegate):
    """Paints the rows of a list; a room says how high a row is, what is in it, and what its tool tip says."""

    def row_height(self, look: Any, width: float) -> int:
        """The height of a row in a list of this width."""
        raise NotImplementedError

    def paint_look(self, painter: QPainter, rect: QRectF, look: Any) -> None:
        """Paints what is in the row, over its background."""
        raise NotImplementedError

    def tip(self, look: Any, rect: QRectF) -> str:
        """The tool tip of the row; empty where all of it can be read."""
        raise NotImplementedError

    def sizeHint(self, _option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        view = self.parent()
        width = view.viewport().width() if isinstance(view, RowsView) else 0
        return QSize(100, self.row_height(index.data(LOOK), width))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        now = theme.current()
        rect = QRectF(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour(now.sel))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.colour(now.hover))
        self.paint_look(painter, rect, index.data(LOOK))
        if option.state & QStyle.StateFlag.State_HasFocus:
            draw_focus_ring(painter, rect.adjusted(1, 1, -1, -1), theme.RADIUS_THUMBNAIL)
        painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: AnyIndex
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return False
        QToolTip.showText(event.globalPos(), self.tip(index.data(LOOK), QRectF(option.rect)), view)
        return True


def filter_field(view: RowsView, name: str, parent: QWidget | None = None) -> FieldEdit:
    """A small field that filters the view while one types; it belongs into the header of the tab."""
    field = FieldEdit(role="label", icon="action-filter", height=24, parent=parent)
    field.setObjectName(name)
    field.setAccessibleName("Filter the list")
    field.setPlaceholderText("Filter")
    field.setFixedWidth(180)
    field.textChanged.connect(view.set_filter)
    return field
