"""The mini-map: all nodes as small rectangles, and the part that is seen; press or drag to go there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.canvas import ink
from widgets.canvas.overview import Overview
from widgets.controls.painting import draw_box

WIDTH, HEIGHT, PADDING = 170, 98, 10.0
ROOMY = 600
"""In a narrower view the map would lie over what one works on."""


class MiniMap(QWidget):
    """Shows itself only when some node is out of sight and the view is not small, unless it is pinned."""

    wanted = Signal(QPointF)
    """The scene point that should come to the middle."""

    def __init__(self, overview: Overview, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("miniMap")
        self.setAccessibleName("Mini-map")
        self.setToolTip("Press or drag to go there.")
        self.setFixedSize(WIDTH, HEIGHT)
        self._overview, self._canvas = overview, parent
        self._seen = QRectF()
        self._graph = QRectF()
        self._pinned = False
        self._picture: QPixmap | None = None
        self._made_for: tuple[int, float, str] = (-1, 0.0, "")

    def set_pinned(self, pinned: bool) -> None:
        """Keeps the map on screen even when all nodes are visible."""
        self._pinned = pinned
        self._decide()

    def follow(self, seen: QRectF) -> None:
        """Takes what the view sees; called after every move and change."""
        self._graph = self._overview.bounds()
        self._seen = seen
        self._decide()
        if not self.isHidden():
            self.update()

    def sizeHint(self) -> QSize:
        """Always the same."""
        return QSize(WIDTH, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the nodes and a frame around what is seen."""
        skin = theme.current()
        painter = QPainter(self)
        draw_box(painter, QRectF(self.rect()), 8, skin.panel, skin.border)
        if self._graph.isEmpty():
            return
        scale, origin = self._mapping()
        painter.drawPixmap(origin + self._graph.topLeft() * scale, self._nodes(scale))
        frame = QRectF(origin + self._seen.topLeft() * scale, self._seen.size() * scale)
        frame = frame.intersected(QRectF(self.rect()).adjusted(3, 3, -3, -3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(ink.pen(skin.accent, 1.5))
        painter.drawRoundedRect(frame, 3, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Goes to the place that was pressed."""
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Goes along with the pointer."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        if not self._graph.isEmpty():
            scale, origin = self._mapping()
            self.wanted.emit((event.position() - origin) / scale)

    def _nodes(self, scale: float) -> QPixmap:
        """The nodes, painted again only after a change of graph, scale or theme."""
        made_for = (self._overview.version, scale, theme.current().name)
        if self._picture is None or self._made_for != made_for:
            ratio = self.devicePixelRatioF()
            size = self._graph.size() * scale * ratio
            picture = QPixmap(max(round(size.width()), 1), max(round(size.height()), 1))
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.scale(scale, scale)
            painter.translate(-self._graph.topLeft())
            self._overview.paint_small(painter)
            painter.end()
            self._picture, self._made_for = picture, made_for
        return self._picture

    def _mapping(self) -> tuple[float, QPointF]:
        """Scale and origin that fit graph and seen part, but never shrink the graph below a third."""
        shown = self._graph.united(self._seen)
        most = QRectF(self._graph)
        most.adjust(-most.width(), -most.height(), most.width(), most.height())
        shown = shown.intersected(most).united(self._graph)
        room = QRectF(self.rect()).adjusted(PADDING, PADDING, -PADDING, -PADDING)
        scale = min(room.width() / max(shown.width(), 1.0), room.height() / max(shown.height(), 1.0))
        return scale, room.center() - shown.center() * scale

    def _decide(self) -> None:
        needed = not self._graph.isEmpty() and not self._seen.contains(self._graph)
        has_room = self._canvas.width() >= ROOMY
        self.setVisible(self._pinned or (needed and has_room))
