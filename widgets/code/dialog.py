"""The dialog in which the code of a node is read, written, checked and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from widgets.code.editor import CodeEditor
from widgets.controls.buttons import TextButton
from widgets.controls.labels import ElidedLabel, WrappedLabel
from widgets.controls.line_edit import FieldEdit

Tone = Literal["text3", "success", "warn", "error"]
PLAIN = "Check runs the code on small random tensors, and compares backward with the slopes of forward."
UNTRUSTED = (
    "This code came with the project and has not run on this computer. Read it. "
    "It may do whatever this program may do: read files, write files, use the network."
)


@dataclass(frozen=True, slots=True)
class CodeLook:
    """The code of a node, and whether it has been trusted."""

    node: str
    code: str
    signature: str
    arguments: str
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the dialog."""

    code: str
    signature: str
    arguments: str


class CodeDialog(QDialog):
    """Reports `check_requested(Draft)` and `keep_requested(Draft)`; findings come by `set_findings`."""

    check_requested = Signal(object)
    keep_requested = Signal(object)

    def __init__(self, look: CodeLook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialog-code")
        self.setWindowTitle(f"Code of {look.node}")
        self._look = look
        self.editor = CodeEditor()
        self.editor.setPlainText(look.code)
        self.signature = _field("code-signature", "Signature", look.signature)
        self.arguments = _field("code-arguments", "Arguments", look.arguments)
        self._findings = WrappedLabel("", "body", "text2")
        self._findings.setObjectName("code-findings")
        self.check_button = TextButton("Check", name="code-check")
        self.keep_button = TextButton("Keep", name="code-keep", primary=True)
        cancel = TextButton("Cancel", name="code-cancel")
        # A click on it leaves the focus in the text, and the cursor where it was.
        self.check_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        cancel.clicked.connect(self.reject)
        self.check_button.clicked.connect(lambda: self.check_requested.emit(self.draft))
        self.keep_button.clicked.connect(lambda: self.keep_requested.emit(self.draft))
        self._lay_out(cancel)
        for changed in (self.editor.textChanged, self.signature.textChanged, self.arguments.textChanged):
            changed.connect(self._edited)
        self._edited()
        self.resize(760, 640)
        self.editor.setFocus()

    @property
    def draft(self) -> Draft:
        """What stands there now."""
        return Draft(self.editor.toPlainText(), self.signature.text().strip(), self.arguments.text().strip())

    def set_findings(self, sentences: tuple[str, ...], tone: Tone, line: int = 0) -> None:
        """Say what was found, in a colour that says whether it is good; a line is shown in the editor."""
        self._findings.set_token(tone)
        self._findings.setText("\n".join(sentences))
        if line:
            self.editor.mark_line(line)

    def findings(self) -> str:
        """What is said at present."""
        return self._findings.text()

    def set_verbs(self, check: str, keep: str) -> None:
        """Name the two buttons."""
        self.check_button.set_face(check)
        self.keep_button.set_face(keep)

    def set_busy(self, busy: bool) -> None:
        """While a check is going on, there is nothing to press but Cancel."""
        for button in (self.check_button, self.keep_button):
            button.setEnabled(not busy)

    def _edited(self) -> None:
        """Somebody who changes a text has read it: then it is theirs."""
        foreign = not self._look.trusted and self.draft.code == self._look.code
        self.set_verbs("Trust and check" if foreign else "Check", "Trust and keep" if foreign else "Keep")
        if foreign:
            self.set_findings((UNTRUSTED,), "warn")
        else:
            self.set_findings((PLAIN,), "text3")

    def _lay_out(self, cancel: TextButton) -> None:
        fields = QGridLayout()
        fields.setHorizontalSpacing(12)
        for row, (name, field) in enumerate((("Signature", self.signature), ("Arguments", self.arguments))):
            fields.addWidget(ElidedLabel(name, "label", "text2"), row, 0)
            fields.addWidget(field, row, 1)
        fields.setColumnMinimumWidth(0, 76)
        fields.setColumnStretch(1, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (cancel, self.check_button, self.keep_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(fields)
        column.addWidget(self.editor, 1)
        column.addWidget(self._findings)
        column.addLayout(buttons)


def _field(name: str, label: str, text: str) -> FieldEdit:
    field = FieldEdit()
    field.setObjectName(name)
    field.setAccessibleName(label)
    field.setText(text)
    field.setCursorPosition(0)
    return field
