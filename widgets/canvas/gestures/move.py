"""Moving what is selected, and resizing a card; both on the 8 px raster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from widgets.canvas.card_items import CardItem
from widgets.canvas.frame_item import content
from widgets.canvas.geometry import snapped
from widgets.canvas.gestures.base import Gesture, Pointer, moved_enough
from widgets.canvas.gestures.onto_wire import OntoWire
from widgets.canvas.looks import CanvasTarget

if TYPE_CHECKING:
    from widgets.canvas.view import CanvasView

MIN_CARD = 80.0


class Move(Gesture):
    """Press on a node or a card: selects it, and moves all that is selected. A node without wires may be let
    go of over a wire that takes it. Alt lets go of the raster, and of wires."""

    def __init__(self, view: CanvasView, target: CanvasTarget) -> None:
        super().__init__(view)
        self._target = target

    def start(self, at: Pointer) -> None:
        """Selects what was pressed, and remembers where everything is."""
        chosen, graph = self.view.selection, self.view.graph
        self._pressed = at
        self._was_selected = chosen.holds(self._target)
        chosen.press(self._target, at.adding)
        self._moving = False
        cards = graph.cards()
        self._cards = {key: cards[key].pos() for key in chosen.cards}
        self._nodes = {name: graph.nodes[name].pos() for name in chosen.nodes}
        self._watches = {key: graph.watches[key].pos() for key in chosen.watches}
        inside, inside_cards = content(graph, chosen.cards & graph.frames.keys())
        self._nodes |= {name: graph.nodes[name].pos() for name in inside}
        self._cards |= {key: cards[key].pos() for key in inside_cards}
        places = {"node": self._nodes, "watch": self._watches}.get(self._target.kind, self._cards)
        self._held = places.get(self._target.id, QPointF())
        self._onto = self._loose_node()

    def move(self, at: Pointer) -> None:
        """Shows everything at its new place."""
        if not self._moving and not moved_enough(self._pressed.viewport, at.viewport):
            return
        self._moving = True
        self.view.viewport().setCursor(Qt.CursorShape.SizeAllCursor)
        self._show(self._step(at))
        if self._onto is not None:
            body = QRectF() if at.free else self.view.graph.nodes[self._target.id].body()
            self._onto.look(body, at.viewport)

    def end(self, at: Pointer) -> None:
        """Asks for the new places, all in one; a press without a drag selects only what was pressed."""
        if not self._moving:
            if self._was_selected and not at.adding:
                self.view.selection.replace()
                self.view.selection.press(self._target, adding=False)
            return
        step = self._step(at)
        wire = self._onto.key if self._onto is not None else None
        self._let_go()
        if wire is not None:
            self.view.insert_requested.emit(self._target.id, wire, *_xy(self._held + step))
            self._put_back()
            return
        nodes = {name: _xy(place + step) for name, place in self._nodes.items()}
        cards = {key: _xy(place + step) for key, place in self._cards.items()}
        if not step.isNull():
            if nodes or cards:
                self.view.nodes_moved.emit(nodes, cards)
            for key, place in self._watches.items():
                self.view.watch_moved.emit(key, *_xy(place + step))
        self._put_back()

    def cancel(self) -> None:
        """Puts everything back."""
        self._let_go()
        self._put_back()

    def _loose_node(self) -> OntoWire | None:
        """A single node without wires may be put on one."""
        view, name = self.view, self._target.id
        alone = self._nodes.keys() == {name} and not (self._cards or self._watches)
        if self._target.kind != "node" or not alone or view.graph.wires_of[name]:
            return None
        return OntoWire(view, lambda key: view.questions.takes_node(name, key))

    def _let_go(self) -> None:
        if self._onto is not None:
            self._onto.end()

    def _step(self, at: Pointer) -> QPointF:
        step = at.scene - self._pressed.scene
        if at.free:
            return step
        place = self._held + step
        return QPointF(snapped(place.x()), snapped(place.y())) - self._held

    def _show(self, step: QPointF) -> None:
        graph = self.view.graph
        cards = graph.cards()
        graph.move_nodes({name: place + step for name, place in self._nodes.items()})
        for key, place in self._cards.items():
            cards[key].setPos(place + step)
        for key, place in self._watches.items():
            graph.watches[key].setPos(place + step)
            graph.watches[key].tie(graph.anchor_of(graph.watches[key]))
        graph.touched.emit()

    def _put_back(self) -> None:
        """Shows what the look says; after an accepted move that is the new place."""
        graph = self.view.graph
        cards = graph.cards()
        for key in self._cards.keys() & cards.keys():
            cards[key].settle()
        for key in self._watches.keys() & graph.watches.keys():
            graph.watches[key].settle()
            graph.watches[key].tie(graph.anchor_of(graph.watches[key]))
        graph.settle(self._nodes)


class Resize(Gesture):
    """The lower right corner of a note or a frame."""

    cursor = Qt.CursorShape.SizeFDiagCursor

    def __init__(self, view: CanvasView, key: str, card: CardItem) -> None:
        super().__init__(view)
        self._key, self._card = key, card

    def start(self, at: Pointer) -> None:
        """Remembers the size."""
        self._before = self._card.body()
        self._pressed = at.scene

    def move(self, at: Pointer) -> None:
        """Shows the new size."""
        self._card.preview(QRectF(self._before.topLeft(), self._corner(at)))

    def end(self, at: Pointer) -> None:
        """Asks for the new size."""
        corner = self._corner(at)
        if corner != self._before.bottomRight():
            size = corner - self._before.topLeft()
            self.view.card_resized.emit(self._key, size.x(), size.y())
        if self._card.scene() is not None:
            self._card.settle()

    def cancel(self) -> None:
        """Shows the old size."""
        self._card.settle()

    def _corner(self, at: Pointer) -> QPointF:
        corner = self._before.bottomRight() + at.scene - self._pressed
        least = self._before.topLeft() + QPointF(MIN_CARD, MIN_CARD / 2)
        return QPointF(max(snapped(corner.x()), least.x()), max(snapped(corner.y()), least.y()))


def _xy(point: QPointF) -> tuple[float, float]:
    return point.x(), point.y()
