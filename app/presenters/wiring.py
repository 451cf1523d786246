"""The wiring presenter: says which ports take a wire, and turns drawn wires into edits."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.document import edits
from app.workspace import Workspace
from engine.graph.check import can_connect
from engine.project.project import Project
from widgets.canvas.view import CanvasView


class WiringPresenter(QObject):
    """Everything between the wires of the document and those on the canvas."""

    def __init__(self, workspace: Workspace, view: CanvasView) -> None:
        super().__init__()
        self._workspace = workspace
        view.set_can_connect(self._reason)
        view.wire_requested.connect(self._connect)
        view.wire_moved.connect(self._move)
        view.wire_removed.connect(self._disconnect)

    def _connect(self, source: str, output: str, target: str, port: str) -> None:
        self._workspace.attempt(
            f"Connect {source} to {target}",
            lambda project: edits.connect(project, (source, output), (target, port)),
        )

    def _disconnect(self, target: str, port: str) -> None:
        self._workspace.attempt(
            f"Disconnect {target}", lambda project: edits.disconnect(project, (target, port))
        )

    def _move(self, node: str, port: str, target: str, target_port: str) -> None:
        def edit(project: Project) -> Project:
            source = project.graph.wires[node, port]
            return edits.connect(edits.disconnect(project, (node, port)), source, (target, target_port))

        self._workspace.attempt(f"Connect {target}", edit)

    def _reason(self, source: str, output: str, target: str, port: str) -> str:
        if self._workspace.is_shown_only:
            return "the inside of a block is not edited"
        graph = self._workspace.edited.graph
        return can_connect(graph, self._workspace.shown, (source, output), (target, port))
