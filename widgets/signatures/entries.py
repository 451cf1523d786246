"""The inputs or the outputs of a signature: a row for each, with its name and its place in the graph."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets.controls.buttons import IconButton, LinkButton
from widgets.controls.labels import ElidedLabel, SectionTitle
from widgets.controls.line_edit import MARGIN
from widgets.controls.name_field import NameField
from widgets.signatures.looks import EntryLook, Side

NAME_WIDTH, PLACE_WIDTH = 168, 168


class Entries(QWidget):
    """Shows one side of a signature by `set_look`; reports what is wanted, by the name of the entry."""

    renamed = Signal(str, str)
    removed = Signal(str)
    jumped = Signal(str)

    def __init__(self, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"signature-{side}")
        self.side = side
        self._empty = ElidedLabel("None.", "label", "text3")
        self._rows: list[_Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for label in (SectionTitle(side.capitalize()), self._empty):
            label.setContentsMargins(MARGIN, 0, 0, 0)
            self._column.addWidget(label)

    def set_look(self, entries: tuple[EntryLook, ...]) -> None:
        """Show these entries; rows stay where they are, so that the focus does."""
        while len(self._rows) > len(entries):
            row = self._rows.pop()
            row.hide()
            row.deleteLater()
        while len(self._rows) < len(entries):
            row = _Row(f"{self.side}-{len(self._rows)}", self)
            row.field.renamed.connect(lambda text, row=row: self.renamed.emit(row.look.name, text))
            row.remove.clicked.connect(lambda _=False, row=row: self.removed.emit(row.look.name))
            row.place.clicked.connect(lambda _=False, row=row: self.jumped.emit(row.look.node))
            self._rows.append(row)
            self._column.addWidget(row)
        for row, look in zip(self._rows, entries, strict=True):
            row.set_look(look)
        self._empty.setVisible(not entries)

    def field(self, name: str) -> NameField:
        """The field of an entry."""
        return next(row.field for row in self._rows if row.look.name == name)


class _Row(QWidget):
    """The name, the place in the graph as a link, the tensor there, and a button that removes the entry."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = EntryLook("", "", "")
        self.field = NameField(f"signature-{name}-name", "Name", self)
        self.field.setFixedWidth(NAME_WIDTH)
        self.place = LinkButton("", name=f"signature-{name}-place")
        self.place.setMaximumWidth(PLACE_WIDTH)
        self._spec = ElidedLabel("", "settings line", "text3", mode=Qt.TextElideMode.ElideRight)
        self.remove = IconButton("action-close", "Remove", name=f"signature-{name}-remove", side=24)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.field)
        line.addWidget(self.place)
        line.addWidget(self._spec, 1)
        line.addWidget(self.remove)

    def set_look(self, look: EntryLook) -> None:
        self.look = look
        self.field.show_name(look.name)
        self.field.setAccessibleName(f"Name of {look.name}")
        self.place.setText(f"{look.node}.{look.port}")
        self.place.setAccessibleName(f"Show {look.node}")
        self.place.updateGeometry()
        self._spec.set_text(look.spec)
        self.remove.set_icon("action-close", f"Remove {look.name}")
