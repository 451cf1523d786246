"""The history in a window of its own, which stays open while one works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.document.document import Document
from app.presenters.history import HistoryPresenter
from widgets.history.panel import HistoryPanel

NAME = "dialog-history"


def show_history(
    window: QWidget,
    document: Document,
    ask: Callable[[], Path | None],
    jump: Callable[[str], None],
    say: Callable[[str, str], None],
) -> QDialog:
    """Show the history, or bring it to the front if it is shown already."""
    open_one = window.findChild(QDialog, NAME)
    if open_one is not None:
        open_one.raise_()
        open_one.activateWindow()
        return open_one
    dialog = QDialog(window)
    dialog.setObjectName(NAME)
    dialog.setWindowTitle("History")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    panel = HistoryPanel(dialog)
    presenter = HistoryPresenter(document, panel, ask)
    presenter.said.connect(say)
    panel.jumped.connect(jump)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(panel)
    dialog.resize(panel.sizeHint().boundedTo(window.size()))
    dialog.show()
    panel.list.setFocus()
    return dialog
