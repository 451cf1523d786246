"""The problems presenter: what is wrong with the graph, as a list that jumps to the node."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.workspace import Selection, Workspace
from widgets.problems import ProblemList, ProblemLook


class ProblemsPresenter(QObject):
    """Fills the list, and selects and shows the node that one of them belongs to."""

    jumped = Signal(str)
    """The node to bring into view."""
    counted = Signal(int)

    def __init__(self, workspace: Workspace, widget: ProblemList) -> None:
        super().__init__()
        self._workspace = workspace
        self._widget = widget
        self._shown: tuple[ProblemLook, ...] = ()
        widget.jump_requested.connect(self._jump)
        workspace.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        looks = tuple(
            ProblemLook("error" if problem.stops else "warning", problem.node, str(problem))
            for problem in self._workspace.problems
        )
        self._shown = looks
        self._widget.set_look(looks)
        self.counted.emit(len(looks))

    def _jump(self, index: int) -> None:
        node = self._shown[index].node
        if node not in self._workspace.document.project.graph.nodes:
            return
        if self._workspace.is_inside:
            self._workspace.open("")
        self._workspace.select(Selection((node,)))
        self.jumped.emit(node)
