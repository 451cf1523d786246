"""The form: one row a field, built from looks, rebuilt only where the fields differ."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.form.looks import FieldLook
from widgets.form.row import FieldRow


class Form(QWidget):
    """Shows fields by `set_look(fields)`; reports a new value by `edited(field, value)`."""

    edited = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[FieldRow] = []
        self.setObjectName("form")
        self.setAccessibleName("Settings")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_look(self, fields: tuple[FieldLook, ...]) -> None:
        """Shows these fields; rows of the same fields stay, with the focus and the draft in them."""
        same = len(fields) == len(self._rows)
        if not (same and all(row.fits(look) for row, look in zip(self._rows, fields, strict=True))):
            self._rebuild(fields)
            return
        for row, look in zip(self._rows, fields, strict=True):
            row.set_look(look)

    def rows(self) -> tuple[FieldRow, ...]:
        """The rows from top to bottom."""
        return tuple(self._rows)

    def row(self, name: str) -> FieldRow:
        """The row of the field with this name."""
        return next(row for row in self._rows if row.look().name == name)

    def focus_field(self, name: str) -> None:
        """Puts the keyboard focus into a field, for a jump from a problem."""
        self.row(name).editor.setFocus()

    def sizeHint(self) -> QSize:
        return QSize(264, sum(row.height() for row in self._rows))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
        super().resizeEvent(event)

    def _rebuild(self, fields: tuple[FieldLook, ...]) -> None:
        for row in self._rows:
            row.blockSignals(True)  # hiding takes the focus away, which would send the draft to nobody
            row.hide()
            row.deleteLater()
        self._rows = []
        for look in fields:
            row = FieldRow(look, self)
            row.edited.connect(self.edited)
            row.grew.connect(self._place)
            self._rows.append(row)
        self._place()
        for row in self._rows:
            row.show()

    def _place(self) -> None:
        """Stacks the rows; done by hand, because a layout costs more than the rows themselves."""
        top = 0
        for row in self._rows:
            height = row.heightForWidth(self.width())
            row.setFixedHeight(height)
            row.setGeometry(0, top, self.width(), height)
            top += height
        self.setFixedHeight(top)
        self.updateGeometry()
