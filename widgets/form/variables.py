"""The project's variables: a row for each with its name and its expression, and one row for a new one."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from widgets.controls.buttons import IconButton
from widgets.controls.labels import ElidedLabel
from widgets.controls.line_edit import MARGIN
from widgets.controls.name_field import NameField
from widgets.form.looks import VariableLook

_LEFT, _NAME, _SIDE = 16, 96, 24


class VariablesEditor(QWidget):
    """Shows variables by `set_look`.

    Intents: `defined(name, expression)` for a new one, `changed(name, expression)`, `renamed(old, new)` and
    `removed(name)`.
    What cannot be done is told by `complain(name, sentence)`, an empty name standing for the new row.
    """

    defined = Signal(str, str)
    changed = Signal(str, str)
    renamed = Signal(str, str)
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("variables")
        self.setAccessibleName("Project variables")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rows: list[_Row] = []
        self.new = _Row("new", self)
        self.new.name.setPlaceholderText("name")
        self.new.expression.setPlaceholderText("number")
        self.new.remove.hide()
        for field in (self.new.name, self.new.expression):
            field.renamed.connect(lambda _: self._define())
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(_LEFT - MARGIN, 0, _LEFT - MARGIN, 8)
        self._column.setSpacing(0)
        self._column.addWidget(self.new)

    def set_look(self, variables: tuple[VariableLook, ...]) -> None:
        """Shows these variables; rows stay where they are, so that the focus does."""
        while len(self._rows) > len(variables):
            row = self._rows.pop()
            row.blockSignals(True)
            row.hide()
            row.deleteLater()
        while len(self._rows) < len(variables):
            self._rows.append(self._make_row(len(self._rows)))
        for row, look in zip(self._rows, variables, strict=True):
            row.set_look(look)

    def complain(self, name: str, sentence: str) -> None:
        """Says below a row why what was typed there cannot be."""
        row = next((row for row in self._rows if row.look.name == name), self.new)
        row.say(sentence)

    def clear_new(self) -> None:
        """Empties the row for a new variable, which was taken, and lets the next one be typed."""
        had_focus = self.new.isAncestorOf(self.focusWidget() or self)
        self.new.say("")
        self.new.name.give_up()
        self.new.expression.give_up()
        if had_focus:
            self.new.name.setFocus()

    def row(self, name: str) -> _Row:
        """The row of a variable."""
        return next(row for row in self._rows if row.look.name == name)

    def sizeHint(self) -> QSize:
        return QSize(264, self._column.sizeHint().height())

    def _make_row(self, number: int) -> _Row:
        row = _Row(str(number), self)
        row.name.renamed.connect(lambda text: self.renamed.emit(row.look.name, text.strip()))
        row.expression.renamed.connect(lambda text: self.changed.emit(row.look.name, text.strip()))
        row.remove.clicked.connect(lambda: self.removed.emit(row.look.name))
        self._column.insertWidget(number, row)
        chain = [*(each.remove for each in self._rows[-1:]), row.name, row.expression, row.remove]
        for before, after in itertools.pairwise([*chain, self.new.name, self.new.expression]):
            QWidget.setTabOrder(before, after)
        return row

    def _define(self) -> None:
        """Makes a variable once it has a name and a value; `hidden = 128` may stand in the first field."""
        name, _, value = self.new.name.text().partition("=")
        expression = self.new.expression.text().strip() or value.strip()
        if name.strip() and expression:
            self.defined.emit(name.strip(), expression)


class _Row(QWidget):
    """The name, the expression with its value, a button that removes the variable, and a sentence below."""

    def __init__(self, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = VariableLook("", "")
        self.setObjectName(f"variable-{key}")
        self.name = NameField(f"variable-{key}-name", "Name of a variable", self)
        self.name.setFixedWidth(_NAME)
        self.expression = NameField(f"variable-{key}-value", "Value of a variable", self)
        self.remove = IconButton(
            "action-close", "Remove", name=f"variable-{key}-remove", side=_SIDE, parent=self
        )
        self._sentence = ElidedLabel("", "hint", "error", mode=Qt.TextElideMode.ElideRight, parent=self)
        self._sentence.setObjectName(f"variable-{key}-sentence")
        self._sentence.setContentsMargins(MARGIN, 0, MARGIN, 0)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 1, 0, 1)
        grid.setSpacing(2)
        grid.addWidget(self.name, 0, 0)
        grid.addWidget(self.expression, 0, 1)
        grid.addWidget(self.remove, 0, 2)
        grid.addWidget(self._sentence, 1, 0, 1, 3)
        grid.setColumnMinimumWidth(2, _SIDE)
        for field in (self.name, self.expression):
            field.textEdited.connect(lambda _: self.say(""))
        self.say("")

    def set_look(self, look: VariableLook) -> None:
        """Shows a variable; what is being typed stays."""
        if look == self.look:
            return
        self.look = look
        self.name.show_name(look.name)
        self.expression.show_name(look.expression)
        self.expression.setAccessibleName(f"Value of {look.name}" if look.name else "Value of a variable")
        self.expression.set_hint(f"= {look.value}" if look.value and look.value != look.expression else "")
        self.remove.set_icon("action-close", f"Remove {look.name}")
        self.say(look.error)

    def say(self, sentence: str) -> None:
        """Shows a sentence below the fields, and marks the value; none takes both away."""
        self._sentence.set_text(sentence, tip=sentence)
        self._sentence.setVisible(bool(sentence))
        for field in (self.name, self.expression):
            field.set_wrong(bool(sentence))
        self.expression.setAccessibleDescription(sentence)
        self.updateGeometry()

    def sentence(self) -> str:
        """The sentence below the fields."""
        return self._sentence.text()
