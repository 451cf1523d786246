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
        before = (self.nodes, self.wires, self.cards, self.watches)
        if chosen == before:
            return
        self.nodes, self.wires, self.cards, self.watches = chosen
        changed = self.nodes ^ before[0]
        wires = (self.wires ^ before[1]).union(*(scene.wires_of[name] for name in changed))
        self._mark(changed, wires, self.cards ^ before[2], self.watches ^ before[3])
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
            before, self.focus = self.focus, name if name in self._scene.nodes else None
            self._mark({name for name in (before, self.focus) if name is not None})

    def refresh(self) -> None:
        """Drops what a new look no longer has, and marks the new items."""
        if self.focus not in self._scene.nodes:
            self.focus = None
        self.replace(self.nodes, self.wires, self.cards, self.watches)
        scene = self._scene
        self._mark(scene.nodes, scene.wires, scene.cards(), scene.watches)

    def _mark(
        self,
        nodes: Iterable[str],
        wires: Iterable[WireKey] = (),
        cards: Iterable[str] = (),
        watches: Iterable[str] = (),
    ) -> None:
        """Tells these items whether they are selected; they repaint only if that is new."""
        scene, its_cards = self._scene, self._scene.cards()
        for name in nodes:
            if node := scene.nodes.get(name):
                node.choose(name in self.nodes, name == self.focus)
        for key in wires:
            if wire := scene.wires.get(key):
                touched = wire.look.source in self.nodes or wire.look.target in self.nodes
                wire.choose(key in self.wires, touched)
        for name in cards:
            if card := its_cards.get(name):
                card.choose(name in self.cards)
        for name in watches:
            if watch := scene.watches.get(name):
                watch.choose(name in self.watches)
        scene.touched.emit()
