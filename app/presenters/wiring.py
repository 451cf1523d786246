"""The wiring presenter: says which ports take a wire, and turns drawn wires into edits."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.document import edits
from app.workspace import Workspace
from engine.graph.check import can_connect, input_ports
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
        view.swap_requested.connect(self._swap)

    def swap_inputs(self) -> None:
        """Let the first two wires of the selected node change places."""
        if ends := self._first_two():
            self._swap(*ends)

    def can_swap(self) -> bool:
        """Whether a node is selected alone that has two inputs, and a wire at one of them."""
        return not self._workspace.is_shown_only and bool(self._first_two())

    def _first_two(self) -> tuple[str, str, str] | None:
        nodes, graph = self._workspace.selection.nodes, self._workspace.graph
        if len(nodes) != 1 or nodes[0] not in graph.nodes:
            return None
        ports = [port.name for port in input_ports(graph, nodes[0], spare=False)]
        wired = [port for port in ports if (nodes[0], port) in graph.wires]
        two = wired[:2] if len(wired) > 1 else ports[:2]
        return (nodes[0], two[0], two[1]) if wired and len(two) == 2 else None

    def _swap(self, node: str, first: str, second: str) -> None:
        self._workspace.attempt(
            f"Swap the inputs of {node}", lambda project: edits.swap(project, node, first, second)
        )

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
        nearby = self._workspace.nearby
        graph = nearby.graph
        if source != target and not nearby.would_cycle(source, target):
            graph = nearby.part(target, source)
        return can_connect(graph, self._workspace.shown, (source, output), (target, port))
