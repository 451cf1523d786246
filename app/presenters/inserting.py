"""The inserting presenter: nodes that are put on wires, and remedies between ends that do not fit."""

from __future__ import annotations

import functools
from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QRectF
from PySide6.QtWidgets import QMenu

from app.document import edits
from app.document.inserting import Box, OnWire, Ports, put_between, with_room
from app.document.mending import Remedy, mended, remedies
from app.presenters import node_looks
from app.presenters.canvas import CanvasPresenter
from app.workspace import Selection, Workspace
from engine.graph.graph import PortKey
from engine.project.project import Project
from widgets import icons, theme
from widgets.canvas.geometry import HEADER, PORT_ROW, SETTINGS_LINE, layout
from widgets.canvas.view import CanvasView
from widgets.canvas.wire_item import WireItem

Edit = Callable[[Project], tuple[Project, str]]
"""Adds a node and leads the wire through it; gives the node's name, too."""


class InsertingPresenter(QObject):
    """Each insertion is one step of undo: the node, its wires, and the room that is made for it."""

    def __init__(self, workspace: Workspace, view: CanvasView, canvas: CanvasPresenter) -> None:
        super().__init__()
        self._workspace = workspace
        self._view = view
        self._canvas = canvas
        view.questions.remedies = self._titles
        view.questions.takes_node = self._takes_node
        view.questions.takes_op = lambda op, wire: self.ports(op, wire) is not None
        view.mend_requested.connect(self._offer)
        view.insert_requested.connect(self._insert)
        view.node_dropped_on_wire.connect(self.add_on_wire)

    # ---- answers -------------------------------------------------------------------------------------

    def ports(self, op: str, wire: PortKey) -> Ports | None:
        """The ports with which a new node of an op fits on a wire."""
        on_wire = self.on_wire(wire)
        return on_wire.op(op) if on_wire is not None else None

    def _takes_node(self, node: str, wire: PortKey) -> bool:
        on_wire = self.on_wire(wire, node)
        return on_wire is not None and on_wire.node(node) is not None

    def on_wire(self, wire: PortKey, *nodes: str) -> OnWire | None:
        """Asks whether new nodes, or these drawn ones, fit on a wire; None where nothing can be edited."""
        source = self._workspace.graph.wires.get(wire)
        if source is None or self._workspace.is_shown_only:
            return None
        part = Project(self._workspace.nearby.part(wire[0], source[0], *nodes))
        return OnWire(part, self._workspace.shown, source, wire)

    def _titles(self, source: str, output: str, target: str, port: str) -> tuple[str, ...]:
        return tuple(remedy.title for remedy in self._remedies((source, output), (target, port)))

    def _remedies(self, source: PortKey, target: PortKey) -> tuple[Remedy, ...]:
        nearby = self._workspace.nearby
        # Around a cycle no node leads.
        if self._workspace.is_shown_only or nearby.would_cycle(source[0], target[0]):
            return ()
        part = Project(nearby.part(target[0], source[0]))
        return remedies(part, self._workspace.shown, source, target)

    # ---- edits ---------------------------------------------------------------------------------------

    def add_on_wire(self, op: str, wire: PortKey, x: float, y: float) -> None:
        """Put a new node on a wire, its upper left corner at a place, if the room there allows it."""
        ports = self.ports(op, wire)
        if ports is None:
            return
        source = self._workspace.edited.graph.wires[wire]
        y = _aligned(y, self._view.graph.wires[wire])

        def edit(project: Project) -> tuple[Project, str]:
            project, name = edits.add_node(project, op, x, y)
            return put_between(project, name, source, wire, ports), name

        self._apply(f"Insert {op}", edit, source, wire)
        self._canvas.added.emit(op)

    def add_in_middle(self, op: str, wire: PortKey) -> None:
        """Put a new node in the middle of a wire."""
        x, y = _middle(self._view.graph.wires[wire])
        self.add_on_wire(op, wire, x, y)

    def _insert(self, node: str, wire: PortKey, x: float, y: float) -> None:
        on_wire = self.on_wire(wire, node)
        ports = on_wire.node(node) if on_wire is not None else None
        if ports is None:
            return
        source = self._workspace.edited.graph.wires[wire]
        y = _aligned(y, self._view.graph.wires[wire])

        def edit(project: Project) -> tuple[Project, str]:
            project = put_between(edits.move(project, {node: (x, y)}), node, source, wire, ports)
            return project, node

        self._apply(f"Insert {node}", edit, source, wire)

    def _offer(self, ends: tuple[str, str, str, str], old: PortKey | None, at: QPoint) -> None:
        """A menu of what can be put between two ends; Enter takes the first."""
        source, target = ends[:2], ends[2:]
        menu = QMenu(self._view.window())
        menu.setObjectName("menu-mend")
        menu.aboutToHide.connect(menu.deleteLater)
        for number, remedy in enumerate(self._remedies(source, target)):
            entry = menu.addAction(f"Insert {remedy.title}")
            entry.setObjectName(f"mend-{number}")
            entry.setIcon(icons.icon("action-insert", theme.current().text2))
            entry.triggered.connect(functools.partial(self._mend, remedy, source, target, old))
        if menu.actions():
            menu.setActiveAction(menu.actions()[0])
            menu.popup(at)

    def _mend(
        self, remedy: Remedy, source: PortKey, target: PortKey, old: PortKey | None, _checked: bool = False
    ) -> None:
        nodes = self._view.graph.nodes
        start = nodes[source[0]].port_place(source[1], "output")
        end = nodes[target[0]].port_place(target[1], "input")
        middle = (start + end) / 2

        def edit(project: Project) -> tuple[Project, str]:
            if old is not None:
                project = edits.disconnect(project, old)
            return mended(project, remedy, source, target, middle.x() - 60, middle.y() - _FIRST_PORT)

        self._apply(f"Insert {remedy.op}", edit, source, target)

    def _apply(self, label: str, edit: Edit, source: PortKey, target: PortKey) -> None:
        """Make the edit with room for its node, and select that."""
        chosen = ""

        def roomy(project: Project) -> Project:
            nonlocal chosen
            project, chosen = edit(project)
            boxes = {name: _box(item.body()) for name, item in self._view.graph.nodes.items()}
            boxes[chosen] = (*project.positions[chosen], *self._size(project, chosen))
            return with_room(project, chosen, source[0], target[0], boxes)

        self._workspace.attempt(label, roomy)
        if chosen:
            self._workspace.select(Selection((chosen,)))

    def _size(self, project: Project, name: str) -> tuple[float, float]:
        node = project.graph.nodes[name]
        look = node_looks.node_look(project.graph, self._workspace.shown, node, (0.0, 0.0), {})
        shape = layout(look, "build")
        return shape.width, shape.height


NEAR = 48.0
"""A node that is put on a wire not further off than this comes to lie in line with where the wire begins."""
_FIRST_PORT = HEADER + SETTINGS_LINE + PORT_ROW / 2


def _box(rect: QRectF) -> Box:
    return rect.left(), rect.top(), rect.width(), rect.height()


def _aligned(y: float, wire: WireItem) -> float:
    """The height of a node's corner at which its first ports are in line with the wire's beginning."""
    level = wire.line()[0].y() - _FIRST_PORT
    return level if abs(y - level) <= NEAR else y


def _middle(wire: WireItem) -> tuple[float, float]:
    """Where a node's corner lies so that its first ports lie in the middle of a wire."""
    line = wire.line()
    middle = line[len(line) // 2]
    return middle.x() - 60, middle.y() - _FIRST_PORT
