"""A wire with one loose end: which ports take it, why others do not, and how it looks meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from widgets import theme
from widgets.canvas import curves, ink
from widgets.canvas.mood import PortKey

if TYPE_CHECKING:
    from widgets.canvas.view import CanvasView


class LooseWire:
    """Held at `fixed`; `reason` says why the port at the other end refuses it."""

    def __init__(self, view: CanvasView, fixed: PortKey) -> None:
        self._view = view
        self.fixed = fixed
        self.reason = ""
        self._answers: dict[PortKey, str] = {}
        self._remedies: dict[PortKey, tuple[str, ...]] = {}
        self._start = view.graph.nodes[fixed[0]].port_place(fixed[1], fixed[2])
        self._end = self._start
        look = view.graph.nodes[fixed[0]].shown
        port = look.output(fixed[1]) if fixed[2] == "output" else look.input(fixed[1])
        self._dtype = port.dtype if port else ""

    def ends(self, port: PortKey) -> tuple[str, str, str, str]:
        """Source node and port, target node and port, if `port` took the loose end."""
        source, target = (self.fixed, port) if self.fixed[2] == "output" else (port, self.fixed)
        return source[0], source[1], target[0], target[1]

    def refusal(self, port: PortKey) -> str:
        """Why a port does not take the wire; empty if it does. Each port is asked once."""
        if port[2] == self.fixed[2]:
            return "An output goes to an input." if port[2] == "output" else "An input takes an output."
        if port not in self._answers:
            self._answers[port] = self._view.questions.can_connect(*self.ends(port))
        return self._answers[port]

    def remedies(self, port: PortKey) -> tuple[str, ...]:
        """What could be put between, so that a port that refuses the wire would take it."""
        if port[2] == self.fixed[2] or not self.refusal(port):
            return ()
        if port not in self._remedies:
            self._remedies[port] = self._view.questions.remedies(*self.ends(port))
        return self._remedies[port]

    def advice(self, port: PortKey) -> str:
        """Why a port refuses the wire, and what letting go would do about it; empty where it takes it."""
        reason, remedies = self.refusal(port), self.remedies(port)
        if not remedies:
            return reason
        first = remedies[0].partition(",")[0]
        words = f"Let go to insert {first}." if len(remedies) == 1 else f"Let go to choose: {first}, …"
        return f"{reason.partition('. ')[0].rstrip('.')}. {words}"

    def takes(self, port: PortKey) -> bool:
        """Whether a port takes the wire; the fixed end itself does not fade."""
        return port == self.fixed or not self.refusal(port)

    def lead_to(self, end: QPointF, reason: str = "") -> None:
        """Moves the loose end; `reason` paints it as refused."""
        self._end, self.reason = end, reason

    def curve(self) -> curves.Curve:
        """The curve as it is now, always from output to input."""
        if self.fixed[2] == "output":
            return curves.curve(self._start, self._end)
        return curves.curve(self._end, self._start)

    def paint(self, painter: QPainter) -> None:
        """The wire in its dtype's colour; refused: dashed in error, with a cross at its end."""
        skin = theme.current()
        path = curves.path(self.curve())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if not self.reason:
            painter.setPen(ink.pen(skin.dtype_colour(self._dtype), 2))
            painter.drawPath(path)
            return
        painter.setPen(ink.pen(skin.error, 2, (4.0, 4.0)))
        painter.drawPath(path)
        painter.setPen(ink.pen(skin.error, 2.5))
        x, y = self._end.x(), self._end.y()
        painter.drawLine(QPointF(x - 6, y - 6), QPointF(x + 6, y + 6))
        painter.drawLine(QPointF(x - 6, y + 6), QPointF(x + 6, y - 6))

    def bounds(self) -> QRectF:
        """What it covers."""
        return curves.bounds(self.curve()).adjusted(-10, -10, 10, 10)
