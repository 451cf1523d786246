"""Why a model was not imported: the sentence, and every node that is at fault, to read and to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.importing import Refusal
from widgets import icons, theme

WIDTH, HEIGHT = 560, 320
ICON = 20


def show_refusal(window: QWidget, refusal: Refusal) -> None:
    """Show it on top of a window; what was open stays open."""
    dialog = QDialog(window)
    dialog.setObjectName("import-refused")
    dialog.setWindowTitle("Flowscope")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(theme.SPACE_XL, theme.SPACE_XL, theme.SPACE_XL, theme.SPACE_L)
    column.setSpacing(theme.SPACE_L)
    column.addLayout(_sentence(refusal.what))
    buttons = QDialogButtonBox()
    if refusal.problems:
        text = "\n".join(refusal.problems)
        column.addWidget(_list(text), 1)
        copy = buttons.addButton("Copy the list", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: QApplication.clipboard().setText(text))
    close = buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
    close.setDefault(True)
    buttons.rejected.connect(dialog.reject)
    column.addWidget(buttons)
    dialog.resize(WIDTH, HEIGHT if refusal.problems else dialog.sizeHint().height())
    close.setFocus()
    dialog.open()


def _sentence(what: str) -> QHBoxLayout:
    sign, words = QLabel(), QLabel(what)
    sign.setPixmap(icons.pixmap("sign-error", theme.current().error, ICON))
    words.setTextFormat(Qt.TextFormat.PlainText)
    words.setWordWrap(True)
    words.setMinimumWidth(WIDTH - 3 * theme.SPACE_XL - ICON)
    row = QHBoxLayout()
    row.setSpacing(theme.SPACE_L)
    row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(words, 1)
    return row


def _list(text: str) -> QPlainTextEdit:
    listed = QPlainTextEdit(text)
    listed.setObjectName("import-problems")
    listed.setAccessibleName("What cannot be imported")
    listed.setReadOnly(True)
    return listed
