"""The cells of an array as a heat map that one draws on: left button sets, right button clears."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.controls.painting import draw_focus_ring
from widgets.form import matrix
from widgets.form.looks import FieldValue
from widgets.inspector.ramps import colour_table, finite_limits, scale_for

SIDE, MOST = 32.0, 240.0
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class HeatCells(QWidget):
    """Shows cells as colours; `changed(cells)` reports a stroke that is over. Arrows and Space draw, too."""

    changed = Signal(object)

    def __init__(self, name: str, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._cells: matrix.Cells = ((0,),)
        self._drawn: matrix.Cells | None = None
        self._at = (0, 0)
        self.brush: FieldValue = 1
        """What the left button writes into a cell."""
        self.setObjectName(f"field-{name}-heat")
        self.setAccessibleName(f"{label}, drawn. Arrows move, Space sets a cell, Delete clears it.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def set_cells(self, cells: matrix.Cells) -> None:
        """Shows these cells."""
        self._cells = cells
        self._at = min(self._at[0], len(cells) - 1), min(self._at[1], len(cells[0]) - 1)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, int(self._side(MOST) * len(self._cells)) + 2)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell is."""
        side = self._side(self.width() - 2)
        return QRectF(1 + column * side, 1 + row * side, side, side)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drawn = self._cells
        self._draw(event.position(), event.buttons())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drawn is not None:
            self._draw(event.position(), event.buttons())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drawn, self._drawn = self._drawn, None
        if drawn is not None and drawn != self._cells:
            self._send(drawn)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        row, column = self._at
        if key in _STEPS:
            down, across = _STEPS[key]
            self._at = (
                min(max(row + down, 0), len(self._cells) - 1),
                min(max(column + across, 0), len(self._cells[0]) - 1),
            )
            self.update()
        elif key == Qt.Key.Key_Space:
            self._send(matrix.with_cell(self._cells, row, column, self.brush))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._send(matrix.with_cell(self._cells, row, column, 0))
        elif key == Qt.Key.Key_Escape and self._drawn is not None:
            self._drawn = None
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now, painter = theme.current(), QPainter(self)
        cells = self._drawn or self._cells
        numbers = np.array(cells, np.float64)
        scale = scale_for(*finite_limits(numbers))
        colours = colour_table(scale.ramp, now)[scale.shades(numbers)]
        for row in range(len(cells)):
            for column in range(len(cells[0])):
                painter.fillRect(self.cell_rect(row, column), QColor.fromRgb(int(colours[row, column])))
        painter.setPen(theme.colour(now.border))
        for row in range(len(cells)):
            for column in range(len(cells[0])):
                painter.drawRect(self.cell_rect(row, column))
        if self.hasFocus():
            draw_focus_ring(painter, self.cell_rect(*self._at), 2)

    def _draw(self, at: QPointF, buttons: Qt.MouseButton) -> None:
        side = self._side(self.width() - 2)
        row, column = int((at.y() - 1) // side), int((at.x() - 1) // side)
        if self._drawn is None or not (0 <= row < len(self._cells) and 0 <= column < len(self._cells[0])):
            return
        value = 0 if buttons & Qt.MouseButton.RightButton else self.brush
        self._at = row, column
        self._drawn = matrix.with_cell(self._drawn, row, column, value)
        self.update()

    def _send(self, cells: matrix.Cells) -> None:
        if cells != self._cells:
            self.set_cells(cells)
            self.changed.emit(cells)

    def _side(self, width: float) -> float:
        return min(SIDE, max(width, 1) / len(self._cells[0]), MOST / len(self._cells))
