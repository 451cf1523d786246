"""A node on the canvas: its look, what is live over it, how it is treated, and where its ports are."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from widgets import theme
from widgets.canvas import geometry
from widgets.canvas.looks import NodeLive, NodeLook, PortLook
from widgets.canvas.mood import NodeMood, PortKey, Side, Surroundings
from widgets.canvas.node_paint import paint_node
from widgets.canvas.recorder import Recorder

Z_NODE, Z_NODE_TOLD, Z_NODE_CHOSEN = 10.0, 10.5, 11.0
"""A node with a sentence lies above its neighbours, so that they do not hide it; a chosen one above all."""


class NodeItem(QGraphicsItem):
    """One node. `look` is what was told, `shown` is the look with live values over it."""

    def __init__(self, look: NodeLook, around: Surroundings) -> None:
        super().__init__()
        self.look = look
        self.shown = look
        self.mood = NodeMood()
        self.form = geometry.layout(look, around.density)
        self._live = NodeLive()
        self._unfolded = False
        self._around = around
        self._painted = self.form.painted()
        self._recorded: Recorder | None = None
        self._painted_as: tuple[object, ...] = ()
        self.setPos(look.x, look.y)
        self._raise()

    @property
    def name(self) -> str:
        """The node's name."""
        return self.look.name

    def boundingRect(self) -> QRectF:
        """All that `paint` may touch."""
        return self._painted

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paints the node as it is now."""
        around, mood = self._around, self.mood
        if around.takes is not None:
            paint_node(painter, self.shown, self.form, mood, around)
            return
        now = (
            self.shown, mood.selected, mood.hovered, mood.focused, mood.late, mood.lit,
            around.detail(), theme.current().name,
        )  # fmt: skip
        # Identity is enough for the look: every new one is a new object.
        if self._recorded is None or self._painted_as[0] is not now[0] or self._painted_as[1:] != now[1:]:
            self._recorded, self._painted_as = Recorder(), now
            paint_node(self._recorded.as_painter(), self.shown, self.form, mood, around)
        self._recorded.play(painter)

    def body(self) -> QRectF:
        """The node's body in scene coordinates."""
        return self.form.rect.translated(self.pos())

    def set_look(self, look: NodeLook) -> None:
        """Takes a new look; live values stay over it."""
        self.look = look
        self._show()
        self.setPos(look.x, look.y)

    def set_live(self, live: NodeLive) -> None:
        """Lays live values over the look; None keeps what was live before."""
        old = self._live
        self._live = NodeLive(
            live.time_text if live.time_text is not None else old.time_text,
            live.running if live.running is not None else old.running,
            live.thumbnail if live.thumbnail is not None else old.thumbnail,
            {**(old.shapes or {}), **live.shapes} if live.shapes is not None else old.shapes,
        )
        self._show()

    def clear_live(self) -> None:
        """Shows the plain look again."""
        if self._live != NodeLive():
            self._live = NodeLive()
            self._show()

    def measure(self) -> None:
        """Measures again: after a new look, density or font."""
        form = geometry.layout(self.shown, self._around.density)
        if form != self.form:
            self.prepareGeometryChange()
            self.form, self._painted = form, form.painted()
        self._recorded = None
        self._raise()
        self.update()

    def choose(self, selected: bool, focused: bool) -> None:
        """Marks the node as selected or as holding the keyboard."""
        if (selected, focused) != (self.mood.selected, self.mood.focused):
            self.mood.selected, self.mood.focused = selected, focused
            self._raise()
            self.update()

    def unfold(self, unfolded: bool) -> None:
        """Shows the tucked inputs, or tucks them away again."""
        if unfolded != self._unfolded:
            self._unfolded = unfolded
            self._show()

    def _raise(self) -> None:
        chosen = self.mood.selected or self.mood.focused or (self.shown.unfolded and self.shown.tucked)
        self.setZValue(Z_NODE_CHOSEN if chosen else Z_NODE_TOLD if self.shown.message else Z_NODE)

    def hover(self, hovered: bool, lit: frozenset[tuple[Side, str]]) -> None:
        """Marks the node as lying under the pointer, and the ports to light."""
        if hovered != self.mood.hovered or lit != self.mood.lit:
            self.mood.hovered, self.mood.lit = hovered, lit
            self.update()

    def port_at(self, scene_point: QPointF) -> PortKey | None:
        """The port whose 22 x 22 area holds the point; the nearest of several."""
        local = scene_point - self.pos()
        half = geometry.PORT_HIT / 2
        best: tuple[float, PortKey] | None = None
        for side, ports, places in self.ports():
            for port, place in zip(ports, places, strict=True):
                dx, dy = abs(local.x() - place.x()), abs(local.y() - place.y())
                if dx <= half and dy <= half and (best is None or dx + dy < best[0]):
                    best = (dx + dy, (self.name, port.name, side))
        return best[1] if best else None

    def fold_at(self, scene_point: QPointF, reach: float = geometry.PORT_HIT / 2) -> bool:
        """Whether the mark for tucked inputs is within reach of a point."""
        if self.form.fold is None:
            return False
        away = scene_point - self.pos() - self.form.fold
        return max(abs(away.x()), abs(away.y())) <= reach

    def ports(self) -> tuple[tuple[Side, tuple[PortLook, ...], tuple[QPointF, ...]], ...]:
        """Side, ports and their places in the node."""
        return (
            ("input", self.shown.inputs, self.form.inputs),
            ("output", self.shown.outputs, self.form.outputs),
        )

    def port_place(self, port: str, side: Side) -> QPointF:
        """Where a port is in the scene; the middle of that edge for one that is gone."""
        for its_side, ports, places in self.ports():
            if its_side == side:
                for look, place in zip(ports, places, strict=True):
                    if look.name == port:
                        return self.pos() + place
        return self.pos() + QPointF(0 if side == "input" else self.form.width, self.form.height / 2)

    def _show(self) -> None:
        live, shown = self._live, self.look
        if live != NodeLive():
            changes: dict[str, object] = {}
            if live.time_text is not None:
                changes["time_text"] = live.time_text
            if live.running is not None and shown.state in ("normal", "running"):
                changes["state"] = "running" if live.running else "normal"
            if live.thumbnail is not None:
                changes["thumbnail"] = live.thumbnail
            if live.shapes is not None:
                shapes = live.shapes
                changes["outputs"] = tuple(
                    replace(port, shape_text=shapes.get(port.name, port.shape_text)) for port in shown.outputs
                )
            shown = replace(shown, **changes)  # type: ignore[arg-type]  # the keys are fields of their types
        if shown.state != "running":
            self.mood.late = False
        self.shown = shown.unfold() if self._unfolded else shown
        self.measure()
