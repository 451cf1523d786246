"""What flows through a node: rows of name, value and a coloured note."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from widgets import theme
from widgets.controls.painting import RIGHT, draw_text, elided, text_width
from widgets.form.looks import FlowRow

ROW = 26
_LEFT, _VALUE, _GAP = 16, 112, 8


class FlowList(QWidget):
    """Shows flow rows by `set_look(rows)`; what does not fit is in the tool tip of its row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[FlowRow, ...] = ()
        self.setObjectName("flows")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_look(self, rows: tuple[FlowRow, ...]) -> None:
        """Shows these rows."""
        if rows == self._rows:
            return
        if len(rows) != len(self._rows):
            self.setFixedHeight(len(rows) * ROW)
        self._rows = rows
        words = "; ".join(f"{row.name}: {row.value} {row.note}".strip() for row in rows)
        self.setAccessibleName(f"What flows through: {words}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(264, len(self._rows) * ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index, row in enumerate(self._rows):
            self._paint_row(painter, index * ROW, row)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = event.pos().y() // ROW
            row = self._rows[index] if 0 <= index < len(self._rows) else None
            cut = row is not None and self._is_cut(row)
            tip = f"{row.name}  {row.value}  {row.note}".strip() if row is not None and cut else ""
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def _paint_row(self, painter: QPainter, top: int, row: FlowRow) -> None:
        now = theme.current()
        middle = Qt.TextElideMode.ElideMiddle
        name, value, note = self._places(row, top)
        draw_text(painter, name, row.name, "label", now.text2, mode=middle)
        draw_text(painter, value, row.value, "field value", now.text, mode=middle)
        draw_text(painter, note, row.note, "settings line", self._ink(row), RIGHT)

    def _ink(self, row: FlowRow) -> str:
        now = theme.current()
        if row.tone:
            return str(getattr(now, row.tone))
        return now.dtype_colour(row.dtype) if row.dtype else now.text3

    def _places(self, row: FlowRow, top: int) -> tuple[QRectF, QRectF, QRectF]:
        right = self.width() - _LEFT
        note = min(text_width(row.note, "settings line") + 1 if row.note else 0, 110)
        name = QRectF(_LEFT, top, _VALUE - _LEFT - _GAP, ROW)
        value = QRectF(_VALUE, top, right - note - (_GAP if note else 0) - _VALUE, ROW)
        return name, value, QRectF(right - note, top, note, ROW)

    def _is_cut(self, row: FlowRow) -> bool:
        roles = ("label", "field value", "settings line")
        texts = (row.name, row.value, row.note)
        mode = Qt.TextElideMode.ElideMiddle
        return any(
            elided(text, role, place.width(), mode) != text
            for text, role, place in zip(texts, roles, self._places(row, 0), strict=True)
        )
