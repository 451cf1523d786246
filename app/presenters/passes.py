"""The passes presenter: which passes run, what each did to the present graph, and the switches."""

from __future__ import annotations

import functools

from PySide6.QtCore import QObject, QTimer

from app.document import edits
from app.presenters import text
from app.runs.controller import RunController
from app.workspace import Workspace
from engine.program.passes import PASSES, Pass, Report
from engine.program.precision import FULL, PRECISION, lower_precision
from engine.worker.messages import PassesExplained
from widgets.passes.looks import ChangeLook, PassLook
from widgets.passes.panel import EMPTY, PassesPanel

LOWER = "mixed_bfloat16"
"""What the switch chooses; Training settings offers all."""
MIXED = Pass(
    PRECISION,
    "Mixed precision",
    "Computes products of matrices in 16 bits, and keeps variables, sums and losses in float32.",
    functools.partial(lower_precision, policy=LOWER),
    rounds=True,
)
SETTLE_MS = 120
"""The engine is asked when there has been no edit for so long."""


class PassesPresenter(QObject):
    """Asks the engine what the passes do, while the panel can be seen, and turns switches into edits."""

    def __init__(self, workspace: Workspace, controller: RunController, panel: PassesPanel) -> None:
        super().__init__()
        self._workspace = workspace
        self._controller = controller
        self._panel = panel
        self._reports: dict[str, Report] = {}
        self._problem = ""
        self._asked: object = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        panel.switched.connect(self._switch)
        controller.passes_explained.connect(self._take)
        controller.engine_ready.connect(lambda *_: self.look_anew())
        workspace.changed.connect(self.refresh)
        self.refresh()

    def look_anew(self) -> None:
        """Ask again, also where nothing has changed: the panel has come into view, or the engine is there."""
        self._asked = None
        self.refresh()

    def refresh(self) -> None:
        self._show()
        if self._panel.isVisible() and self._key() != self._asked:
            self._settle.start()

    def _key(self) -> object:
        project = self._workspace.document.project
        settings = project.training
        return project.graph, settings.without, settings.precision

    def _ask(self) -> None:
        self._asked = self._key()
        if self._workspace.checked.runs:
            self._controller.explain_passes(self._workspace.document.project)

    def _take(self, event: PassesExplained) -> None:
        self._reports = {report.name: report for report in event.passes}
        self._problem = event.problem
        self._show()

    def _show(self) -> None:
        without = self._workspace.document.project.training.without
        shown = self._workspace.checked.runs and not self._problem
        mixed = self._look(MIXED, self._workspace.document.project.training.precision != FULL)
        looks = (mixed, *(self._look(each, each.name not in without) for each in PASSES)) if shown else ()
        self._panel.set_look(looks, self._problem or EMPTY)

    def _look(self, each: Pass, on: bool) -> PassLook:
        report = self._reports.get(each.name) if on else None
        if report is None:
            note = "Reading the graph." if on else "This pass is left out."
            return PassLook(each.name, each.title, each.help, on, "" if on else "off", note=note)
        changes = tuple(ChangeLook(c.path, c.before, c.after) for c in report.changes)
        fewer = report.calls_before != report.calls_after
        figure = f"{report.calls_before:,} → {report.calls_after:,}" if fewer else "no change"
        if report.changed and not fewer:
            figure = text.plural(report.changed, "change")
        return PassLook(
            each.name,
            each.title,
            each.help,
            on,
            figure,
            (*(ChangeLook(sentence, "", "") for sentence in report.notes), *changes) if changes else (),
            report.changed - len(changes),
            " ".join(report.notes) or "There was nothing to do for this pass.",
        )

    def _switch(self, name: str, on: bool) -> None:
        document = self._workspace.document
        if name == PRECISION:
            label = "Use mixed precision" if on else "Compute in float32"
            policy = LOWER if on else FULL
            document.apply(label, edits.set_training(document.project, PRECISION, policy))
            return
        without = set(document.project.training.without)
        chosen = without - {name} if on else without | {name}
        ordered = tuple(each.name for each in PASSES if each.name in chosen)
        title = next(each.title for each in PASSES if each.name == name)
        label = f"{'Use' if on else 'Leave out'} {title.lower()}"
        document.apply(label, edits.set_training(document.project, "without", ordered))
