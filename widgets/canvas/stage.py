"""The painted view under the canvas: grid, items or overview, camera, and what floats above."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QStyleOptionGraphicsItem, QWidget

from widgets import theme
from widgets.canvas.camera import WHEEL_STEP, Camera
from widgets.canvas.geometry import HEADER
from widgets.canvas.grid import paint_grid
from widgets.canvas.legend import GradientLegend
from widgets.canvas.minimap import MiniMap
from widgets.canvas.mood import OVERVIEW_BELOW, Surroundings
from widgets.canvas.overlays import Anchor, Overlays
from widgets.canvas.pill import Pill
from widgets.canvas.scene import CanvasScene
from widgets.canvas.selection import Selection
from widgets.canvas.zoom_chip import ZoomChip

MAP_AFTER_MS = 50


class Stage(QGraphicsView):
    """A QGraphicsView without its own interaction. Below scale 0.4 it paints batches instead of items."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.around = Surroundings(ratio=self.devicePixelRatioF())
        self.graph = CanvasScene(self.around, self)
        self.selection = Selection(self.graph)
        self.setScene(self.graph)
        self.setInteractive(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumSize(480, 320)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        # Opaque, so that a pan shifts the pixels and paints only the strip that comes into sight.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.camera = Camera(self, self.around)
        # Children of the viewport: a sibling above it would make every pan repaint everything.
        self.overlays = Overlays(self.viewport())
        self.mini_map = MiniMap(self.graph.overview, self.viewport())
        self.zoom_chip = ZoomChip(self.viewport())
        self.legend = GradientLegend(self.viewport())
        self.pill = Pill(self)
        self.overlays.add(self.mini_map, "bottom_right")
        self.overlays.add(self.zoom_chip, "bottom_right")
        self.overlays.add(self.legend, "bottom_left")
        self.legend.hide()
        self._held: tuple[int, int] | None = None
        self._late = QTimer(self, interval=MAP_AFTER_MS, singleShot=True)
        self._late.timeout.connect(self._follow)
        self.mini_map.wanted.connect(self.camera.look_at)
        self.zoom_chip.fit_wanted.connect(self.fit_all)
        self.zoom_chip.full_size_wanted.connect(self._full_size)
        self.camera.moved.connect(self._follow)
        self.graph.touched.connect(self._touched)
        theme.changed.connect(self._restyle)
        self._follow()

    def add_overlay(self, widget: QWidget, anchor: Anchor) -> None:
        """Lets a widget float over the canvas at an anchor; it stays there when the canvas changes size."""
        self.overlays.add(widget, anchor)

    def remove_overlay(self, widget: QWidget) -> None:
        """Lets a floating widget go; the caller keeps it."""
        self.overlays.remove(widget)

    def set_mini_map_pinned(self, pinned: bool) -> None:
        """Keeps the mini-map on screen even when all nodes are visible."""
        self.mini_map.set_pinned(pinned)

    def fit_all(self, animated: bool = True) -> None:
        """Shows all nodes and cards."""
        graph = self.graph
        rects = [node.body() for node in graph.nodes.values()]
        rects += [card.body() for card in (*graph.cards().values(), *graph.watches.values())]
        self._fit(rects, animated)

    def fit_selection(self, animated: bool = True) -> None:
        """Shows what is selected; all, if nothing is."""
        graph, chosen = self.graph, self.selection
        rects = [graph.nodes[name].body() for name in chosen.nodes]
        rects += [card.body() for key, card in graph.cards().items() if key in chosen.cards]
        rects += [graph.watches[key].body() for key in chosen.watches]
        if rects:
            self._fit(rects, animated)
        else:
            self.fit_all(animated)

    def zoom_in(self) -> None:
        """One step closer, around the middle."""
        self.camera.zoom_at(WHEEL_STEP, QPointF(self.viewport().rect().center()))

    def zoom_out(self) -> None:
        """One step back, around the middle."""
        self.camera.zoom_at(1 / WHEEL_STEP, QPointF(self.viewport().rect().center()))

    def zoom_to(self, scale: float) -> None:
        """Shows the same place at another scale."""
        self.camera.look_at(self.camera.centre(), scale, animated=True)

    def place(self) -> tuple[float, float, float]:
        """Where the view looks: centre x, centre y and scale; for `set_place` later."""
        centre = self.camera.centre()
        return centre.x(), centre.y(), self.camera.scale

    def set_place(self, x: float, y: float, scale: float) -> None:
        """Looks where `place` said."""
        self.camera.look_at(QPointF(x, y), scale)

    def node_rect(self, node: str) -> QRect:
        """A node's body in the viewport."""
        return self.mapFromScene(self.graph.nodes[node].body()).boundingRect()

    def settings_place(self, node: str) -> QPoint:
        """The left end of a node's settings line in the viewport."""
        corner = self.graph.nodes[node].body().topLeft()
        return self.mapFromScene(corner + QPointF(0, HEADER))

    def port_position(self, node: str, port: str) -> QPoint:
        """The middle of a port in the viewport; an output is meant where both sides have the name."""
        item = self.graph.nodes[node]
        side = "output" if item.shown.output(port) else "input"
        return self.mapFromScene(item.port_place(port, "output" if side == "output" else "input"))

    def visible_nodes(self) -> list[str]:
        """The nodes in sight: the only ones worth live values."""
        seen = self.camera.visible()
        return [name for name, item in self.graph.nodes.items() if item.body().intersects(seen)]

    def scroll_by(self, dx: int, dy: int) -> None:
        """Scrolls both ways at once: two scrolls in a row would repaint everything."""
        self._held = (0, 0)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + dx)
        down.setValue(down.value() + dy)
        held, self._held = self._held, None
        if held != (0, 0):
            self.scrollContentsBy(*held)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Scrolls the pixels; the overlays stay."""
        if self._held is not None:
            self._held = (self._held[0] + dx, self._held[1] + dy)
            return
        super().scrollContentsBy(dx, dy)
        self.overlays.stay(dx, dy)

    def paint_above(self, painter: QPainter) -> None:
        """Paints what lies above all items, in scene coordinates; for the gesture's preview."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the items, or from afar the batches."""
        if self.around.scale >= OVERVIEW_BELOW:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        painter.setClipRegion(event.region())
        self._paint_grid(painter, event.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for card in self.graph.cards().values():
            painter.setTransform(self.viewportTransform())
            painter.translate(card.pos())
            card.paint(painter, QStyleOptionGraphicsItem(), None)
        painter.setTransform(self.viewportTransform())
        self.graph.overview.paint(painter, self.selection.nodes, self.selection.wires)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_above(painter)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Paints the dots."""
        self.around.exposed = QRectF(rect)
        painter.save()
        painter.resetTransform()
        exposed = self.viewportTransform().mapRect(QRectF(rect)).toAlignedRect().adjusted(-1, -1, 1, 1)
        self._paint_grid(painter, exposed)
        painter.restore()

    def drawForeground(self, painter: QPainter, _rect: QRectF | QRect) -> None:
        """Paints the gesture's preview."""
        self.paint_above(painter)

    def viewportEvent(self, event: QEvent) -> bool:
        """Places the overlays again when one of them has changed."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.overlays.place()
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the overlays at their anchors."""
        super().resizeEvent(event)
        self.overlays.place()
        self._follow()

    def showEvent(self, event: QShowEvent) -> None:
        """Takes the sharpness of the screen."""
        super().showEvent(event)
        self.around.ratio = self.devicePixelRatioF()
        self._follow()

    def _paint_grid(self, painter: QPainter, exposed: QRect) -> None:
        origin = self.viewportTransform().map(QPointF(0, 0))
        paint_grid(painter, exposed, origin, self.around.scale)

    def _fit(self, rects: list[QRectF], animated: bool) -> None:
        whole = QRectF()
        for rect in rects:
            whole = whole.united(rect)
        self.camera.fit(whole, self.overlays.free_room(), animated)

    def _full_size(self) -> None:
        self.zoom_to(1.0)

    def _follow(self) -> None:
        """Lets chip and map follow the camera and the graph."""
        self.zoom_chip.set_scale(self.around.scale)
        self.mini_map.follow(self.camera.visible())

    def _touched(self) -> None:
        """From afar the items' own updates do not reach the screen; the map may follow a little later."""
        if self.around.scale < OVERVIEW_BELOW:
            self.viewport().update()
        if not self._late.isActive():
            self._late.start()

    def _restyle(self) -> None:
        self.graph.remeasure()
        self.viewport().update()
        self.update()
