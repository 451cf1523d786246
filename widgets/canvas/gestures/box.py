"""Box selection: what the box touches is selected while it is drawn."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from widgets import theme
from widgets.canvas import ink
from widgets.canvas.gestures.base import Gesture, Pointer


class BoxSelect(Gesture):
    """From an empty place over the nodes; Shift or Ctrl add to what was selected."""

    def start(self, at: Pointer) -> None:
        """Remembers the corner and what was selected."""
        chosen = self.view.selection
        self._corner = at.scene
        self._box = QRectF(at.scene, at.scene)
        self._before = (set(chosen.nodes), set(chosen.wires), set(chosen.cards), set(chosen.watches))
        self._adding = at.adding
        if not at.adding:
            chosen.clear()

    def move(self, at: Pointer) -> None:
        """Selects what the box touches; notes and frames only if they lie inside."""
        self._box = QRectF(self._corner, at.scene).normalized()
        graph = self.view.graph
        nodes = {name for name, item in graph.nodes.items() if item.body().intersects(self._box)}
        cards = {key for key, card in graph.cards().items() if self._box.contains(card.body())}
        watches = {key for key, card in graph.watches.items() if self._box.contains(card.body())}
        if self._adding:
            before = self._before
            self.view.selection.replace(before[0] | nodes, before[1], before[2] | cards, before[3] | watches)
        else:
            self.view.selection.replace(nodes, (), cards, watches)

    def cancel(self) -> None:
        """Selects again what was selected before."""
        self.view.selection.replace(*self._before)

    def paint(self, painter: QPainter) -> None:
        """A thin frame with a breath of accent."""
        skin = theme.current()
        painter.setPen(ink.pen(skin.accent, 1, cosmetic=True))
        painter.setBrush(ink.brush(ink.soft(skin.accent, 0.1)))
        painter.drawRect(self._box)

    def bounds(self) -> QRectF:
        """The box."""
        return self._box
