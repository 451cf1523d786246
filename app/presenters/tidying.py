"""The tidying presenter: what is selected is aligned, distributed or arranged; the rest stays."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QRectF

from app.document import edits
from app.document.aligning import Direction, Edge, aligned, distributed
from app.document.framing import Box
from app.workspace import Workspace
from engine.graph.arrange import arrange, edges_of
from engine.project.project import Position
from widgets.canvas.view import CanvasView


class TidyingPresenter(QObject):
    """Moves nodes and notes, as one step each."""

    def __init__(self, workspace: Workspace, view: CanvasView) -> None:
        super().__init__()
        self._workspace, self._view = workspace, view

    @property
    def count(self) -> int:
        """How many nodes and notes are selected that can be moved."""
        return 0 if self._workspace.is_shown_only else len(self._boxes())

    def align(self, edge: Edge) -> None:
        """Let what is selected share an edge or a middle."""
        self._move(f"Align {edge}", aligned(self._boxes(), edge))

    def distribute(self, direction: Direction) -> None:
        """Make the gaps between what is selected equal."""
        self._move(f"Distribute {direction}", distributed(self._boxes(), direction))

    def tidy_selection(self) -> None:
        """Lay the selected nodes out in layers, from where they begin; nothing else moves."""
        graph, chosen = self._workspace.graph, self._workspace.selection.nodes
        boxes = [self._box(name) for name in chosen]
        origin = min(box[0] for box in boxes), min(box[1] for box in boxes)
        names = [name for name in graph.nodes if name in chosen]
        self._move("Arrange the selection", arrange(names, edges_of(graph), self._sizes(), {}, origin))

    def tidy_rest(self) -> None:
        """Lay the other nodes out in layers around the selected ones, which stay where they were put."""
        graph, chosen = self._workspace.graph, self._workspace.selection.nodes
        kept = {name: self._box(name)[:2] for name in chosen}
        self._move("Arrange the rest", arrange(list(graph.nodes), edges_of(graph), self._sizes(), kept))

    def _sizes(self) -> dict[str, tuple[float, float]]:
        return {name: self._box(name)[2:] for name in self._view.graph.nodes}

    def _boxes(self) -> dict[str, Box]:
        chosen, graph = self._view.selection, self._view.graph
        notes = {key: _box_of(graph.notes[key].body()) for key in chosen.cards & graph.notes.keys()}
        return {**{name: self._box(name) for name in chosen.nodes}, **notes}

    def _box(self, name: str) -> Box:
        return _box_of(self._view.graph.nodes[name].body())

    def _move(self, label: str, places: Mapping[str, Position]) -> None:
        cards = {key: at for key, at in places.items() if key in self._view.graph.notes}
        nodes = {name: at for name, at in places.items() if name not in cards}
        self._workspace.apply(label, edits.move(self._workspace.edited, nodes, cards))


def _box_of(rect: QRectF) -> Box:
    return rect.x(), rect.y(), rect.width(), rect.height()
