"""A node held over a wire: the wire that would take it is lit, and said so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF

from widgets.canvas import hits
from widgets.canvas.looks import WireKey

if TYPE_CHECKING:
    from widgets.canvas.view import CanvasView


class OntoWire:
    """`key` is the wire that takes what is held; each wire is asked once."""

    def __init__(self, view: CanvasView, takes: Callable[[WireKey], bool]) -> None:
        self._view = view
        self._takes = takes
        self._answers: dict[WireKey, bool] = {}
        self.key: WireKey | None = None

    def look(self, body: QRectF, at: QPoint) -> None:
        """Finds the wire for what is held at a place in the scene; `at` is the pointer in the viewport."""
        found = next((key for key in hits.wires_through(self._view.graph, body) if self._fits(key)), None)
        if found != self.key:
            self._light(False)
            self.key = found
            self._light(True)
        self._view.pill.say("Let go to put it on this wire." if found else "", at, calm=True)

    def end(self) -> None:
        """Takes light and words away."""
        self._light(False)
        self.key = None
        self._view.pill.say("")

    def _fits(self, key: WireKey) -> bool:
        if key not in self._answers:
            self._answers[key] = self._takes(key)
        return self._answers[key]

    def _light(self, on: bool) -> None:
        if self.key is not None and (wire := self._view.graph.wires.get(self.key)):
            wire.offer(on)
