"""What is lit under the pointer: a node, a port, or a wire with both its ends."""

from __future__ import annotations

from widgets.canvas.looks import CanvasTarget, WireKey
from widgets.canvas.mood import Side
from widgets.canvas.scene import CanvasScene


class Lights:
    """Remembers what it lit, so that it can put it out again."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._nodes: set[str] = set()
        self._wire: WireKey | None = None

    def show(self, target: CanvasTarget) -> None:
        """Lights the target, and puts out what was lit before."""
        hovered: str | None = None
        ports: dict[str, frozenset[tuple[Side, str]]] = {}
        wire: WireKey | None = None
        if target.kind in ("node", "fold"):
            hovered = target.id
        elif target.kind == "port":
            hovered, port, side = target.id
            ports[target.id[0]] = frozenset([(side, port)])
        elif target.kind in ("wire", "dot"):
            wire = target.id if target.kind == "wire" else target.id[0]
            look = self._scene.wires[wire].look
            ports[look.source] = frozenset([("output", look.source_port)])
            ports[look.target] = ports.get(look.target, frozenset()) | {("input", look.target_port)}
        lit = set(ports) | ({hovered} if hovered else set())
        for name in (self._nodes | lit) & self._scene.nodes.keys():
            self._scene.nodes[name].hover(name == hovered, ports.get(name, frozenset()))
        for key, on in ((self._wire, False), (wire, True)):
            if key is not None and (item := self._scene.wires.get(key)):
                item.hover(on)
        self._nodes, self._wire = lit, wire

    def forget(self) -> None:
        """Forgets what is no longer on the canvas."""
        self._nodes &= self._scene.nodes.keys()
        if self._wire not in self._scene.wires:
            self._wire = None
