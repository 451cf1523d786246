"""Wiring without a mouse: choose a port, then a port that takes the wire, then Enter."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from widgets.canvas.gestures.base import Gesture, Pointer
from widgets.canvas.gestures.loose_wire import LooseWire
from widgets.canvas.gestures.unfolding import Unfolding
from widgets.canvas.mood import PortKey, Side

_FORWARD = (Qt.Key.Key_Down, Qt.Key.Key_Right)
_BACK = (Qt.Key.Key_Up, Qt.Key.Key_Left)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
MOST_ASKED, MOST_MENDED = 400, 40
"""So many ports around are asked whether they take the wire, and so many what would help if they do not."""
ASIDE = 80.0
"""How far from its wire's beginning a new node is put."""


class KeyboardWiring(Gesture):
    """Starts at the focused node; arrows choose, Enter goes on, Tab adds a node, Esc ends."""

    def begin(self, node: str) -> bool:
        """Offers the node's ports, outputs first; False if it has none."""
        self._start, self._end = Unfolding(self.view.graph), Unfolding(self.view.graph)
        self._start.show(node)
        item = self.view.graph.nodes[node]
        outputs: list[PortKey] = [(node, port.name, "output") for port in item.shown.outputs]
        inputs: list[PortKey] = [(node, port.name, "input") for port in item.shown.inputs]
        self._choices = outputs + inputs
        self._index = 0
        self._wire: LooseWire | None = None
        if self._choices:
            self._show()
        return bool(self._choices)

    def key(self, event: QKeyEvent) -> bool:
        """Arrows, Enter and Esc; every other key is ignored meanwhile."""
        if self._wire is None and self._change(event):
            return True
        if event.key() in _FORWARD or event.key() in _BACK:
            if self._choices:
                self._index = (self._index + (1 if event.key() in _FORWARD else -1)) % len(self._choices)
                self._show()
        elif event.key() in _ENTER:
            self._enter()
        elif event.key() == Qt.Key.Key_Tab:
            self._add()
        elif event.key() == Qt.Key.Key_Escape:
            self.view.cancel_gesture()
        return True

    def _change(self, event: QKeyEvent) -> bool:
        """Delete takes the wire off the chosen input; Shift and an arrow swap it with that of a neighbour."""
        node, port, side = chosen = self._choices[self._index]
        inputs = [choice for choice in self._choices if choice[2] == "input"]
        if side != "input":
            return False
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if (node, port) in self.view.graph.wires:
                self.view.cancel_gesture()
                self.view.wire_removed.emit(node, port)
            return True
        is_arrow = event.key() in _FORWARD or event.key() in _BACK
        if not (is_arrow and event.modifiers() & Qt.KeyboardModifier.ShiftModifier):
            return False
        step = 1 if event.key() in _FORWARD else -1
        other = inputs[(inputs.index(chosen) + step) % len(inputs)]
        if other != chosen:
            self.view.cancel_gesture()
            self.view.swap_requested.emit(node, port, other[1])
        return True

    def end(self, _at: Pointer) -> None:
        """A click ends it without a wire."""
        self.cancel()

    def cancel(self) -> None:
        """Takes preview, fading and hint away."""
        self._start.show(None)
        self._end.show(None)
        self.view.around.takes = None
        self.view.light_port(None)
        self.view.pill.say("")
        self.view.viewport().update()

    def paint(self, painter: QPainter) -> None:
        """The wire to the port that is chosen."""
        if self._wire is not None:
            self._wire.paint(painter)

    def bounds(self) -> QRectF:
        """What the wire covers."""
        return self._wire.bounds() if self._wire is not None else QRectF()

    def _enter(self) -> None:
        if self._wire is not None:
            self._connect(self._wire)
            return
        self._wire = LooseWire(self.view, self._choices[self._index])
        self._choices = self._takers(self._wire)
        self._index = 0
        self.view.around.takes = self._wire.takes
        self.view.viewport().update()
        self._show()

    def _connect(self, wire: LooseWire) -> None:
        """Asks for the wire to the chosen port, or for what has to be put before that."""
        port = self._choices[self._index] if self._choices else None
        self.view.cancel_gesture()
        if port is not None and wire.refusal(port):
            place = self.view.graph.nodes[port[0]].port_place(port[1], port[2])
            at = self.view.viewport().mapToGlobal(self.view.mapFromScene(place))
            self.view.mend_requested.emit(wire.ends(port), None, at)
        elif port is not None:
            self.view.wire_requested.emit(*wire.ends(port))

    def _add(self) -> None:
        """Asks for a new node on the wire instead, beside the one that it comes from."""
        if self._wire is None:
            return
        fixed = self._wire.fixed
        self.view.cancel_gesture()
        place = self.view.graph.nodes[fixed[0]].port_place(fixed[1], fixed[2])
        away = ASIDE if fixed[2] == "output" else -ASIDE
        self.view.add_requested.emit(place.x() + away, place.y(), fixed)

    def _takers(self, wire: LooseWire) -> list[PortKey]:
        """Every port that takes the wire, nearest first, for a press of Enter mostly means that one.

        Tucked inputs come after them, then the ports that take it with something put between.
        """
        side: Side = "input" if wire.fixed[2] == "output" else "output"
        graph = self.view.graph
        start = graph.nodes[wire.fixed[0]].port_place(wire.fixed[1], wire.fixed[2])
        ports = [
            (
                (item.port_place(port.name, side) - start).manhattanLength(),
                port in item.shown.tucked,
                name,
                port.name,
            )
            for name, item in graph.nodes.items()
            if name != wire.fixed[0]
            for port in (item.shown.unfold().inputs if side == "input" else item.shown.outputs)
        ]
        found: list[tuple[bool, bool, float, PortKey]] = []
        doubtful = MOST_MENDED
        for away, tucked, name, port in sorted(ports)[:MOST_ASKED]:
            key: PortKey = (name, port, side)
            refused = bool(wire.refusal(key))
            if refused and not tucked and doubtful:
                doubtful -= 1
                if wire.remedies(key):
                    found.append((refused, tucked, away, key))
            elif not refused:
                found.append((refused, tucked, away, key))
        return [key for *_, key in sorted(found)]

    def _is_tucked(self, port: PortKey) -> bool:
        return any(
            port[2] == "input" and look.name == port[1]
            for look in self.view.graph.nodes[port[0]].shown.tucked
        )

    def _show(self) -> None:
        """Lights the chosen port, leads the wire to it, and says what the keys do."""
        fixed = self._wire.fixed if self._wire is not None else None
        port = self._choices[self._index] if self._choices else fixed
        if port is None:
            return
        if self._wire is not None:
            self._end.show(port[0] if self._choices and self._is_tucked(port) else None)
        place = self.view.graph.nodes[port[0]].port_place(port[1], port[2])
        at = self.view.mapFromScene(place) + QPoint(0, 12)
        if self._wire is not None and not self._choices:
            self.view.pill.say("No port takes this wire. Tab adds a node, Esc ends.", at)
            return
        if self._wire is not None:
            reason = self._wire.refusal(port)
            self._wire.lead_to(place, reason)
            does = (
                f"Enter inserts {self._wire.remedies(port)[0].partition(',')[0]}"
                if reason
                else "Enter connects"
            )
            words = f"{port[0]}: {port[1]}. {does}, arrows choose, Tab adds a node, Esc ends."
            self.view.pill.say(words, at, calm=True)
        else:
            wired = port[2] == "input" and port[:2] in self.view.graph.wires
            more = " Delete takes its wire off, Shift+Down swaps it with the next." if wired else ""
            words = f"From {port[1]}? Enter goes on, arrows choose, Esc ends.{more}"
            self.view.pill.say(words, at, calm=True)
        self.view.light_port(port)
        self.view.camera.reveal(place)
        self.view.repaint_gesture()
