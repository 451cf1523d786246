"""The editor of an array: a table of cells, a heat map to draw on, or its text."""

from __future__ import annotations

import functools
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets.controls.buttons import LinkButton
from widgets.controls.labels import ElidedLabel
from widgets.controls.line_edit import MARGIN
from widgets.controls.name_field import NameField
from widgets.controls.segmented import SegmentedControl
from widgets.form import matrix, values
from widgets.form.array import ArrayEditor
from widgets.form.grid import CellTable
from widgets.form.heat import HeatCells
from widgets.form.looks import FieldLook, FieldValue

MODES = ("Table", "Draw", "Text")
Change = Callable[[matrix.Cells, int, int], matrix.Cells]
"""From cells, with a row and a column, to other cells."""
_CHANGES: tuple[tuple[str, str, Change], ...] = (
    ("+ row", "Add a row", lambda cells, row, _: matrix.with_row(cells, row + 1)),
    ("- row", "Remove the row", lambda cells, row, _: matrix.without_row(cells, row)),
    ("+ column", "Add a column", lambda cells, _, column: matrix.with_column(cells, column + 1)),
    ("- column", "Remove the column", lambda cells, _, column: matrix.without_column(cells, column)),
)


class ArrayField(QWidget):
    """Shows an array in one of three ways; `committed(value)` reports another value, from any of them."""

    committed = Signal(object)
    complained = Signal(str)
    grew = Signal()
    """It is higher or lower than before."""

    def __init__(self, look: FieldLook, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._mode = 0
        self.modes = SegmentedControl(f"field-{look.name}-mode", "Edit as", self)
        self.table = CellTable(look, self)
        self.heat = HeatCells(look.name, look.label, self)
        self.text = ArrayEditor(look, self)
        self.brush = NameField(f"field-{look.name}-brush", "Value that is drawn", self)
        self.brush.setFixedWidth(64)
        self._tools, self._pen = QWidget(self), QWidget(self)
        self._lay_out(look.name)
        for part in (self.table, self.heat):
            part.changed.connect(self._send)
        self.text.committed.connect(self.committed)
        for source in (self.table, self.text):
            source.complained.connect(self.complained)
        self.modes.chosen.connect(self.show_mode)
        self.brush.show_name("1")
        self.brush.renamed.connect(self._take_brush)
        self.show_look(look)

    def show_look(self, look: FieldLook) -> None:
        """Shows the value of a look."""
        self._look = look
        self.text.show_look(look)
        if matrix.is_matrix(look.value):
            cells = matrix.cells_of(look.value)
            self.table.set_cells(look, cells)
            self.heat.set_cells(cells)
        self.show_mode(self._mode)

    def show_mode(self, mode: int) -> None:
        """Shows the table, the drawing or the text; more axes or many cells have their text only."""
        self._mode = mode
        fits = matrix.is_matrix(self._look.value)
        shown = MODES[mode] if fits else "Text"
        self.modes.set_look(MODES, MODES.index(shown))
        self.modes.setEnabled(fits)
        for name, part in zip(MODES, (self.table, self.heat, self.text), strict=True):
            part.setVisible(name == shown)
            if name == shown:
                self.setFocusProxy(part)
        self._tools.setVisible(shown == "Table")
        self._pen.setVisible(shown == "Draw")
        if shown == "Table":
            self.table.setFixedHeight(self.table.sizeHint().height())
        if shown == "Draw":
            self.heat.setFixedHeight(self.heat.sizeHint().height())
        height = self._column.sizeHint().height()
        if height != self.height():
            self.setFixedHeight(height)
            self.grew.emit()
        self.complained.emit("")

    def set_wrong(self, wrong: bool) -> None:
        """Marks the text as one that cannot be taken."""
        self.text.set_wrong(wrong)

    def is_wrong(self) -> bool:
        """Whether the text is marked as one that cannot be taken."""
        return self.text.is_wrong()

    def _lay_out(self, name: str) -> None:
        line = QHBoxLayout(self._tools)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        for label, verb, change in _CHANGES:
            key = label.replace("+ ", "add-").replace("- ", "remove-")
            button = LinkButton(label, name=f"field-{name}-{key}", parent=self._tools)
            button.setToolTip(verb)
            button.setAccessibleName(verb)
            button.clicked.connect(functools.partial(self._change, change))
            line.addWidget(button)
        line.addStretch(1)
        pen = QHBoxLayout(self._pen)
        pen.setContentsMargins(0, 0, 0, 0)
        pen.addWidget(ElidedLabel("The left button draws"))
        pen.addWidget(self.brush)
        pen.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(MARGIN, 0, MARGIN, 4)
        self._column.setSpacing(4)
        for part in (self.modes, self.table, self.heat, self.text, self._tools, self._pen):
            self._column.addWidget(part)

    def _change(self, change: Change, _checked: bool = False) -> None:
        self._send(change(matrix.cells_of(self._look.value), *self.table.place()))

    def _send(self, cells: matrix.Cells) -> None:
        value: FieldValue = matrix.value_of(cells, self._look.value)
        if max(len(cells), len(cells[0])) > matrix.LARGEST:
            self.complained.emit(
                f"{self._look.label} has as many rows or columns as cells can show; use Text."
            )
        elif value != self._look.value:
            self.committed.emit(value)

    def _take_brush(self, text: str) -> None:
        try:
            self.heat.brush = matrix.read_cell(self._look, text)
        except values.TextError as wrong:
            self.brush.set_wrong(True)
            self.complained.emit(str(wrong))
        else:
            self.brush.show_name(text)
            self.complained.emit("")
