"""Panning: the canvas follows the hand."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt

from widgets.canvas.gestures.base import Gesture, Pointer


class Pan(Gesture):
    """Middle button, or Space and the left button."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def start(self, at: Pointer) -> None:
        """Remembers where the hand is."""
        self._last: QPoint = at.viewport

    def move(self, at: Pointer) -> None:
        """Lets the canvas follow."""
        step = at.viewport - self._last
        self._last = at.viewport
        self.view.camera.pan(step.x(), step.y())
