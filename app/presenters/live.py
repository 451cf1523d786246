"""The live presenter: decides which tensors are watched, and shows what passes them on the nodes."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from app.presenters import text
from app.presenters.node_looks import has_thumbnail
from app.presenters.thumbnails import thumbnail
from app.runs.controller import RunController
from app.workspace import Workspace
from engine.graph.check import output_ports
from engine.graph.graph import GraphDef
from engine.worker.messages import Evaluated, Observed, Wanted
from widgets.canvas.looks import NodeLive, ThumbnailLook
from widgets.canvas.view import CanvasView

MOST_WATCHED = 64
"""Only so many nodes show live values at once; more could not be looked at."""
SETTLE_MS = 60


class LivePresenter(QObject):
    """Watches what is visible on the canvas, and what the inspector shows."""

    observed = Signal(object)
    """Observed, for the inspector."""

    def __init__(self, workspace: Workspace, controller: RunController, view: CanvasView) -> None:
        super().__init__()
        self._workspace = workspace
        self._controller = controller
        self._view = view
        self._inspected = self._beside = ""
        self._watched: dict[str, Wanted] = {}
        self._evaluated = GraphDef()
        self._shown_on: dict[str, set[str]] = {}
        """The nodes that show a tensor: inside a block one tensor may enter at several places."""
        self._pictures: dict[str, ThumbnailLook | None] = {}
        self._times: Mapping[str, float] = {}
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._send)
        view.camera.moved.connect(self._settle.start)
        workspace.changed.connect(self._settle.start)
        workspace.place_changed.connect(self._forget)
        controller.observed.connect(self._show)
        controller.evaluated.connect(self._drop_stale)
        controller.node_times.connect(self._show_times)
        controller.engine_ready.connect(self._send_again)

    def begin_anew(self) -> None:
        """Another project was opened: what was measured belongs to the one before."""
        self._times = {}

    def close(self) -> None:
        """Nothing is watched any more."""
        self._settle.stop()

    def inspect(self, tensor: str, beside: str = "") -> None:
        """Watch one tensor closely, with its histogram, and another one that belongs beside it."""
        if (tensor, beside) != (self._inspected, self._beside):
            self._inspected, self._beside = tensor, beside
            self._send()

    def _send(self) -> None:
        """Ask for what can be seen now; what scrolled away costs nothing any more."""
        wanted = self._visible()
        if self._inspected:
            wanted[self._inspected] = Wanted(statistics=True, histogram=True, sample=True)
        if self._beside:
            wanted[self._beside] = Wanted(statistics=False)
        if wanted != self._watched:
            # What has been computed already is told at once; looking elsewhere computes nothing.
            self._watched = wanted
            self._controller.watch(wanted)
        if self._workspace.document.project.graph != self._evaluated:
            self.evaluate()

    def _send_again(self) -> None:
        self._watched = {}
        self._evaluated = GraphDef()
        self._send()

    def evaluate(self) -> None:
        """Compute the drawn graph for some examples; the worker does only what an edit has touched."""
        self._evaluated = self._workspace.document.project.graph
        if self._workspace.checked.runs or self._evaluated.nodes:
            self._controller.evaluate(self._workspace.document.project)

    def _visible(self) -> dict[str, Wanted]:
        graph = self._workspace.graph
        wanted: dict[str, Wanted] = {}
        self._shown_on = {}
        for name in self._view.visible_nodes():
            node = graph.nodes.get(name)
            if node is None or not has_thumbnail(node.op):
                continue
            ports = output_ports(graph, name)
            tensor = self._workspace.tensor((name, ports[0].name)) if ports else ""
            if tensor and len(wanted) < MOST_WATCHED:
                wanted[tensor] = Wanted(statistics=False)
                self._shown_on.setdefault(tensor, set()).add(name)
        return wanted

    def _show(self, event: Observed) -> None:
        if event.sample is not None:
            nodes = self._shown_on.get(event.port, set()) & set(self._workspace.graph.nodes)
            if nodes:
                picture = thumbnail(event.sample)
                self._pictures.update(dict.fromkeys(nodes, picture))
                self._view.set_live({node: NodeLive(thumbnail=picture) for node in nodes})
        if event.port == self._inspected:
            self.observed.emit(event)

    def _drop_stale(self, event: Evaluated) -> None:
        """A node that has no value any more must not go on showing its last one."""
        root = self._workspace.place.path.partition("/")[0]
        kept = {n: p for n, p in self._pictures.items() if (root or n) in event.computed}
        if kept != self._pictures:
            self._pictures = kept
            self._view.clear_live()
            self._view.set_live({n: NodeLive(thumbnail=picture) for n, picture in self._pictures.items()})
            self._show_times(self._times)

    def _show_times(self, seconds: Mapping[str, float]) -> None:
        self._times = seconds
        if not self._workspace.is_inside:
            known = self._workspace.graph.nodes
            self._view.set_live(
                {name: NodeLive(time_text=text.seconds(t)) for name, t in seconds.items() if name in known}
            )

    def _forget(self) -> None:
        self._view.clear_live()
        self._pictures = {}
        self._watched = {}
        self._show_times(self._times)
        self._settle.start()
