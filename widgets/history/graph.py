"""Two graphs drawn over each other: what is new, gone and changed in colours and with signs."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.controls.painting import draw_text
from widgets.history.looks import SIGNS, ComparisonLook, NodeMark, State

WIDTH, HEIGHT, AROUND = 132.0, 56.0, 16.0
_READABLE = 0.32
"""Below this scale names cannot be read, and only colours and signs are drawn."""


class ComparisonGraph(QWidget):
    """Shows all of both graphs in its room; `picked(node)` reports a click on a node."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = ComparisonLook()
        self._bounds = QRectF()
        self.setObjectName("comparison-graph")
        self.setMinimumHeight(120)
        theme.changed.connect(self.update)

    def set_look(self, look: ComparisonLook) -> None:
        """Shows another comparison."""
        self._look = look
        self._bounds = QRectF()
        for node in look.nodes:
            self._bounds = self._bounds.united(QRectF(node.x, node.y, WIDTH, HEIGHT))
        counts = {
            state: sum(node.state == state for node in look.nodes) for state in SIGNS if state != "same"
        }
        words = ", ".join(f"{count} {state}" for state, count in counts.items())
        self.setAccessibleName(f"Compared graph: of {len(look.nodes)} nodes {words}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, 280)

    def node_rect(self, name: str) -> QRectF:
        """Where a node is drawn."""
        return self._rect(next(node for node in self._look.nodes if node.name == name))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for node in reversed(self._look.nodes):
            if self._rect(node).contains(event.position()):
                self.picked.emit(node.name)
                return

    def paintEvent(self, _event: QPaintEvent) -> None:
        now, painter = theme.current(), QPainter(self)
        painter.fillRect(self.rect(), theme.colour(now.canvas))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._scale() >= _READABLE)
        places = {node.name: self._rect(node) for node in self._look.nodes}
        for wire in sorted(self._look.wires, key=lambda wire: wire.state != "same"):
            if wire.source in places and wire.target in places:
                self._paint_wire(painter, places[wire.source], places[wire.target], wire.state)
        for node in self._look.nodes:
            self._paint_node(painter, places[node.name], node)

    def _paint_wire(self, painter: QPainter, source: QRectF, target: QRectF, state: State) -> None:
        start, end = QPointF(source.right(), source.center().y()), QPointF(target.left(), target.center().y())
        painter.setPen(_pen(state, 2.0 if state != "same" else 1.0))
        if self._scale() < _READABLE:
            painter.drawLine(start, end)
            return
        reach = max(abs(end.x() - start.x()) * 0.45, 12.0)
        path = QPainterPath(start)
        path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _paint_node(self, painter: QPainter, rect: QRectF, node: NodeMark) -> None:
        now, scale = theme.current(), self._scale()
        painter.setPen(_pen(node.state, 2.0 if node.state != "same" else 1.0))
        painter.setBrush(theme.colour(now.raised))
        sign = SIGNS[node.state]
        if scale < _READABLE:
            painter.drawRect(rect)
            if sign and rect.height() >= 10:
                draw_text(painter, rect.adjusted(2, 0, -2, 0), sign, "node title", ink_of(node.state))
            return
        painter.drawRoundedRect(rect, 8 * scale, 8 * scale)
        ink = now.text3 if node.state == "removed" else now.text
        top = QRectF(rect.left() + 6, rect.top(), rect.width() - 8, rect.height() / 2)
        if sign:
            draw_text(painter, top, sign, "node title", ink_of(node.state))
            top.setLeft(top.left() + 14)
        draw_text(painter, top, node.name, "node title", ink)
        below = QRectF(rect.left() + 6, rect.center().y(), rect.width() - 8, rect.height() / 2)
        draw_text(painter, below, node.op, "op name", now.text3)

    def _scale(self) -> float:
        bounds = self._bounds
        if bounds.isEmpty():
            return 1.0
        across = (self.width() - 2 * AROUND) / bounds.width()
        return min(1.0, across, (self.height() - 2 * AROUND) / bounds.height())

    def _rect(self, node: NodeMark) -> QRectF:
        bounds, scale = self._bounds, self._scale()
        left = (self.width() - bounds.width() * scale) / 2
        top = (self.height() - bounds.height() * scale) / 2
        x, y = left + (node.x - bounds.left()) * scale, top + (node.y - bounds.top()) * scale
        return QRectF(x, y, WIDTH * scale, HEIGHT * scale)


def ink_of(state: State) -> str:
    """The colour that stands for a state."""
    now = theme.current()
    return {"same": now.strong, "added": now.success, "removed": now.error, "changed": now.warn}[state]


def _pen(state: State, width: float) -> QPen:
    pen = QPen(theme.colour(ink_of(state)), width)
    if state == "removed":
        pen.setStyle(Qt.PenStyle.DashLine)
    return pen
