"""Drawing a wire from either end, and taking a connected one off its input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from widgets.canvas import hits
from widgets.canvas.gestures.base import Gesture, Pointer, moved_enough
from widgets.canvas.gestures.loose_wire import LooseWire
from widgets.canvas.gestures.unfolding import Unfolding
from widgets.canvas.looks import WireKey
from widgets.canvas.mood import PortKey
from widgets.canvas.node_item import NodeItem

if TYPE_CHECKING:
    from widgets.canvas.view import CanvasView

SNAP_WITHIN = 24.0


class Connect(Gesture):
    """Press on a port. An input that has a wire gives its end into the hand.

    On another wired input of the same node the two wires change places.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: CanvasView, port: PortKey) -> None:
        super().__init__(view)
        self._port = port
        self._wire: LooseWire | None = None
        self._detached: WireKey | None = None
        self._target: PortKey | None = None
        self._unfolding = Unfolding(view.graph)

    def start(self, at: Pointer) -> None:
        """Waits for a drag: a click on a port moves no wire."""
        self._pressed = at

    def move(self, at: Pointer) -> None:
        """Leads the loose end to the pointer, or to a port near it."""
        if self._wire is None:
            if not moved_enough(self._pressed.viewport, at.viewport):
                return
            self._wire = self._take_up()
        wire = self._wire
        self._unfold_near(at, wire)
        self._target = self._port_for(at, wire)
        swaps = self._target is not None and self._swaps(self._target)
        reason = wire.refusal(self._target) if self._target and not swaps else ""
        if self._target and not reason:
            wire.lead_to(self.view.graph.nodes[self._target[0]].port_place(self._target[1], self._target[2]))
        else:
            wire.lead_to(at.scene, reason)
        self.view.light_port(self._target if not reason else None)
        words = wire.advice(self._target) if self._target and reason else ""
        if swaps and self._detached and self._target:
            words = f"Let go to swap {self._detached[1]} and {self._target[1]}."
        self.view.pill.say(words, at.viewport, calm=swaps)

    def end(self, at: Pointer) -> None:
        """Asks for the wire, for its removal, or for a node to connect it to."""
        wire, target, detached = self._wire, self._target, self._detached
        self._let_go()
        if wire is None:
            self.view.selection.replace([self._port[0]])
        elif target is not None:
            source, source_port, node, port = ends = wire.ends(target)
            if detached is not None and self._swaps(target):
                self.view.swap_requested.emit(node, detached[1], port)
                return
            if wire.refusal(target):
                if wire.remedies(target):
                    self.view.mend_requested.emit(
                        ends, detached, self.view.viewport().mapToGlobal(at.viewport)
                    )
                return
            if detached is None:
                self.view.wire_requested.emit(source, source_port, node, port)
            elif detached != (node, port):
                self.view.wire_moved.emit(*detached, node, port)
        elif hits.node_at(self.view.graph, at.scene) is None:
            if detached is not None:
                self.view.wire_removed.emit(*detached)
            else:
                self.view.add_requested.emit(at.scene.x(), at.scene.y(), wire.fixed)

    def cancel(self) -> None:
        """Gives the wire back."""
        self._let_go()

    def paint(self, painter: QPainter) -> None:
        """The loose wire."""
        if self._wire is not None:
            self._wire.paint(painter)

    def bounds(self) -> QRectF:
        """What the loose wire covers."""
        return self._wire.bounds() if self._wire is not None else QRectF()

    def _take_up(self) -> LooseWire:
        graph = self.view.graph
        fixed = self._port
        old = graph.wires.get(self._port[:2]) if self._port[2] == "input" else None
        if old is not None and old.look.source in graph.nodes:
            self._detached = old.key
            old.detach(True)
            fixed = (old.look.source, old.look.source_port, "output")
        wire = LooseWire(self.view, fixed)
        self.view.around.takes = wire.takes
        self.view.viewport().update()
        return wire

    def _swaps(self, port: PortKey) -> bool:
        """Whether a port is another wired input of the node whose wire is in the hand: they change places."""
        held = self._detached
        return (
            held is not None and port[0] == held[0] and port[:2] != held and port[:2] in self.view.graph.wires
        )

    def _port_for(self, at: Pointer, wire: LooseWire) -> PortKey | None:
        """The nearest port that takes the wire; else one right under the pointer, to say why it does not."""
        reach = SNAP_WITHIN / self.view.around.scale
        found = [
            (away, port)
            for away, port in hits.ports_near(self.view.graph, at.scene, reach)
            if port != wire.fixed and port[2] != wire.fixed[2]
        ]
        for _, port in found:
            if self._swaps(port) or not wire.refusal(port):
                return port
        if found:
            return found[0][1]
        node = hits.node_at(self.view.graph, at.scene)
        return _open_port(node, wire) if node is not None and node.name != wire.fixed[0] else None

    def _unfold_near(self, at: Pointer, wire: LooseWire) -> None:
        """Brings out tucked inputs that take the wire; they stay while the pointer is over the node."""
        graph = self.view.graph
        open_now = graph.nodes.get(self._unfolding.node or "")
        if open_now is not None and open_now.body().adjusted(-SNAP_WITHIN / 2, 0, 0, 0).contains(at.scene):
            return
        node = hits.folded_near(graph, at.scene, SNAP_WITHIN / self.view.around.scale)
        fits = node is not None and any(wire.takes((node.name, p.name, "input")) for p in node.look.tucked)
        self._unfolding.show(node.name if node is not None and fits else None)

    def _let_go(self) -> None:
        self._unfolding.show(None)
        if self._detached is not None and (old := self.view.graph.wires.get(self._detached)):
            old.detach(False)
        self.view.around.takes = None
        self.view.light_port(None)
        self.view.pill.say("")
        self.view.viewport().update()


def _open_port(node: NodeItem, wire: LooseWire) -> PortKey | None:
    """A wire dropped on a body takes the first port that fits, a free one if there is one."""
    side = "input" if wire.fixed[2] == "output" else "output"
    ports = node.shown.inputs if side == "input" else node.shown.outputs
    keys: list[tuple[bool, PortKey]] = []
    for port in ports:
        key: PortKey = (node.name, port.name, "input" if side == "input" else "output")
        keys.append((side == "input" and port.connected, key))
    keys.sort(key=lambda pair: pair[0])
    fitting = [key for _, key in keys if not wire.refusal(key)]
    return fitting[0] if fitting else (keys[0][1] if keys else None)
