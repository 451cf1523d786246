"""The inspector presenter: the tensor of the selected wire or node, or of the one that is pinned."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from app.presenters.live import LivePresenter
from app.presenters.node_looks import dtype_of, shape_of
from app.runs.controller import RunController
from app.workspace import Workspace
from engine.graph.check import output_ports
from engine.op import DataSource
from engine.spec import INTEGERS, shape_text
from engine.worker.messages import Histogram, Observed, Statistics, Tile
from widgets.inspector.looks import (
    CaptionLook,
    HistogramLook,
    StatsLook,
    TensorLook,
    TileLook,
    TileRequest,
)
from widgets.inspector.panel import InspectorPanel

CAPTIONS = 32


class InspectorPresenter(QObject):
    """Says what to watch, and turns what was observed into the panel's look."""

    def __init__(
        self, workspace: Workspace, controller: RunController, live: LivePresenter, panel: InspectorPanel
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._controller = controller
        self._live = live
        self._panel = panel
        self._tensor = ""
        self._pinned = False
        self._labels: np.ndarray | None = None
        self._label_node = ""
        self._last: Observed | None = None
        self._requests: dict[int, TileRequest] = {}
        panel.slice_requested.connect(self._ask)
        panel.pin_wished.connect(self._pin)
        controller.tile.connect(self._answer)
        controller.observed.connect(self._remember_labels)
        live.observed.connect(self._show)
        workspace.selection_changed.connect(self._follow)
        workspace.changed.connect(self._follow)
        self._follow()

    @property
    def tensor(self) -> str:
        """The name of the tensor that is shown, or nothing."""
        return self._tensor

    def _follow(self) -> None:
        """The first selected wire, or else the first output of the last selected node."""
        if self._pinned:
            return
        chosen = self._chosen()
        if chosen != self._tensor:
            self._tensor, self._last = chosen, None
            self._requests.clear()
            self._panel.set_tensor(self._waiting(chosen))
            self._live.inspect(chosen, self._labels_beside(chosen))

    def _chosen(self) -> str:
        selection, graph = self._workspace.selection, self._workspace.graph
        for wire in selection.wires:
            if wire in graph.wires:
                return self._workspace.tensor(graph.wires[wire])
        for name in reversed(selection.nodes):
            ports = output_ports(graph, name) if name in graph.nodes else ()
            if ports:
                return self._workspace.tensor((name, ports[0].name))
        return ""

    def _labels_beside(self, tensor: str) -> str:
        """The labels of a data node, which stand below its pictures."""
        node, _, port = tensor.partition(".")
        op = self._workspace.checked.ops.get(node)
        if not isinstance(op, DataSource):
            return ""
        for other in op.output_ports:
            spec = self._workspace.checked.outputs.get((node, other.name))
            if other.name != port and spec is not None and spec.rank == 1 and spec.dtype in INTEGERS:
                return f"{node}.{other.name}"
        return ""

    def _waiting(self, tensor: str) -> TensorLook | None:
        """What can be said of a tensor before one has seen it: nothing yet where its sizes are not known."""
        if not tensor:
            return None
        node, _, port = tensor.partition(".")
        spec = self._workspace.checked.outputs.get((node, port))
        return TensorLook(tensor.replace(".", "/"), dtype_of(spec), (0,), shape_of(spec) or "no value yet")

    def _show(self, event: Observed) -> None:
        if event.port != self._tensor:
            return
        self._last = event
        node, _, port = event.port.partition(".")
        spec = self._workspace.checked.outputs.get((node, port))
        rows = 0 if event.sample is None or not event.shape else len(event.sample)
        total = event.shape[0] if event.shape else 0
        self._panel.set_tensor(
            TensorLook(
                name=event.port.replace(".", "/"),
                dtype=event.dtype,
                shape=event.shape,
                shape_text=shape_of(spec) or shape_text(event.shape),
                stats=_stats(event.statistics),
                histogram=_histogram(event.histogram),
                sample=event.sample,
                captions=self._captions(rows),
                count_text=f"{rows:,} of {total:,}" if rows and rows < total else "",
                pinned=self._pinned,
                revision=event.revision,
            )
        )

    def _captions(self, rows: int) -> tuple[CaptionLook, ...]:
        """The labels that came from the same data node stand below its pictures."""
        if self._labels is None or self._tensor.partition(".")[0] != self._label_node:
            return ()
        return tuple(CaptionLook(str(label)) for label in self._labels[: min(rows, CAPTIONS)].tolist())

    def _remember_labels(self, event: Observed) -> None:
        if event.sample is not None and event.sample.ndim == 1 and event.sample.dtype.kind in "iu":
            self._labels, self._label_node = event.sample, event.port.partition(".")[0]
            if self._last is not None and self._last.port.partition(".")[0] == self._label_node:
                self._show(self._last)

    def _pin(self, pinned: bool) -> None:
        self._pinned = pinned
        if self._last is not None:
            self._show(self._last)
        self._follow()

    def _ask(self, wanted: TileRequest) -> None:
        request = self._controller.read_tile(
            self._tensor,
            wanted.fixed,
            (wanted.row0, wanted.row1),
            (wanted.column0, wanted.column1),
            (wanted.row_step, wanted.column_step),
        )
        self._requests[request] = wanted

    def _answer(self, tile: Tile) -> None:
        wanted = self._requests.pop(tile.request, None)
        if wanted is not None and tile.values is not None:
            self._panel.set_tile(TileLook(wanted, tile.values))


def _stats(found: Statistics | None) -> StatsLook:
    if found is None:
        return StatsLook()
    return StatsLook(
        found.minimum, found.maximum, found.mean, found.std, found.nan, found.inf, found.zeros, found.size
    )


def _histogram(found: Histogram | None) -> HistogramLook | None:
    if found is None:
        return None
    return HistogramLook(np.array(found.counts, np.int64), np.array(found.edges, np.float64))
