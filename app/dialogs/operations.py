"""The table of all operations, in a dialog: what each can do, as the documents say it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

import resources
from engine.coverage import read_table
from widgets.operations import OperationLook, OperationsTable


def show_operations(window: QWidget, show_help: Callable[[str], None]) -> None:
    """Show the table; the operation that is picked is explained in the window, and the dialog closes."""
    dialog = QDialog(window)
    dialog.setObjectName("dialog-operations")
    dialog.setWindowTitle("Operations")
    table = OperationsTable()
    rows = read_table(resources.operations())
    table.set_look(tuple(OperationLook(row.op, tuple(vars(row).values())) for row in rows))

    def pick(op: str) -> None:
        dialog.accept()
        show_help(op)

    table.picked.connect(pick)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(table)
    dialog.resize(table.sizeHint().boundedTo(window.size()))
    table.filter.setFocus()
    dialog.exec()
    dialog.deleteLater()
