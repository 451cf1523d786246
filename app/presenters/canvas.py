"""The canvas presenter: shows the workspace on the canvas, and turns its gestures into edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.document import clipboard, edits, routing
from app.document.grouping import grouped
from app.document.signing import dropped
from app.document.ungrouping import ungrouped
from app.presenters import node_looks
from app.presenters.frames import frame_looks
from app.workspace import Selection, Workspace
from engine.errors import FlowscopeError
from engine.graph.arrange import arrange, edges_of
from engine.graph.check import Problem
from engine.graph.graph import PortKey
from engine.ops.python import Python
from engine.project.project import Position, Project
from widgets.canvas.frame_item import with_content
from widgets.canvas.geometry import layout
from widgets.canvas.looks import CanvasLook, Density, FrameLook, NodeLook
from widgets.canvas.view import CanvasView

BEGIN = (
    "Press Tab to add a node, or start from <a href='digits-mlp'>Digits</a>, "
    "<a href='spiral'>Spirals</a> or <a href='import'>an ONNX model</a>."
)
BEGIN_INSIDE = "Press Tab to add a node."
"""What an empty canvas says; the links are the names of demos."""

READABLE = 0.55
"""The scale below which the text on nodes is too small."""
TOP_ROOM = 270.0
"""Left free above a graph that is shown from its beginning: the run bar lies there."""


class CanvasPresenter(QObject):
    """Everything between the document and the canvas."""

    added = Signal(str)
    """The op of a node that was added."""
    code_requested = Signal(str)
    """The node whose code the user wants to see."""

    def __init__(self, workspace: Workspace, view: CanvasView) -> None:
        super().__init__()
        self._workspace = workspace
        self._document = workspace.document
        self._view = view
        self._arranged: dict[str, Position] = {}
        self._density: Density = "build"
        view.nodes_moved.connect(self._move)
        view.card_resized.connect(self._resize_note)
        view.delete_requested.connect(self._delete)
        view.selection_changed.connect(self._select)
        view.node_dropped.connect(self._drop)
        view.open_requested.connect(self.open)
        view.leave_requested.connect(self.leave)
        view.note_edited.connect(self._edit_note)
        view.rename_requested.connect(self._rename)
        workspace.changed.connect(self.refresh)
        workspace.place_changed.connect(self._enter)
        workspace.selection_changed.connect(self._show_selection)
        self.refresh()

    # ---- showing -------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Tell the canvas the present look; it finds the differences by itself."""
        graph, checked = self._workspace.graph, self._workspace.shown
        project = self._document.project
        inside = self._workspace.is_inside
        problems: dict[str, Problem] = {}
        for problem in self._workspace.shown_problems:
            problems.setdefault(problem.node, problem)
        nodes = {
            name: node_looks.node_look(graph, checked, node, (0.0, 0.0), problems)
            for name, node in graph.nodes.items()
        }
        self._place(nodes, {} if self._workspace.is_shown_only else self._workspace.edited.positions)
        notes = {} if inside else {note.id: node_looks.note_look(note) for note in project.notes}
        frames = {} if inside else self._frames(nodes)
        routes = {} if self._workspace.is_shown_only else self._workspace.edited.routes
        wires = node_looks.wire_looks(graph, checked, routes)
        self._view.set_welcome(BEGIN_INSIDE if inside else BEGIN)
        self._view.set_look(CanvasLook(nodes, wires, notes, frames, density=self._density))

    def _frames(self, nodes: Mapping[str, NodeLook]) -> dict[str, FrameLook]:
        frames = self._document.project.frames
        if not frames:
            return {}
        shapes = {name: layout(look, self._density) for name, look in nodes.items()}
        middles = {
            name: (look.x + shapes[name].width / 2, look.y + shapes[name].height / 2)
            for name, look in nodes.items()
        }
        counts = {name: count for name, (count, _) in self._workspace.parameters.items()}
        return frame_looks(frames, middles, counts)

    def _place(self, nodes: dict[str, NodeLook], positions: Mapping[str, Position]) -> None:
        """Positions from the project; what has none is arranged in layers, once."""
        missing = [name for name in nodes if name not in positions]
        if missing and any(name not in self._arranged for name in missing):
            shapes = {name: layout(look, "build") for name, look in nodes.items()}
            sizes = {name: (shape.width, shape.height) for name, shape in shapes.items()}
            self._arranged = dict(
                arrange(list(nodes), edges_of(self._workspace.graph), sizes, dict(positions))
            )
        for name, look in nodes.items():
            x, y = positions.get(name) or self._arranged[name]
            nodes[name] = replace(look, x=x, y=y)

    def _enter(self) -> None:
        self._arranged = {}
        self.refresh()
        self.show_all()

    def show_all(self) -> None:
        """Fit the graph into the view; of one too large to be read there, show the beginning instead."""
        self._view.fit_all(animated=False)
        _, _, scale = self._view.place()
        if scale < READABLE:
            rect = self._view.graph.itemsBoundingRect()
            room = self._view.viewport().size() / READABLE
            middle = min(rect.center().y(), rect.top() + room.height() / 2 - TOP_ROOM)
            self._view.set_place(rect.left() + room.width() / 2 - 40, middle, READABLE)

    def _show_selection(self) -> None:
        selection = self._workspace.selection
        if (sorted(selection.nodes), sorted(selection.wires)) != (
            self._view.selected_nodes(),
            self._view.selected_wires(),
        ):
            self._view.select(selection.nodes, selection.wires)

    # ---- intents -------------------------------------------------------------------------------------

    def add(self, op: str, x: float, y: float) -> str:
        """Add a node at a point of the canvas and select it; returns its name."""
        if self._workspace.refuses():
            return ""
        project, name = edits.add_node(self._workspace.edited, op, x, y)
        self._workspace.apply(f"Add {op}", project)
        self._workspace.select(Selection((name,)))
        self.added.emit(op)
        return name

    def _drop(self, op: str, x: float, y: float) -> None:
        try:
            self.add(op, x, y)
        except FlowscopeError as error:  # another program can drag any name here
            self._workspace.said.emit(str(error), "warning")

    def add_note(self, x: float, y: float) -> None:
        """Put an empty note on the canvas and begin to write in it."""
        if self._workspace.is_inside:
            self._workspace.said.emit("Notes lie on the main canvas only.", "info")
            return
        project, note = edits.add_note(self._workspace.edited, x, y, "Write here.")
        self._workspace.apply("Add note", project)
        self._view.edit_card(note)

    def group(self) -> None:
        """Make a function of the selected nodes, and put a call of it in their place."""
        called = ""

        def edit(project: Project) -> Project:
            nonlocal called
            project, called = grouped(project, self._workspace.selection.nodes, self._workspace.shown)
            return project

        self._workspace.attempt("Make a function", edit)
        if called:
            self._workspace.select(Selection((called,)))

    def ungroup(self) -> None:
        """Put the nodes of the called functions in the place of the selected calls."""
        came: list[str] = []

        def edit(project: Project) -> Project:
            for node in self._workspace.selection.nodes:
                project, names = ungrouped(project, node)
                came.extend(names)
            return project

        self._workspace.attempt("Write the function out", edit)
        if came:
            self._workspace.select(Selection(tuple(came)))

    def open(self, node: str) -> None:
        """Look inside a block, or at the code of a node."""
        if self._workspace.graph.nodes[node].op == Python.__name__ and not self._workspace.is_shown_only:
            self.code_requested.emit(node)
            return
        path = self._workspace.place.path
        self._workspace.open(f"{path}/{node}" if path else node)

    def leave(self) -> None:
        """Back to the graph around the block that is shown."""
        if self._workspace.is_inside:
            self._workspace.open(self._workspace.place.path.rpartition("/")[0])

    def arrange_all(self) -> None:
        """Lay all nodes out in layers, as one edit."""
        graph = self._workspace.graph
        shapes = {name: item.body().size() for name, item in self._view.graph.nodes.items()}
        sizes = {name: (size.width(), size.height()) for name, size in shapes.items()}
        places = dict(arrange(list(graph.nodes), edges_of(graph), sizes, {}))
        if self._workspace.is_shown_only:
            self._move(places, {})
        else:
            # Dots that were put where nodes lay would lead wires astray.
            project = routing.straighten(self._workspace.edited, graph.wires)
            self._workspace.apply("Arrange in layers", edits.move(project, places))
        self._view.fit_all()

    def set_density(self, density: Density) -> None:
        """Show more or less on each node: learn, build or expert."""
        self._density = density
        self.refresh()

    def delete_with_content(self) -> None:
        """Delete what is selected and what lies in selected frames: what `copy` takes along."""
        nodes, cards = with_content(self._view.selection, self._view.graph)
        self._view.selection.replace(nodes, self._view.selection.wires, cards)
        self._view.request_delete()

    def copy(self) -> str:
        """What is selected, frames with what lies in them, as JSON text; empty when nothing is selected."""
        nodes, notes = with_content(self._view.selection, self._view.graph)
        if self._workspace.is_shown_only or not (nodes or notes):
            return ""
        return clipboard.to_text(self._workspace.edited, nodes, notes)

    def paste(self, text: str, at: Position | None = None, label: str = "Paste") -> None:
        """Add what a text holds, or say why it cannot be."""
        if self._workspace.refuses():
            return
        try:
            project, names = clipboard.paste(self._workspace.edited, text, at)
        except FlowscopeError as error:
            self._workspace.said.emit(str(error), "warning")
            return
        self._workspace.apply(label, project)
        self._workspace.select(Selection(names))

    def _move(self, nodes: Mapping[str, Position], cards: Mapping[str, Position]) -> None:
        if self._workspace.is_shown_only:
            self._arranged.update(nodes)
            self.refresh()
            return
        names = [*nodes, *cards]
        what = names[0] if len(names) == 1 else f"{len(names)} items"
        self._workspace.apply(f"Move {what}", edits.move(self._workspace.edited, nodes, cards))

    def _delete(self, nodes: Iterable[str], wires: Iterable[PortKey], notes: Iterable[str]) -> None:
        gone = (tuple(nodes), tuple(wires), tuple(notes))
        count = sum(map(len, gone))
        if count:
            what = next(iter(gone[0]), "wire" if gone[1] else "note") if count == 1 else f"{count} items"
            before = self._document.project.graph
            self._workspace.attempt(f"Delete {what}", lambda project: edits.delete(project, *gone))
            if lost := dropped(before, self._document.project.graph):
                self._workspace.said.emit(lost, "info")

    def _edit_note(self, note: str, written: str) -> None:
        self._workspace.attempt("Edit note", lambda project: edits.edit_note(project, note, written))

    def _resize_note(self, note: str, width: float, height: float) -> None:
        self._workspace.attempt(
            "Resize note", lambda project: edits.resize_note(project, note, width, height)
        )

    def _rename(self, old: str, new: str) -> None:
        self._workspace.attempt(f"Rename {old} to {new}", lambda project: edits.rename(project, old, new))
        if new in self._workspace.edited.graph.nodes:
            self._workspace.select(Selection((new,)))

    def _select(self, nodes: Iterable[str], wires: Iterable[PortKey]) -> None:
        self._workspace.select(Selection(tuple(nodes), tuple(wires)))
