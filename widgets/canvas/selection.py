"""What is selected and where the keyboard is; survives new looks as far as the names do."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import QObject, Signal

from widgets.canvas.looks import CanvasTarget, WireKey
from widgets.canvas.scene import CanvasScene


class Selection(QObject):
    """Selected nodes, wires, cards (notes and frames) and watch cards, and the focused node."""

    changed = Signal()

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__(scene)
        self._scene = scene
        self.nodes: set[str] = set()
        self.wires: set[WireKey] = set()
        self.cards: set[str] = set()
        self.watches: set[str] = set()
        self.focus: str | None = None

    def replace(
        self,
        nodes: Iterable[str] = (),
        wires: Iterable[WireKey] = (),
        cards: Iterable[str] = (),
        watches: Iterable[str] = (),
    ) -> None:
        """Selects exactly this; names that are not on the canvas are left out."""
        scene = self._scene
        chosen = (
            {name for name in nodes if name in scene.nodes},
            {key for key in wires if key in scene.wires},
            {key for key in cards if key in scene.notes or key in scene.frames},
            {key for key in watches if key in scene.watches},
        )
        if chosen == (self.nodes, self.wires, self.cards, self.watches):
            return
        self.nodes, self.wires, self.cards, self.watches = chosen
        self.show()
        self.changed.emit()

    def clear(self) -> None:
        """Selects nothing."""
        self.replace()

    def holds(self, target: CanvasTarget) -> bool:
        """Whether a thing is selected."""
        kinds: dict[str, Collection[object]] = {
            "node": self.nodes,
            "wire": self.wires,
            "note": self.cards,
            "frame": self.cards,
            "watch": self.watches,
        }
        return target.id in kinds.get(target.kind, ())

    def press(self, target: CanvasTarget, adding: bool) -> None:
        """Selects what was pressed; `adding` adds it, or takes it away if it was selected."""
        kinds: tuple[set[object], ...] = ({*self.nodes}, {*self.wires}, {*self.cards}, {*self.watches})
        index = {"node": 0, "wire": 1, "note": 2, "frame": 2, "watch": 3}[target.kind]
        if target.id in kinds[index]:
            if adding:
                kinds[index].discard(target.id)
        else:
            if not adding:
                kinds = (set(), set(), set(), set())
            kinds[index].add(target.id)
        self.replace(*kinds)  # type: ignore[arg-type]  # each set holds ids of its kind

    def set_focus(self, name: str | None) -> None:
        """Moves the keyboard's place; the ring shows it."""
        if name != self.focus:
            self.focus = name if name in self._scene.nodes else None
            self.show()

    def refresh(self) -> None:
        """Drops what a new look no longer has, and marks the new items."""
        if self.focus not in self._scene.nodes:
            self.focus = None
        self.replace(self.nodes, self.wires, self.cards, self.watches)
        self.show()

    def show(self) -> None:
        """Tells every item whether it is selected; items repaint only if that is new."""
        for name, node in self._scene.nodes.items():
            node.choose(name in self.nodes, name == self.focus)
        for key, wire in self._scene.wires.items():
            touched = wire.look.source in self.nodes or wire.look.target in self.nodes
            wire.choose(key in self.wires, touched)
        for name, card in self._scene.cards().items():
            card.choose(name in self.cards)
        for name, watch in self._scene.watches.items():
            watch.choose(name in self.watches)
        self._scene.touched.emit()
