"""A wire on the canvas: a cubic behind the nodes, with its states, gradient and travelling dot."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from widgets import theme
from widgets.canvas import curves, ink, routes, wire_marks
from widgets.canvas.geometry import short_dtype
from widgets.canvas.looks import WireKey, WireLook
from widgets.canvas.mood import THUMBNAILS_FROM, Surroundings
from widgets.canvas.routes import Route

Z_WIRE, Z_WIRE_TOLD, Z_WIRE_CHOSEN = 0.0, 0.5, 1.0
Z_TAGS = 10.2
"""The tags of a portal lie above the nodes beside its ends."""
Z_WIRE_OFFERED = 12.0
"""Above the node that is held over it."""
CHEVRON_EVERY = 64.0
LABEL_FROM = 480.0
LONG = 1000.0
CAST_BEFORE_END = 34.0
CAST_FROM = 60.0
"""On a wire shorter than this the mark of a cast would lie on a port."""


class WireItem(QGraphicsItem):
    """One wire, in scene coordinates."""

    def __init__(self, look: WireLook, around: Surroundings) -> None:
        super().__init__()
        self.look = look
        self.selected = False
        self.touched = False
        """An end of it is a selected node."""
        self.hovered = False
        self.detached = False
        """Its end is in the user's hand; the drag paints it instead."""
        self.offered = False
        """It would take the node that is held over it."""
        self.doomed = False
        """The stroke that is being drawn will cut it."""
        self.travel: float | None = None
        self.dots: list[QPointF] = []
        """What it runs through now."""
        self._labelled = False
        self._around = around
        self.route: Route = (curves.curve(QPointF(), QPointF()),)
        self._path = routes.path(self.route)
        self._line: list[QPointF] | None = None
        self._label_spots: list[QPointF] | None = None
        self._bounds = QRectF()
        self._pieces: list[tuple[QRectF, QPainterPath]] | None = None
        self._raise()

    def span(self) -> float:
        """How far apart its ends are, from left to right."""
        return abs(self.route[-1][3].x() - self.route[0][0].x())

    def set_labelled(self, labelled: bool) -> None:
        """Whether the wire may say what flows through it, where it is long enough."""
        if labelled != self._labelled:
            self._labelled = labelled
            self._raise()
            self.update()

    def _raise(self) -> None:
        # A wire that says what flows lies above the others, whose halos would cut its words.
        usual = Z_TAGS if self.look.portal else Z_WIRE_TOLD if self._labelled else Z_WIRE
        chosen = max(Z_WIRE_CHOSEN, usual) if self.selected or self.touched else usual
        self.setZValue(Z_WIRE_OFFERED if self.offered else chosen)

    @property
    def key(self) -> WireKey:
        """Target node and port."""
        return self.look.key

    def boundingRect(self) -> QRectF:
        """The box of the control points, widened by pen and halo."""
        return self._bounds

    def place(self, route: Route) -> None:
        """Runs the wire along a route from an output to an input."""
        if route == self.route:
            return
        self.prepareGeometryChange()
        self.route = route
        self._path, self._pieces = routes.path(route), None
        self._line = self._label_spots = None
        self._bounds = routes.bounds(route).adjusted(-6, -10, 6, 10)
        for tag in self.tags():
            self._bounds = self._bounds.united(tag.adjusted(-2, -2, 2, 2))

    def tags(self) -> tuple[QRectF, ...]:
        """Where its name stands, if it is named and not drawn."""
        name = self.look.portal
        return wire_marks.tags(self.route[0][3], self.route[-1][0], name) if name else ()

    def away(self, point: QPointF) -> float:
        """How far a point lies from what is drawn of the wire."""
        if not self.look.portal:
            return curves.distance(self.line(), point)
        if any(tag.contains(point) for tag in self.tags()):
            return 0.0
        return min(curves.distance(curves.samples(part, 2), point) for part in self.route)

    def part_at(self, point: QPointF) -> int:
        """Between which of its dots a point lies: the index that a new dot there would have."""
        parts = self.route if self.dots else (self.route[0],)
        near = [curves.distance(curves.samples(part), point) for part in parts]
        return near.index(min(near))

    def line(self) -> list[QPointF]:
        """Points along the wire."""
        if self._line is None:
            self._line = routes.line(self.route)
        return self._line

    def set_look(self, look: WireLook) -> None:
        """Takes a new look."""
        renamed = look.portal != self.look.portal
        self.look = look
        if renamed:
            self.route = ()  # so that the next placing measures the tags anew
            self._raise()
        self.update()

    def choose(self, selected: bool, touched: bool) -> None:
        """Marks the wire, or a node at one of its ends, as selected."""
        if (selected, touched) != (self.selected, self.touched):
            self.selected, self.touched = selected, touched
            self._raise()
            self.update()

    def hover(self, hovered: bool) -> None:
        """Marks the wire as lying under the pointer."""
        if hovered != self.hovered:
            self.hovered = hovered
            self.update()

    def detach(self, detached: bool) -> None:
        """Hides the wire while its end is dragged."""
        self.detached = detached
        self.update()

    def offer(self, offered: bool) -> None:
        """Marks the wire as the one that would take the node that is held over it."""
        self.offered = offered
        self._raise()
        self.update()

    def doom(self, doomed: bool) -> None:
        """Marks the wire as one that the stroke will cut."""
        self.doomed = doomed
        self.update()

    def set_travel(self, share: float | None) -> None:
        """Puts the dot of a travelling tensor on the wire, or takes it away."""
        self.travel = share
        self.update()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paints halo, wire and what lies on it."""
        if self.detached:
            return
        hue, width = self._stroke()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path = self._visible_path()
        if self._around.scale >= THUMBNAILS_FROM:
            # Unsmoothed: only its crossings are seen, and it costs a quarter.
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(ink.pen(theme.current().canvas, width + 3))
            painter.drawPath(path)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dash = (4.0, 4.0) if self.look.state == "error" or self.doomed else ()
        if not self._around.detailed and width == 2.0 and not dash:
            # About as wide on screen, and Qt has a fast path for it.
            painter.setPen(ink.pen(hue, 1.0, cosmetic=True))
        else:
            painter.setPen(ink.pen(hue, width, dash))
        painter.drawPath(path)
        if self.look.portal:
            wire_marks.paint_tags(painter, self.tags(), self.look.portal, hue, width)
            return
        wire_marks.paint_dots(painter, self.dots, hue)
        if self._around.overlay == "gradients" and self.look.gradient is not None:
            self._paint_chevrons(painter, hue)
        elif self._around.detailed:
            self._paint_label(painter)
            self._paint_cast(painter)
        if self.travel is not None:
            painter.setPen(ink.pen(theme.current().canvas, 1.5))
            painter.setBrush(ink.brush(theme.current().accent))
            painter.drawEllipse(curves.along(self.line(), self.travel), 5.0, 5.0)

    def _visible_path(self) -> QPainterPath:
        """The curve, or of a long one only the pieces in sight: a stroke costs by its length."""
        seen = self._around.exposed
        if seen.contains(self._bounds) or max(self._bounds.width(), self._bounds.height()) < LONG:
            return self._path
        if self._pieces is None:
            self._pieces = routes.pieces(self.route)
        visible = QPainterPath()
        for box, piece in self._pieces:
            if seen.intersects(box.adjusted(-6, -6, 6, 6)):
                visible.addPath(piece)
        return visible

    def _stroke(self) -> tuple[str, float]:
        """Colour and width of the line now."""
        skin = theme.current()
        if self.offered:
            return skin.accent, 4.0
        if self.doomed:
            return skin.error, 2.5
        if self._around.overlay == "gradients":
            if self.look.gradient is None:
                return skin.border, 1.0
            return gradient_stroke(self.look.gradient)
        hue = skin.dtype_colour(self.look.dtype)
        if self.look.state == "error":
            hue = skin.error
        elif self.look.state == "warning":
            hue = skin.warn
        elif self.look.state == "muted":
            hue = ink.mix(skin.canvas, hue, 0.45)
        if self.selected or self.touched:
            return skin.accent, 3.0 if self.hovered else 2.5
        return hue, 3.0 if self.hovered else 2.0

    def _paint_chevrons(self, painter: QPainter, hue: str) -> None:
        """Arrow heads against the wire's direction: gradients flow back."""
        painter.setPen(ink.pen(theme.current().canvas, 1))
        painter.setBrush(ink.brush(hue))
        for point, direction in curves.walk(self.line(), CHEVRON_EVERY):
            corners = [(-7.0, 0.0), (4.0, 5.5), (4.0, -5.5)]
            cos, sin = math.cos(direction), math.sin(direction)
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(point.x() + x * cos - y * sin, point.y() + x * sin + y * cos)
                        for x, y in corners
                    ]
                )
            )

    def _paint_label(self, painter: QPainter) -> None:
        """What flows here, on wires so long that their ends are out of sight, where nothing is in the way."""
        if not self._labelled or self.span() < LABEL_FROM or not self.look.shape_text:
            return
        text = f"{self.look.shape_text}, {self.look.dtype}" if self.look.dtype else self.look.shape_text
        width = ink.text_width("shape", text) + 12
        rect = self._free_place(width)
        if rect is None:
            return
        skin = theme.current()
        painter.fillRect(rect, ink.brush(skin.canvas))
        painter.setFont(ink.font("shape"))
        painter.setPen(ink.pen(skin.text2))
        painter.drawText(QPointF(rect.left() + 6, rect.top() + 11.5), text)

    def _paint_cast(self, painter: QPainter) -> None:
        """Near its end, to what the tensor is cast: a pill with the colour and the name of that dtype."""
        if not self.look.cast:
            return
        length = curves.length(self.line())
        if length < CAST_FROM:
            return
        skin, line = theme.current(), self.line()
        hue = skin.dtype_colour(self.look.cast)
        text = short_dtype(self.look.cast)
        width = ink.text_width("shape", text) + 10
        middle = curves.along(line, 1.0 - min(CAST_BEFORE_END / length, 0.5))
        rect = QRectF(middle.x() - width / 2, middle.y() - 8, width, 16)
        painter.setPen(ink.pen(hue, 1.5))
        painter.setBrush(ink.brush(skin.canvas))
        painter.drawRoundedRect(rect, 8, 8)
        painter.setFont(ink.font("shape"))
        painter.setPen(ink.pen(skin.text))
        painter.drawText(QPointF(rect.left() + 5, rect.top() + 11.5), text)

    def _free_place(self, width: float) -> QRectF | None:
        """A place for the label that no node or card covers; the middle if it can be."""
        if self._label_spots is None:
            self._label_spots = [curves.along(self.line(), share) for share in (0.5, 0.35, 0.65)]
        for middle in self._label_spots:
            rect = QRectF(middle.x() - width / 2, middle.y() - 8, width, 16)
            if not rect.intersects(self._around.exposed):
                continue
            covering = self.scene().items(rect, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
            if all(isinstance(item, WireItem) for item in covering):
                return rect
        return None


def gradient_stroke(rms: float) -> tuple[str, float]:
    """Colour and width, 1 to 5 px, of a gradient of this size."""
    size = math.log10(rms) if rms > 0 else -8.0
    share = min(max((size + 8.0) / 11.0, 0.0), 1.0) if math.isfinite(size) else 1.0
    return theme.current().gradient_colour(size), 1.0 + 4.0 * share
