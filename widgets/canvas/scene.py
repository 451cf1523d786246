"""The items of the canvas: made, changed and removed by the difference between two looks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from widgets.canvas import curves, routes
from widgets.canvas.card_items import CardItem, NoteItem, WatchItem
from widgets.canvas.frame_item import FrameItem
from widgets.canvas.looks import CanvasLook, NodeLive, NodeLook, ThumbnailLook, WireKey, WireLook
from widgets.canvas.mood import FEW_NODES, Surroundings
from widgets.canvas.node_item import NodeItem
from widgets.canvas.overview import Overview
from widgets.canvas.wire_item import WireItem

RUNNING_AFTER_MS = 100
MOST_LONG = 400
"""With more long wires than this, only those whose ends move look for a way."""
FEW_MOVED = 12
"""So many nodes can be dragged at once with wires that go round what is in their way."""
_Look = TypeVar("_Look")
_Key = TypeVar("_Key")
_Item = TypeVar("_Item", bound=QGraphicsItem)


class CanvasScene(QGraphicsScene):
    """Items by name, key and id. Wires, leaders and batch lists follow the nodes by themselves."""

    touched = Signal()
    """Something changed that the overview or the mini-map shows."""

    def __init__(self, around: Surroundings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.around = around
        self.look = CanvasLook()
        self.overview = Overview()
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[WireKey, WireItem] = {}
        self.notes: dict[str, NoteItem] = {}
        self.frames: dict[str, FrameItem] = {}
        self.watches: dict[str, WatchItem] = {}
        self.wires_of: defaultdict[str, set[WireKey]] = defaultdict(set)
        self._long: set[WireKey] = set()
        self._bent: dict[WireKey, list[QPointF]] = {}
        self._watches_of: defaultdict[str, set[str]] = defaultdict(set)
        self._late = QTimer(self, interval=RUNNING_AFTER_MS, singleShot=True)
        self._late.timeout.connect(self._show_late)
        self.setSceneRect(QRectF(-4096, -4096, 8192, 8192))

    def set_look(self, new: CanvasLook) -> None:
        """Shows a new look; touches only what differs from the old one."""
        old, self.look = self.look, new
        if (old.density, old.overlay) != (new.density, new.overlay):
            self.around.density, self.around.overlay = new.density, new.overlay
            self.remeasure()
        few = len(new.nodes) <= FEW_NODES
        if few != self.around.few:
            self.around.few = few
            self.update()
        self._sync(self.frames, old.frames, new.frames, lambda look: FrameItem(look, self.around))
        self._sync(self.notes, old.notes, new.notes, lambda look: NoteItem(look, self.around))
        gone = [key for key in old.wires if key not in new.wires]
        for key in gone:
            self._drop_wire(key)
        self._sync_nodes(old.nodes, new.nodes)
        self._sync_wires(old.wires, new.wires)
        if old.nodes and old.nodes != new.nodes:
            self._make_way()
        self._sync(self.watches, old.watches, new.watches, lambda look: WatchItem(look, self.around))
        if old.watches != new.watches or old.wires != new.wires:
            self._watches_of.clear()
            for watch in new.watches.values():
                self._watches_of[watch.node].add(watch.id)
            self._tie(new.watches)
        self._make_room()
        self.touched.emit()

    def set_live(
        self, nodes: Mapping[str, NodeLive], watches: Mapping[str, ThumbnailLook | None] | None = None
    ) -> None:
        """Shows what changes while a graph runs; names that are gone are ignored."""
        for name, live in nodes.items():
            if item := self.nodes.get(name):
                before = item.form
                item.set_live(live)
                if item.form is not before:  # a longer shape makes a wider node
                    self.place(name)
                self._await_late(item)
        for key, thumbnail in (watches or {}).items():
            if card := self.watches.get(key):
                card.set_live(thumbnail)

    def clear_live(self) -> None:
        """Takes all live values away."""
        for name, item in self.nodes.items():
            before = item.form
            item.clear_live()
            if item.form is not before:
                self.place(name)
        for card in self.watches.values():
            card.set_live(None)

    def move_nodes(self, places: Mapping[str, QPointF]) -> None:
        """Puts several nodes elsewhere, each wire once. While many move, no wire looks for a way round."""
        for name, to in places.items():
            item = self.nodes[name]
            item.setPos(to)
            self.overview.put_node(name, item.body(), item.shown.category, item.shown.state)
        wires = {key for name in places for key in self.wires_of[name]}
        for key in wires:
            self._place_wire(self.wires[key], direct=len(places) > FEW_MOVED)
        for name in {self.wires[key].look.source for key in wires} | set(places):
            self._tie(self._watches_of.get(name, ()))

    def settle(self, names: Iterable[str]) -> None:
        """Puts nodes back where their look says."""
        for name in names:
            if item := self.nodes.get(name):
                item.setPos(QPointF(item.look.x, item.look.y))
                self.place(name)
        self._make_way()
        self.touched.emit()

    def place(self, name: str) -> None:
        """Lets wires, leaders and batch lists follow a node."""
        item = self.nodes[name]
        self.overview.put_node(name, item.body(), item.shown.category, item.shown.state)
        for key in self.wires_of[name]:
            self._place_wire(self.wires[key])
        others = {self.wires[key].look.source for key in self.wires_of[name]} | {name}
        for other in others:
            self._tie(self._watches_of.get(other, ()))

    def bend(self, key: WireKey, dots: list[QPointF] | None) -> None:
        """Leads a wire through dots while one is dragged; None leads it again as its look says."""
        if dots is None:
            self._bent.pop(key, None)
        else:
            self._bent[key] = list(dots)
        self._place_wire(self.wires[key])
        self.touched.emit()

    def unfold(self, name: str, unfolded: bool) -> None:
        """Shows the tucked inputs of a node, or tucks them away; wires follow."""
        if (item := self.nodes.get(name)) and item.shown.unfolded != unfolded:
            item.unfold(unfolded)
            self.place(name)
            self.touched.emit()

    def remeasure(self) -> None:
        """Measures everything again: after a change of density, overlay or theme."""
        for item in self.nodes.values():
            item.measure()
            self.place(item.name)
        for note in self.notes.values():
            note.restyle()
        self.update()

    def cards(self) -> dict[str, CardItem]:
        """Notes and frames by id."""
        return {**self.frames, **self.notes}

    def _sync(
        self,
        items: dict[_Key, _Item],
        old: Mapping[_Key, _Look],
        new: Mapping[_Key, _Look],
        make: Callable[[_Look], _Item],
    ) -> None:
        for key in [key for key in items if key not in new]:
            self.removeItem(items.pop(key))
        for key, look in new.items():
            if key not in items:
                items[key] = make(look)
                self.addItem(items[key])
            elif old[key] is not look and old[key] != look:
                items[key].set_look(look)  # type: ignore[attr-defined]  # each kind of item has one

    def _sync_nodes(self, old: Mapping[str, NodeLook], new: Mapping[str, NodeLook]) -> None:
        for name in [name for name in old if name not in new]:
            self.overview.drop_node(name)
            self.removeItem(self.nodes.pop(name))
        for name, look in new.items():
            item = self.nodes.get(name)
            if item is None:
                item = self.nodes[name] = NodeItem(look, self.around)
                self.addItem(item)
            elif old[name] is look or old[name] == look:
                continue
            else:
                item.set_look(look)
            self.place(name)
            self._await_late(item)

    def _sync_wires(self, old: Mapping[WireKey, WireLook], new: Mapping[WireKey, WireLook]) -> None:
        for key, look in new.items():
            known = old.get(key)
            if known is look or (known == look and key in self.wires):
                continue
            if known is not None and (known.source, known.source_port) == (look.source, look.source_port):
                self.wires[key].set_look(look)
            else:
                if known is not None:
                    self._drop_wire(key)
                item = self.wires[key] = WireItem(look, self.around)
                self.wires_of[look.source].add(key)
                self.wires_of[look.target].add(key)
                self.addItem(item)
            self._place_wire(self.wires[key])

    def _drop_wire(self, key: WireKey) -> None:
        item = self.wires.pop(key)
        self.wires_of[item.look.source].discard(key)
        self.wires_of[item.look.target].discard(key)
        self.overview.drop_wire(key)
        self._long.discard(key)
        self.removeItem(item)

    def _place_wire(self, item: WireItem, *, direct: bool = False) -> None:
        look = item.look
        source, target = self.nodes.get(look.source), self.nodes.get(look.target)
        if source is None or target is None:
            return
        start, end = (
            source.port_place(look.source_port, "output"),
            target.port_place(look.target_port, "input"),
        )
        item.dots = self._dots_of(item, source, target)
        if look.portal:
            item.place(routes.stubs(start, end))
        elif item.dots:
            item.place(routes.through(start, item.dots, end))
        else:
            item.place(routes.find(start, end, _nothing if direct else self._bodies))
        straight = not (look.portal or item.dots)
        if straight and routes.LONG <= end.x() - start.x() <= routes.FAR:
            self._long.add(item.key)
        else:
            self._long.discard(item.key)
        if look.portal:
            self.overview.drop_wire(item.key)
        else:
            self.overview.put_wire(item.key, (start, *item.dots, end), look.dtype)
        self._choose_labelled(look)

    def _dots_of(self, item: WireItem, source: NodeItem, target: NodeItem) -> list[QPointF]:
        """The dots of a wire; they go along while both its nodes are moved by the same way."""
        bent = self._bent.get(item.key)
        if bent is not None:
            return bent
        step = source.pos() - QPointF(source.look.x, source.look.y)
        if step != target.pos() - QPointF(target.look.x, target.look.y):
            step = QPointF()
        return [QPointF(x, y) + step for x, y in item.look.dots]

    def _choose_labelled(self, look: WireLook) -> None:
        """Of the wires from one port only the longest says what flows: the others would repeat it."""
        siblings = [
            wire
            for key in self.wires_of[look.source]
            if (wire := self.wires[key]).look.source == look.source
            and wire.look.source_port == look.source_port
        ]
        longest = max(siblings, key=lambda wire: (wire.span(), wire.key))
        for wire in siblings:
            wire.set_labelled(wire is longest)

    def _bodies(self, area: QRectF) -> list[QRectF]:
        found = self.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        return [item.body() for item in found if isinstance(item, NodeItem)]

    def _make_way(self) -> None:
        """Lets long wires go round nodes that are new in their way."""
        if len(self._long) <= MOST_LONG:
            for key in self._long:
                self._place_wire(self.wires[key])

    def _tie(self, ids: Iterable[str]) -> None:
        for key in ids:
            if card := self.watches.get(key):
                card.tie(self.anchor_of(card))

    def anchor_of(self, card: WatchItem) -> QPointF:
        """Where a card's leader meets the wire: below or above the card if it can, else the nearest place."""
        node = self.nodes.get(card.look.node)
        if node is None:
            return card.body().center()
        centre = card.body().center()
        looked_at = (card.look.node, card.look.port)
        places = [
            curves.at_x(wire.line(), centre.x(), centre.y())
            for key in self.wires_of[card.look.node]
            if ((wire := self.wires[key]).look.source, wire.look.source_port) == looked_at
        ]
        if not places:
            return node.port_place(card.look.port, "output")
        return min(places, key=lambda place: (place - centre).manhattanLength())

    def _await_late(self, item: NodeItem) -> None:
        if item.shown.state == "running" and not item.mood.late and not self._late.isActive():
            self._late.start()

    def _show_late(self) -> None:
        for item in self.nodes.values():
            if item.shown.state == "running" and not item.mood.late:
                item.mood.late = True
                item.update()

    def _make_room(self) -> None:
        """Keeps the index's area a little larger than the graph: the index divides that area."""
        needed = self.overview.bounds()
        for card in self.cards().values():
            needed = needed.united(card.body())
        room = self.sceneRect()
        if not room.contains(needed.adjusted(-512, -512, 512, 512)):
            grow = max(needed.width(), needed.height(), 4096.0) / 2
            self.setSceneRect(needed.adjusted(-grow, -grow, grow, grow))


def _nothing(_area: QRectF) -> list[QRectF]:
    return []
