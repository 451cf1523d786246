"""A small window for work that takes a while: what is being done, and a button that cancels it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressDialog, QWidget

SHOWN_AFTER_MS = 300
"""Work that ends sooner shows nothing."""


class Waiting:
    """At most one such window at a time."""

    def __init__(self, window: QWidget, cancel: Callable[[], object]) -> None:
        self._window = window
        self._cancel = cancel
        self._dialog: QProgressDialog | None = None

    def begin(self, what: str) -> None:
        """Say what is being done, if it lasts."""
        dialog = QProgressDialog(what, "Cancel", 0, 0, self._window)
        dialog.setObjectName("waiting")
        dialog.setWindowTitle("Flowscope")
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.setMinimumDuration(SHOWN_AFTER_MS)
        dialog.canceled.connect(self._cancel)
        dialog.setValue(0)
        self._dialog = dialog

    def end(self) -> None:
        """Take the window away."""
        if self._dialog is not None:
            dialog, self._dialog = self._dialog, None
            dialog.canceled.disconnect()
            dialog.reset()
            dialog.deleteLater()
