"""The flow presenter: nodes are bypassed or muted, and take part again."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.document import edits
from app.workspace import Workspace
from engine.graph.check import check
from engine.policy import BYPASSED, MUTED, NORMAL

_DONE = {BYPASSED: "Bypass", MUTED: "Mute"}


class FlowPresenter(QObject):
    """Changes the selected nodes. What cannot be bypassed says why, and stays as it is."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace

    @property
    def chosen(self) -> tuple[str, ...]:
        """The selected nodes, where they can be changed."""
        return () if self._workspace.is_shown_only else self._workspace.selection.nodes

    def is_on(self, flow: str) -> bool:
        """Whether all selected nodes are bypassed, or muted."""
        nodes = self._workspace.graph.nodes
        return bool(self.chosen) and all(nodes[name].policy.flow == flow for name in self.chosen)

    def toggle(self, flow: str) -> None:
        """Bypass or mute the selected nodes; if they all are so, let them take part again."""
        wanted = NORMAL if self.is_on(flow) else flow
        what = self.chosen[0] if len(self.chosen) == 1 else f"{len(self.chosen)} nodes"
        project = edits.set_policy(self._workspace.edited, self.chosen, "flow", wanted)
        if wanted == BYPASSED:
            inside = self._workspace.place.inside
            checked = check(project.graph, inside.given if inside is not None else None)
            refused = [
                problem
                for problem in checked.problems
                if problem.node in self.chosen and "cannot be bypassed" in problem.what
            ]
            if refused:
                self._workspace.said.emit(str(refused[0]), "warning")
                return
        label = f"{_DONE[wanted]} {what}" if wanted in _DONE else f"Let {what} take part"
        self._workspace.apply(label, project)
