"""The outline presenter: the whole graph as a tree, in step with the canvas."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from app.presenters import text
from app.presenters.finding import FindPresenter
from app.presenters.node_looks import can_open
from app.workspace import Workspace
from engine import registry
from engine.errors import FlowscopeError
from engine.graph.check import Problem
from engine.graph.graph import Node
from engine.graph.muting import is_bypassed
from engine.ops.python import Python
from engine.program.function_view import look_inside
from widgets.icons import category_icon
from widgets.outline.looks import OutlineLook
from widgets.outline.panel import OutlinePanel


class OutlinePresenter(QObject):
    """Tells the panel what there is while it is in sight, and goes where one chooses."""

    def __init__(self, workspace: Workspace, panel: OutlinePanel, finding: FindPresenter) -> None:
        super().__init__()
        self._workspace, self._panel = workspace, panel
        panel.set_below(self._below)
        panel.chosen.connect(lambda path: finding.go(f"node:{path}"))
        panel.opened.connect(self._follow)
        workspace.changed.connect(self._follow)
        workspace.selection_changed.connect(self._mark)

    def _follow(self) -> None:
        if self._panel.isVisible():
            self._panel.refresh()
            self._mark()

    def _mark(self) -> None:
        if self._panel.isVisible():
            nodes, place = self._workspace.selection.nodes, self._workspace.place.path
            name = nodes[-1] if nodes else ""
            self._panel.set_current(f"{place}/{name}" if place and name else name or place)

    def _below(self, path: str) -> tuple[OutlineLook, ...]:
        drawn = self._workspace.document.project.graph
        if not path:
            problems: dict[str, Problem] = {}
            for problem in self._workspace.problems:
                problems.setdefault(problem.node, problem)
            return tuple(self._look("", node, problems.get(node.name)) for node in drawn.nodes.values())
        try:
            graph = look_inside(drawn, path).graph
        except FlowscopeError:
            return ()
        return tuple(self._look(f"{path}/", node, None) for node in graph.nodes.values())

    def _look(self, prefix: str, node: Node, problem: Problem | None) -> OutlineLook:
        kind = registry.find(node.op)
        category = kind.category if kind is not None else ""
        op = self._workspace.checked.ops.get(node.name) if not prefix else None
        settings = text.settings(op) if op is not None else ""
        look = OutlineLook(
            path=f"{prefix}{node.name}",
            name=node.name,
            icon=category_icon(category),
            hue=category,
            detail=", ".join(part for part in (node.op, settings) if part),
            opens=kind is not None and can_open(kind) and kind is not Python,
        )
        left_out = not prefix and node.name not in self._workspace.checked.graph.nodes
        return _with_state(look, node, left_out, problem)


def _with_state(look: OutlineLook, node: Node, is_left_out: bool, problem: Problem | None) -> OutlineLook:
    """The row with what is wrong with its node, or with its not taking part."""
    if problem is not None:
        return replace(look, state="error" if problem.stops else "warning", message=str(problem))
    if is_left_out:
        return replace(look, state="muted", message="left out")
    return replace(look, state="bypassed", message="hands on what enters") if is_bypassed(node) else look
