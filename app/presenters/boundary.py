"""The boundary presenter: asks for the picture of the plane while the graph has one to show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.runs.controller import RunController
from app.workspace import Workspace
from engine.worker.messages import Plane
from widgets.boundary import BoundaryLook, BoundaryView

OP = "DecisionBoundary"
RESOLUTION = 64


class BoundaryPresenter(QObject):
    """Shows the boundary of a graph that has a DecisionBoundary node."""

    wanted_changed = Signal(bool)
    """Whether there is a boundary to show."""

    def __init__(self, workspace: Workspace, controller: RunController, view: BoundaryView) -> None:
        super().__init__()
        self._workspace = workspace
        self._controller = controller
        self._view = view
        self._wanted = False
        workspace.changed.connect(self.refresh)
        controller.plane.connect(self._show)
        controller.engine_ready.connect(self._ask)
        self.refresh()

    @property
    def wanted(self) -> bool:
        return self._wanted

    def begin_anew(self) -> None:
        """Another project was opened: the picture belongs to the one before."""
        self._view.set_look(None)

    def refresh(self) -> None:
        """Follow the drawing: with the node comes the picture, without it the picture goes."""
        nodes = self._workspace.document.project.graph.nodes.values()
        wanted = any(node.op == OP for node in nodes)
        if wanted != self._wanted:
            self._wanted = wanted
            if not wanted:
                self._view.set_look(None)
            self._ask()
            self.wanted_changed.emit(wanted)

    def _ask(self) -> None:
        if self._wanted or self._controller.state != "idle":
            self._controller.show_boundary(self._wanted, RESOLUTION)

    def _show(self, plane: Plane) -> None:
        if self._wanted:
            self._view.set_look(
                BoundaryLook(
                    x_range=(plane.low[0], plane.high[0]),
                    y_range=(plane.low[1], plane.high[1]),
                    grid=probability(plane.values),
                    points=plane.points.astype(np.float64),
                    labels=plane.labels.astype(np.int64),
                    held_out=plane.held_out.astype(bool),
                )
            )


def probability(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """The probability of the second class: sigmoid of one output, softmax of several."""
    values = np.asarray(logits, np.float64)
    if values.shape[-1] == 1:
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values[..., 0], -60.0, 60.0))))
    raised = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(raised[..., 1] / raised.sum(axis=-1))
