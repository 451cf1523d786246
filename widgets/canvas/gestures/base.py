"""What every gesture is: it may show a preview, and says at its end what the person wants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

if TYPE_CHECKING:
    from widgets.canvas.view import CanvasView

ADDING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


@dataclass(frozen=True)
class Pointer:
    """Where the pointer is, in the scene and in the viewport, and which keys are held."""

    scene: QPointF
    viewport: QPoint
    held: Qt.KeyboardModifier

    @property
    def adding(self) -> bool:
        """Shift or Ctrl: add to the selection instead of replacing it."""
        return bool(self.held & ADDING)

    @property
    def free(self) -> bool:
        """Alt: do not snap."""
        return bool(self.held & Qt.KeyboardModifier.AltModifier)


class Gesture:
    """One gesture from press to release; `cancel` leaves everything as it was."""

    cursor: Qt.CursorShape | None = None

    def __init__(self, view: CanvasView) -> None:
        self.view = view

    def start(self, at: Pointer) -> None:
        """The button went down."""

    def press(self, _at: Pointer) -> bool:
        """A button went down while the gesture lasts; True if it waited for that, else it is given up."""
        return False

    def move(self, at: Pointer) -> None:
        """The pointer moved."""

    def end(self, at: Pointer) -> None:
        """The button went up: say what is wanted."""

    def cancel(self) -> None:
        """Esc, or another window came: take the preview away."""

    def key(self, _event: QKeyEvent) -> bool:
        """A key while the gesture lasts; True if it was for the gesture."""
        return False

    def paint(self, painter: QPainter) -> None:
        """Paints the preview in scene coordinates, above all items."""

    def bounds(self) -> QRectF:
        """What the preview covers in the scene."""
        return QRectF()


def moved_enough(start: QPoint, now: QPoint) -> bool:
    """Whether a press has become a drag."""
    return (now - start).manhattanLength() >= 4
