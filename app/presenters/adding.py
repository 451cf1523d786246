"""The adding presenter: opens the box of ops at the pointer, and adds what is chosen, wired where it fits."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF

from app.document import edits
from app.document.fitting import Fitting, Start
from app.presenters.canvas import CanvasPresenter
from app.presenters.help import drawable_ops, help_look, summary
from app.settings import SettingsStore
from app.workspace import Selection, Workspace
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
        settings: SettingsStore,
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._view = view
        self.box = AddBox(view.window(), help_look)
        self._canvas = canvas
        self._settings = settings
        self._place = (0.0, 0.0)
        self._start: Start | None = None
        self._fits: dict[str, str] = {}
        view.add_requested.connect(self.open)
        self.box.chosen.connect(self._add)
        canvas.added.connect(self._remember)

    def open(self, x: float, y: float, start: Start | None = None) -> None:
        """Offer the ops for a place on the canvas; with the port of a loose wire only those that take it."""
        if self._workspace.refuses():
            return
        self._place, self._start = (x, y), start
        ops = [op for op in drawable_ops() if op.__name__ not in self._left_out(start)]
        looks = [
            AddLook(op.__name__, op.category, (*op.aliases, summary(op)), self._favour(op.__name__))
            for op in ops
        ]
        looks.sort(key=lambda look: -look.favour)
        hint = f"{HINT} {'after' if start[2] == 'output' else 'before'} {start[0]}" if start else HINT
        at = self._view.viewport().mapTo(self._view.window(), self._view.mapFromScene(QPointF(x, y)))
        self.box.open_at(tuple(looks), at, hint, fitting=start is not None)

    def _left_out(self, start: Start | None) -> set[str]:
        """The ops that do not take the wire; what takes it, and where, is kept for the choice."""
        self._fits = {}
        if start is None:
            return set()
        fitting = Fitting(self._workspace.edited, self._workspace.shown, start)
        names = [op.__name__ for op in drawable_ops()]
        self._fits = {name: port for name in names if (port := fitting.port(name))}
        return set(names) - self._fits.keys()

    def _add(self, op: str) -> None:
        x, y = self._place
        if self._start is None:
            self._canvas.add(op, x, y)
            return
        node, port, side = self._start
        fit = self._fits[op]
        # Its port comes to lie where the wire was let go of.
        left = x if side == "output" else x - DEFAULT_WIDTH
        name = ""

        def edit(project: Project) -> Project:
            nonlocal name
            project, name = edits.add_node(project, op, left, y - FIRST_PORT)
            ends = ((node, port), (name, fit)) if side == "output" else ((name, fit), (node, port))
            return edits.connect(project, *ends)

        self._workspace.attempt(f"Add {op}", edit)
        self._workspace.select(Selection((name,)))
        self._remember(op)

    def _favour(self, op: str) -> float:
        used = self._settings.current.used.get(op, 0)
        if not used:
            return 0.1 - 0.001 * BASICS.index(op) if op in BASICS else 0.0
        return used / (used + OFTEN)

    def _remember(self, op: str) -> None:
        used = self._settings.current.used
        self._settings.update(used={**used, op: used.get(op, 0) + 1})
