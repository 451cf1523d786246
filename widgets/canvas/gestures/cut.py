"""Cutting wires: a stroke over wires takes away those that it crosses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from widgets import theme
from widgets.canvas import hits, ink
from widgets.canvas.gestures.base import Gesture, Pointer
from widgets.canvas.looks import WireKey
from widgets.canvas.wire_item import WireItem

if TYPE_CHECKING:
    from widgets.canvas.view import CanvasView

HINT = "Draw a stroke over the wires to cut. Esc ends."


class CutWires(Gesture):
    """Alt with the left button or Ctrl with the right one draws the stroke; or the tool waits for a press."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._stroke: list[QPointF] = []
        self._crossed: dict[WireKey, None] = {}

    def wait(self) -> None:
        """Says what to do until the button goes down."""
        middle = self.view.viewport().rect().center()
        self.view.pill.say(HINT, middle, calm=True)

    def start(self, at: Pointer) -> None:
        """Begins the stroke."""
        self.view.pill.say("")
        self._stroke = [at.scene]

    def press(self, at: Pointer) -> bool:
        """The press that the tool waits for."""
        self.start(at)
        return True

    def move(self, at: Pointer) -> None:
        """Draws the stroke on, and marks what it crosses."""
        if not self._stroke:
            return
        graph, last = self.view.graph, self._stroke[-1]
        self._stroke.append(at.scene)
        for wire in hits.wires_near(graph, QRectF(last, at.scene).normalized().adjusted(-1, -1, 1, 1)):
            if wire.key not in self._crossed and _cuts(wire, last, at.scene):
                self._crossed[wire.key] = None
                wire.doom(True)

    def end(self, at: Pointer) -> None:
        """Asks to remove what was crossed."""
        self.move(at)
        crossed = sorted(self._crossed)
        self.cancel()
        if crossed:
            self.view.delete_requested.emit([], crossed, [])

    def cancel(self) -> None:
        """Takes marks and words away."""
        self.view.pill.say("")
        for key in self._crossed:
            if wire := self.view.graph.wires.get(key):
                wire.doom(False)

    def paint(self, painter: QPainter) -> None:
        """The stroke."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(ink.pen(theme.current().error, 1.5, (4.0, 4.0), cosmetic=True))
        painter.drawPolyline(QPolygonF(self._stroke))

    def bounds(self) -> QRectF:
        """The box of the stroke."""
        return QPolygonF(self._stroke).boundingRect().adjusted(-1, -1, 1, 1) if self._stroke else QRectF()


def _cuts(wire: WireItem, a: QPointF, b: QPointF) -> bool:
    """Whether a line crosses what is drawn of a wire."""
    if not wire.look.portal:
        return _crosses(wire.line(), a, b)
    return any(_crosses([tag.topLeft(), tag.bottomRight()], a, b) for tag in wire.tags())


def _crosses(line: list[QPointF], a: QPointF, b: QPointF) -> bool:
    return any(
        _left(a, b, line[i]) != _left(a, b, line[i + 1])
        and _left(line[i], line[i + 1], a) != _left(line[i], line[i + 1], b)
        for i in range(len(line) - 1)
    )


def _left(a: QPointF, b: QPointF, point: QPointF) -> bool:
    return (b.x() - a.x()) * (point.y() - a.y()) > (b.y() - a.y()) * (point.x() - a.x())
