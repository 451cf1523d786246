"""The find presenter: what is in the graph, found by names, ops, attributes and texts, and shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF

from app.document.places import places
from app.presenters.canvas import READABLE
from app.workspace import Selection, Workspace
from engine import registry
from engine.graph.graph import Node
from engine.project.project import Project
from widgets.canvas.view import CanvasView
from widgets.icons import category_icon
from widgets.search.find_box import FindBox
from widgets.search.looks import FindLook

NOTE_WORDS = 60
"""So many letters of a note stand in the list."""


class FindPresenter(QObject):
    """Fills the box, and goes to what was chosen. F3 goes on without the box."""

    def __init__(self, workspace: Workspace, view: CanvasView, box: FindBox) -> None:
        super().__init__()
        self._workspace, self._view, self._box = workspace, view, box
        self._at = ""
        box.chosen.connect(self.go)

    def open(self) -> None:
        """Ask what to look for."""
        self._box.open(find_looks(self._workspace.document.project), self._box.field.text())

    def step(self, by: int) -> None:
        """Go to the next, or for -1 the previous, of what was looked for last; wraps around."""
        text = self._box.field.text()
        found = self._box.found(find_looks(self._workspace.document.project), text) if text.strip() else []
        if not found:
            self.open()
            return
        index = found.index(self._at) + by if self._at in found else (0 if by > 0 else -1)
        self.go(found[index % len(found)])

    def go(self, where: str) -> None:
        """Show a node, a note or a frame in the middle of the canvas, and select it."""
        self._at = where
        kind, _, rest = where.partition(":")
        path, _, name = rest.rpartition("/")
        if kind != "node":
            path, name = "", rest
        if path != self._workspace.place.path:
            self._workspace.open(path)
        if kind == "node" and name in self._view.graph.nodes:
            self._workspace.select(Selection((name,)))
            self._view.focus_node(name)
            self._centre(self._view.graph.nodes[name].body())
        elif name in self._view.graph.cards():
            self._view.selection.replace(cards=(name,))
            self._centre(self._view.graph.cards()[name].body())

    def _centre(self, body: QRectF) -> None:
        scale = max(self._view.camera.scale, READABLE)
        self._view.camera.look_at(body.center(), scale, animated=True)


def find_looks(project: Project) -> tuple[FindLook, ...]:
    """Everything in a project that can be found, the drawing first."""
    looks = [
        _node_look(path, node)
        for path, graph in places(project.graph).items()
        for node in graph.nodes.values()
    ]
    for frame in project.frames:
        looks.append(FindLook(f"frame:{frame.id}", "Frame", frame.title or frame.id, icon="action-frame"))
    for note in project.notes:
        text = " ".join(note.text.split())
        title = text if len(text) <= NOTE_WORDS else f"{text[:NOTE_WORDS]}…"
        looks.append(FindLook(f"note:{note.id}", "Note", title, icon="action-note", words=(text,)))
    return tuple(looks)


def _node_look(path: str, node: Node) -> FindLook:
    kind = registry.find(node.op)
    attributes = {**node.attributes, **node.expressions}
    settings = tuple(f"{name} {_shown(value)}" for name, value in attributes.items())
    detail = ", ".join((node.op, *settings)) + (f", in {path}" if path else "")
    icon = category_icon(kind.category if kind is not None else "")
    where = f"node:{path}/{node.name}" if path else f"node:{node.name}"
    return FindLook(where, "Node", node.name, detail, icon=icon, words=(node.op, *settings, path))


def _shown(value: object) -> str:
    """An attribute's value as one writes it; a long list is not written out."""
    text = " x ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= NOTE_WORDS else f"{text[:NOTE_WORDS]}…"
