"""What lies under a point, by arithmetic over the few items that the index names."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsItem

from widgets.canvas.card_items import GRIP, CardItem, NoteItem, WatchItem
from widgets.canvas.frame_item import FrameItem
from widgets.canvas.geometry import HEADER, SETTINGS_LINE
from widgets.canvas.looks import CanvasTarget, WireKey
from widgets.canvas.mood import OVERVIEW_BELOW, PortKey
from widgets.canvas.node_item import NodeItem
from widgets.canvas.scene import CanvasScene
from widgets.canvas.wire_item import WireItem
from widgets.canvas.wire_marks import dot_at

WIRE_REACH = 7.0


def near(scene: CanvasScene, point: QPointF, reach: float) -> list[QGraphicsItem]:
    """The items around a point, uppermost first."""
    box = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    return scene.items(box, Qt.ItemSelectionMode.IntersectsItemBoundingRect, Qt.SortOrder.DescendingOrder)


def target_at(scene: CanvasScene, point: QPointF) -> CanvasTarget:
    """The uppermost thing under a point; ports reach beyond their node, frames are held by their title."""
    items = near(scene, point, 12.0)
    at = (point.x(), point.y())
    for item in items:
        if isinstance(item, WatchItem) and item.body().contains(point):
            return CanvasTarget("watch", item.look.id, *at)
    for item in items:
        if isinstance(item, NodeItem):
            if port := item.port_at(point):
                return CanvasTarget("port", port, *at)
            if item.fold_at(point):
                return CanvasTarget("fold", item.name, *at)
            if item.body().contains(point):
                return CanvasTarget("node", item.name, *at)
    for wire in _wires(items):
        if (dot := dot_at(wire.dots, point)) is not None:
            return CanvasTarget("dot", (wire.key, dot), *at)
    for wire in _wires(items):
        if wire.away(point) <= WIRE_REACH / min(scene.around.scale, 1.0):
            return CanvasTarget("wire", wire.key, *at)
    for item in items:
        if isinstance(item, NoteItem) and item.body().contains(point):
            return CanvasTarget("note", item.look.id, *at)
    for item in items:
        if isinstance(item, FrameItem) and (item.grips(point) or grip_at(item, point)):
            return CanvasTarget("frame", item.look.id, *at)
    return CanvasTarget("canvas", None, *at)


def is_on_settings(scene: CanvasScene, node: str, point: QPointF) -> bool:
    """Whether a point is on the line of a node that tells its settings; a collapsed node has none."""
    item = scene.nodes[node]
    is_drawn = not item.look.collapsed and scene.around.scale >= OVERVIEW_BELOW
    return is_drawn and 0 <= point.y() - item.body().top() - HEADER < SETTINGS_LINE


def grip_at(card: CardItem, point: QPointF) -> bool:
    """Whether a point is on the corner that resizes a card."""
    corner = card.body().bottomRight()
    return 0 <= corner.x() - point.x() + 4 <= GRIP + 4 and 0 <= corner.y() - point.y() + 4 <= GRIP + 4


def wires_near(scene: CanvasScene, area: QRectF) -> Iterator[WireItem]:
    """The wires whose boxes meet an area."""
    return _wires(scene.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect))


def wires_through(scene: CanvasScene, body: QRectF) -> list[WireKey]:
    """The wires that run through an area, those nearest to its middle first."""
    middle = body.center()
    drawn = [wire for wire in wires_near(scene, body) if not wire.look.portal]
    through = [(wire.away(middle), wire.key) for wire in drawn]
    reach = min(body.width(), body.height()) / 2
    return [key for away, key in sorted(through) if away <= reach]


def ports_near(scene: CanvasScene, point: QPointF, reach: float) -> list[tuple[float, PortKey]]:
    """Ports within reach of a point, nearest first."""
    found: list[tuple[float, PortKey]] = []
    for item in near(scene, point, reach):
        if not isinstance(item, NodeItem):
            continue
        local = point - item.pos()
        for side, ports, places in item.ports():
            for port, place in zip(ports, places, strict=True):
                away = ((local.x() - place.x()) ** 2 + (local.y() - place.y()) ** 2) ** 0.5
                if away <= reach:
                    found.append((away, (item.name, port.name, side)))
    return sorted(found)


def folded_near(scene: CanvasScene, point: QPointF, reach: float) -> NodeItem | None:
    """The uppermost node with tucked inputs whose mark is within reach or whose body holds the point."""
    for item in near(scene, point, reach):
        if isinstance(item, NodeItem) and (item.fold_at(point, reach) or item.body().contains(point)):
            return item if item.shown.tucked else None
    return None


def node_at(scene: CanvasScene, point: QPointF) -> NodeItem | None:
    """The uppermost node whose body holds the point."""
    for item in near(scene, point, 1.0):
        if isinstance(item, NodeItem) and item.body().contains(point):
            return item
    return None


def _wires(items: list[QGraphicsItem]) -> Iterator[WireItem]:
    return (item for item in items if isinstance(item, WireItem))
