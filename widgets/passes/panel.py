"""The panel of passes: at left each pass with its switch, at right what the chosen one changed."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls.labels import WrappedLabel
from widgets.controls.lists import RowDelegate, RowsView
from widgets.controls.painting import RIGHT, draw_box, draw_text, text_width
from widgets.controls.rows import LOOK, RowsModel
from widgets.passes.looks import ChangeLook, PassLook

LIST_WIDTHS = 232, 320
"""Of the list at least and at most; it takes two fifths."""
SHORT = 44.0
"""The width for the one word where a call is new or gone."""
EMPTY = "The graph cannot run yet. Its problems are listed under Problems."
_ROW, _PADDING, _SWITCH = 28, 16, QRectF(0, 0, 28, 16)


class PassesPanel(QWidget):
    """Shows the passes by `set_look(passes)`; `switched(name, on)` reports a switch, by mouse or Space."""

    switched = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("passes")
        self._passes: tuple[PassLook, ...] = ()
        self._model = RowsModel(_pass_words, self)
        self.list = PassesView(self._model, "pass-list", "Passes", EMPTY, self)
        self.list.setItemDelegate(PassDelegate(self.list))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setViewportMargins(0, 6, 0, 6)
        self.list.switched.connect(self._switch)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_changes())
        self._help = WrappedLabel("", "label", "text2")
        self._help.setTextFormat(Qt.TextFormat.PlainText)
        self._changes = RowsModel(_change_words, self)
        self.changes = RowsView(self._changes, "pass-changes", "What the pass changed", "", self)
        self.changes.setItemDelegate(ChangeDelegate(self.changes))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        right = QVBoxLayout()
        right.setContentsMargins(_PADDING, 8, _PADDING, 0)
        right.setSpacing(4)
        right.addWidget(self._help)
        right.addWidget(self.changes, 1)
        row.addLayout(right, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        least, most = LIST_WIDTHS
        self.list.setFixedWidth(min(max(self.width() * 2 // 5, least), most))

    def set_look(self, passes: tuple[PassLook, ...], empty: str = EMPTY) -> None:
        """Show these passes; the chosen one stays chosen. `empty` is said where there are none."""
        self.list.set_empty(empty)
        if passes == self._passes:
            return
        chosen = max(self.list.currentIndex().row(), 0)
        self._passes = passes
        self._model.replace(passes)
        if passes:
            self.list.setCurrentIndex(self.list.model().index(min(chosen, len(passes) - 1), 0))
        self._show_changes()

    def _show_changes(self) -> None:
        index = self.list.currentIndex()
        look = index.data(LOOK) if index.isValid() else None
        if look is None:
            self._help.setText("")
            self.changes.set_empty("")
            self._changes.replace(())
            return
        self._help.setText(look.help)
        self.changes.set_empty(look.note)
        rest = (ChangeLook(f"and {look.more:,} more", "", ""),) if look.more else ()
        self._changes.replace((*look.changes, *rest))

    def _switch(self, index: QModelIndex) -> None:
        look = index.data(LOOK)
        self.switched.emit(look.name, not look.on)


class PassesView(RowsView):
    """The list of passes: a click on a switch, Space or Enter flips it."""

    switched = Signal(QModelIndex)

    def switch_rect(self, index: QModelIndex) -> QRectF:
        """Where the switch of a row is."""
        return _switch_rect(QRectF(self.visualRect(index)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self.switch_rect(index).adjusted(-6, -6, 6, 6).contains(event.position()):
            self.switched.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        flips = event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if flips and self.currentIndex().isValid():
            self.switched.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class PassDelegate(RowDelegate):
    """Paints one pass: its switch, its title, and how many calls it left."""

    def row_height(self, _look: PassLook, _width: float) -> int:
        return _ROW

    def paint_look(self, painter: QPainter, rect: QRectF, look: PassLook) -> None:
        now = theme.current()
        _draw_switch(painter, _switch_rect(rect), look.on)
        figure = text_width(look.figure, "settings line") if look.figure else 0.0
        title = rect.adjusted(_PADDING + 40, 0, -_PADDING - figure - 12, 0)
        draw_text(painter, title, look.title, "body", now.text if look.on else now.text3)
        place = rect.adjusted(0, 0, -_PADDING, 0)
        draw_text(painter, place, look.figure, "settings line", now.text3, RIGHT)

    def tip(self, look: PassLook, _rect: QRectF) -> str:
        return f"{look.help}\n{'Press Space to leave it out.' if look.on else 'Press Space to let it run.'}"


class ChangeDelegate(RowDelegate):
    """Paints one call: its path, what it was, and what it is now."""

    def row_height(self, _look: ChangeLook, _width: float) -> int:
        return 24

    def paint_look(self, painter: QPainter, rect: QRectF, look: ChangeLook) -> None:
        now = theme.current()
        for column, text, ink in zip(
            _columns(rect, look),
            (look.path, look.before or "new", look.after or "gone"),
            (
                now.text2,
                now.text3 if not look.before else now.text,
                now.text3 if not look.after else now.text,
            ),
            strict=True,
        ):
            if look.before or look.after or column.left() <= rect.left():
                middle = Qt.TextElideMode.ElideMiddle
                draw_text(painter, column, text, "settings line", ink, mode=middle)

    def tip(self, look: ChangeLook, rect: QRectF) -> str:
        return _change_words(look)


def _columns(rect: QRectF, look: ChangeLook) -> tuple[QRectF, QRectF, QRectF]:
    """Path, before and after; what is new or gone leaves its room to the others."""
    first, gap = rect.width() * 0.36, 12.0
    rest = rect.width() - first
    second = SHORT if not look.before else rest - SHORT if not look.after else rest / 2
    left = rect.left()
    return (
        QRectF(left, rect.top(), first - gap, rect.height()),
        QRectF(left + first, rect.top(), second - gap, rect.height()),
        QRectF(left + first + second, rect.top(), rest - second - gap, rect.height()),
    )


def _switch_rect(rect: QRectF) -> QRectF:
    top = rect.top() + (rect.height() - _SWITCH.height()) / 2
    return QRectF(rect.left() + _PADDING, top, _SWITCH.width(), _SWITCH.height())


def _draw_switch(painter: QPainter, track: QRectF, on: bool) -> None:
    now = theme.current()
    draw_box(painter, track, 8, now.accentfill if on else now.hover, "" if on else now.strong)
    knob = 12.0 if on else 10.0
    left = track.right() - knob - 2 if on else track.left() + 3
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(now.onaccent if on else now.text2))
    painter.drawEllipse(QRectF(left, track.center().y() - knob / 2, knob, knob))


def _pass_words(look: PassLook) -> str:
    return f"{look.title}: {'runs' if look.on else 'left out'}. {look.figure}".strip()


def _change_words(look: ChangeLook) -> str:
    if not look.before and not look.after:
        return look.path
    return f"{look.path}: {look.before or 'new'} -> {look.after or 'gone'}"
