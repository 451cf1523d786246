"""The routing presenter: dots on wires, and portals that stand for them."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.document import routing
from app.workspace import Workspace
from engine.graph.graph import PortKey
from widgets.canvas.view import CanvasView


class RoutingPresenter(QObject):
    """How wires are drawn; what they carry stays as it is."""

    def __init__(self, workspace: Workspace, view: CanvasView) -> None:
        super().__init__()
        self._workspace = workspace
        self._view = view
        view.dot_added.connect(self._add)
        view.dot_moved.connect(self._move)
        view.dot_removed.connect(self._remove)
        view.portal_renamed.connect(self._rename)

    def add_dot(self) -> None:
        """Put a dot in the middle of each selected wire, where its last curve is."""
        for key in self._chosen():
            wire = self._view.graph.wires[key]
            line = wire.line()
            middle = line[len(line) // 2]
            self._add(key, wire.part_at(middle), middle.x(), middle.y())

    def straighten(self) -> None:
        """Take the dots off the selected wires."""
        chosen = self._chosen()
        self._workspace.attempt("Remove the dots", lambda project: routing.straighten(project, chosen))

    def toggle_portals(self) -> None:
        """Name the selected wires at both ends instead of drawing them, or draw them again."""
        chosen, on = self._chosen(), not self.are_portals()
        label = "Make a portal" if on else "Draw the wire"
        self._workspace.attempt(label, lambda project: routing.set_portals(project, chosen, on))

    def are_portals(self) -> bool:
        """Whether all selected wires are portals."""
        chosen = self._chosen()
        return bool(chosen) and all(self._view.graph.wires[key].look.portal for key in chosen)

    def have_dots(self) -> bool:
        """Whether a selected wire runs through dots."""
        return any(self._view.graph.wires[key].look.dots for key in self._chosen())

    def _chosen(self) -> list[PortKey]:
        wires = self._view.graph.wires
        return [key for key in self._workspace.selection.wires if key in wires]

    def _add(self, wire: PortKey, index: int, x: float, y: float) -> None:
        self._workspace.attempt("Add a dot", lambda project: routing.add_dot(project, wire, index, (x, y)))

    def _move(self, wire: PortKey, index: int, x: float, y: float) -> None:
        self._workspace.attempt("Move a dot", lambda project: routing.move_dot(project, wire, index, (x, y)))

    def _remove(self, wire: PortKey, index: int) -> None:
        self._workspace.attempt("Remove a dot", lambda project: routing.remove_dot(project, wire, index))

    def _rename(self, wire: PortKey, name: str) -> None:
        self._workspace.attempt("Rename a portal", lambda project: routing.name_portal(project, wire, name))
