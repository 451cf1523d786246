"""Bending a wire: its body is drawn to a new dot, and a dot is drawn elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from widgets.canvas.geometry import snapped
from widgets.canvas.gestures.base import Gesture, Pointer, moved_enough
from widgets.canvas.looks import CanvasTarget, WireKey

if TYPE_CHECKING:
    from widgets.canvas.view import CanvasView


class Bend(Gesture):
    """Press on a wire or on one of its dots; a press without a drag selects the wire."""

    def __init__(self, view: CanvasView, key: WireKey, index: int | None = None) -> None:
        super().__init__(view)
        self._key = key
        self._index = index
        """The dot that is held; None until a drag has made one."""
        self._is_new = index is None
        self._dots: list[QPointF] = []

    def start(self, at: Pointer) -> None:
        """Selects the wire."""
        self._pressed = at
        self.view.selection.press(CanvasTarget("wire", self._key), at.adding)

    def move(self, at: Pointer) -> None:
        """Shows the wire through the dot where the pointer is."""
        wire = self.view.graph.wires.get(self._key)
        if wire is None or wire.look.portal:
            return
        if not self._dots:
            if not moved_enough(self._pressed.viewport, at.viewport):
                return
            self.view.viewport().setCursor(Qt.CursorShape.SizeAllCursor)
            self._dots = list(wire.dots)
            if self._index is None:
                self._index = wire.part_at(self._pressed.scene)
                self._dots.insert(self._index, at.scene)
        assert self._index is not None
        self._dots[self._index] = self._place(at)
        self.view.graph.bend(self._key, self._dots)

    def end(self, at: Pointer) -> None:
        """Asks for the dot."""
        if not self._dots or self._index is None:
            return
        place = self._place(at)
        self.cancel()
        asked = self.view.dot_added if self._is_new else self.view.dot_moved
        asked.emit(self._key, self._index, place.x(), place.y())

    def cancel(self) -> None:
        """Shows the wire as its look says."""
        if self._key in self.view.graph.wires:
            self.view.graph.bend(self._key, None)

    def _place(self, at: Pointer) -> QPointF:
        return at.scene if at.free else QPointF(snapped(at.scene.x()), snapped(at.scene.y()))
