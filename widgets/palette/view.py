"""The list of the palette: how its rows look, how they are dragged, and what the keys do in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QHelpEvent, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from widgets import icons, theme
from widgets.controls.marked import draw_marked
from widgets.controls.painting import RIGHT, draw_box, draw_focus_ring, draw_text, text_width
from widgets.controls.rows import LOOK, AnyIndex
from widgets.palette.rows import CategoryRow, OpRow, PaletteModel

_OP_LEFT, _RIGHT = 50, 13


class PaletteView(QListView):
    """Reports `add_asked(op)`, `toggle_asked(category)`, and `typed(text)` for letters meant to search."""

    add_asked = Signal(str)
    toggle_asked = Signal(str)
    typed = Signal(str)

    def __init__(self, model: PaletteModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._palette_model = model
        self.setModel(model)
        self.setItemDelegate(PaletteDelegate(self))
        self.setObjectName("palette-list")
        self.setAccessibleName("Nodes by category")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._clicked)
        self.doubleClicked.connect(self._double_clicked)

    def activate_current(self) -> None:
        """Adds the current op, or opens the current category."""
        row = self._palette_model.row_at(self.currentIndex())
        if isinstance(row, OpRow):
            self.add_asked.emit(row.op.name)
        elif row is not None:
            self.toggle_asked.emit(row.name)

    def move_current(self, steps: int) -> None:
        """Moves the current row up or down."""
        count = self.model().rowCount()
        if count:
            current = self.currentIndex()
            row = min(max(current.row() + steps, 0), count - 1) if current.isValid() else 0
            self.setCurrentIndex(self.model().index(row, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._palette_model.row_at(self.currentIndex())
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activate_current()
        elif isinstance(row, CategoryRow) and key in _toggling(row):
            self.toggle_asked.emit(row.name)
        elif key == Qt.Key.Key_Left and isinstance(row, OpRow) and not row.is_hit:
            self.setCurrentIndex(self._palette_model.category_index(row.category))
        elif event.text().isprintable() and event.text().strip() and not event.modifiers() & _COMMANDS:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        row = self._palette_model.row_at(self.currentIndex())
        if not isinstance(row, OpRow):
            return
        drag = QDrag(self)
        drag.setMimeData(self._palette_model.mimeData([self.currentIndex()]))
        drag.setPixmap(_drag_picture(row, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(18, 20))
        drag.exec(Qt.DropAction.CopyAction)

    def _clicked(self, index: QModelIndex) -> None:
        row = self._palette_model.row_at(index)
        if isinstance(row, CategoryRow):
            self.toggle_asked.emit(row.name)

    def _double_clicked(self, index: QModelIndex) -> None:
        row = self._palette_model.row_at(index)
        if isinstance(row, OpRow):
            self.add_asked.emit(row.op.name)


class PaletteDelegate(QStyledItemDelegate):
    """Paints categories with chevron, icon and count, ops by name, hits with icon and marked letters."""

    row_height = 26

    def sizeHint(self, _option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        extra = 2 if isinstance(index.data(LOOK), CategoryRow) else 0
        return QSize(100, self.row_height + extra)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        now = theme.current()
        rect = QRectF(option.rect)
        row = index.data(LOOK)
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.colour(now.hover))
        if isinstance(row, CategoryRow):
            _paint_category(painter, rect, row)
        else:
            _paint_op(painter, rect, row, selected)
        if option.state & QStyle.StateFlag.State_HasFocus:
            draw_focus_ring(painter, rect.adjusted(2, 0, -2, 0), theme.RADIUS_THUMBNAIL)
        painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: AnyIndex
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return False
        row = index.data(LOOK)
        tip = ""
        if isinstance(row, OpRow):
            cut = text_width(row.op.name, "body") > option.rect.width() - _OP_LEFT - _RIGHT
            tip = "\n".join(part for part in (row.op.name if cut else "", row.op.summary) if part)
        QToolTip.showText(event.globalPos(), tip, view)
        return True


_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


def _toggling(row: CategoryRow) -> tuple[Qt.Key, Qt.Key]:
    """The keys that open a closed category, or close an open one."""
    return (Qt.Key.Key_Space, Qt.Key.Key_Left if row.opened else Qt.Key.Key_Right)


def _paint_category(painter: QPainter, rect: QRectF, row: CategoryRow) -> None:
    now = theme.current()
    middle = rect.center().y()
    icons.paint(painter, "chevron-down" if row.opened else "chevron-right", now.text3, 9, middle - 7, 14)
    hue = now.category_colour(row.name)
    icons.paint(painter, icons.category_icon(row.name), hue, 28, middle - 7.5, 15)
    count = f"{row.count:,}"
    width = text_width(count, "hint") + 1
    draw_text(painter, rect.adjusted(_OP_LEFT, 0, -_RIGHT - width - 6, 0), row.name, "strong", now.text)
    right = rect.adjusted(rect.width() - _RIGHT - width, 0, -_RIGHT, 0)
    draw_text(painter, right, count, "hint", now.text3, RIGHT)


def _paint_op(painter: QPainter, rect: QRectF, row: OpRow, selected: bool) -> None:
    now = theme.current()
    ink = now.text if selected else now.text2
    if not row.is_hit:
        draw_text(painter, rect.adjusted(_OP_LEFT, 0, -_RIGHT, 0), row.op.name, "body", ink)
        return
    hue = now.category_colour(row.category)
    icons.paint(painter, icons.category_icon(row.category), hue, 14, rect.center().y() - 7.5, 15)
    draw_marked(painter, rect.adjusted(38, 0, -_RIGHT, 0), row.op.name, row.found, "body", ink)


def _drag_picture(row: OpRow, ratio: float) -> QPixmap:
    """A small node header that hangs on the pointer."""
    now = theme.current()
    width = int(min(text_width(row.op.name, "node title"), 190)) + 44
    picture = QPixmap(QSize(int(width * ratio), int(40 * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    rect = QRectF(0, 0, width, 40)
    draw_box(painter, rect, theme.RADIUS_NODE, now.header(row.category), now.accent, 2)
    hue = now.category_colour(row.category)
    icons.paint(painter, icons.category_icon(row.category), hue, 10, 12.5, 15)
    draw_text(painter, rect.adjusted(33, 0, -10, 0), row.op.name, "node title", now.text)
    painter.end()
    return picture
