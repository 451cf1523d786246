"""The adding presenter: opens the box of ops at the pointer, and adds what is chosen, wired where it fits."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QObject, QPointF

from app.document import edits
from app.document.fitting import Fitting, Start
from app.presenters.canvas import CanvasPresenter
from app.presenters.help import drawable_ops, help_look, summary
from app.presenters.inserting import InsertingPresenter
from app.settings import SettingsStore
from app.workspace import Selection, Workspace
from engine.graph.graph import PortKey
from engine.project.project import Project
from widgets.canvas.geometry import DEFAULT_WIDTH, HEADER, PORT_ROW, SETTINGS_LINE
from widgets.canvas.view import CanvasView
from widgets.search.add_box import HINT, AddBox
from widgets.search.looks import AddLook

BASICS = (
    "Dense", "Conv2D", "Relu", "Dropout", "Flatten", "Softmax", "BatchNormalization", "MaxPooling2D", "Add",
    "MatMul", "SparseCategoricalCrossentropy", "Adam", "Accuracy", "Digits", "Placeholder", "Constant",
)  # fmt: skip
"""What most graphs are made of: it stands first until there is something that one uses oneself."""
OFTEN = 4.0
"""An op that was added so many times is favoured by half of what is possible."""
FIRST_PORT = HEADER + SETTINGS_LINE + PORT_ROW / 2
"""How far below the top of a node its first port lies."""


class AddingPresenter(QObject):
    """Tab, a double-click, the menus and a wire that is let go of come here."""

    def __init__(
        self,
        workspace: Workspace,
        view: CanvasView,
        canvas: CanvasPresenter,
        inserting: InsertingPresenter,
        settings: SettingsStore,
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._view = view
        self.box = AddBox(view.window(), help_look)
        self._canvas = canvas
        self._inserting = inserting
        self._settings = settings
        self._then: Callable[[str], object] = str
        view.add_requested.connect(self.open)
        view.add_on_wire_requested.connect(self.open_on)
        self.box.chosen.connect(self._choose)
        canvas.added.connect(self._remember)

    def open(self, x: float, y: float, start: Start | None = None) -> None:
        """Offer the ops for a place on the canvas; with the port of a loose wire only those that take it."""
        if self._workspace.refuses():
            return
        if start is None:
            self._offer({op.__name__ for op in drawable_ops()}, x, y, HINT)
            self._then = lambda op: self._canvas.add(op, x, y)
            return
        part = Project(self._workspace.nearby.part(start[0]))
        fitting = Fitting(part, self._workspace.shown, start)
        names = [op.__name__ for op in drawable_ops()]
        fits = {name: port for name in names if (port := fitting.port(name))}
        self._offer(fits.keys(), x, y, f"{HINT} {'after' if start[2] == 'output' else 'before'} {start[0]}")
        self._then = lambda op: self._add_wired(op, fits[op], x, y, start)

    def open_on(self, wire: PortKey) -> None:
        """Offer the ops that fit on a wire."""
        if self._workspace.refuses():
            return
        on_wire = self._inserting.on_wire(wire)
        names = [op.__name__ for op in drawable_ops() if on_wire is not None and on_wire.op(op.__name__)]
        line = self._view.graph.wires[wire].line()
        middle = line[len(line) // 2]
        self._offer(names, middle.x(), middle.y(), f"{HINT} before {wire[0]}")
        self._then = lambda op: self._inserting.add_in_middle(op, wire)

    def _choose(self, op: str) -> None:
        self._then(op)

    def _offer(self, names: Collection[str], x: float, y: float, hint: str) -> None:
        looks = [
            AddLook(op.__name__, op.category, (*op.aliases, summary(op)), self._favour(op.__name__))
            for op in drawable_ops()
            if op.__name__ in names
        ]
        looks.sort(key=lambda look: -look.favour)
        at = self._view.viewport().mapTo(self._view.window(), self._view.mapFromScene(QPointF(x, y)))
        self.box.open_at(tuple(looks), at, hint, fitting=hint != HINT)

    def _add_wired(self, op: str, fit: str, x: float, y: float, start: Start) -> None:
        """Add a node so that its port comes to lie where the wire was let go of."""
        node, port, side = start
        left = x if side == "output" else x - DEFAULT_WIDTH
        name = ""

        def edit(project: Project) -> Project:
            nonlocal name
            project, name = edits.add_node(project, op, left, y - FIRST_PORT)
            ends = ((node, port), (name, fit)) if side == "output" else ((name, fit), (node, port))
            return edits.connect(project, *ends)

        self._workspace.attempt(f"Add {op}", edit)
        self._workspace.select(Selection((name,)))
        self._canvas.added.emit(op)

    def _favour(self, op: str) -> float:
        used = self._settings.current.used.get(op, 0)
        if not used:
            return 0.1 - 0.001 * BASICS.index(op) if op in BASICS else 0.0
        return used / (used + OFTEN)

    def _remember(self, op: str) -> None:
        used = self._settings.current.used
        self._settings.update(used={**used, op: used.get(op, 0) + 1})
