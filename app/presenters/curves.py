"""The curves presenter: live points of the present run, and earlier runs read from disk when chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject

from app.runs.controller import RunController
from app.runs.telemetry import NewPoints
from app.workspace import Workspace
from engine.errors import FlowscopeError
from engine.telemetry.reader import RunReader
from engine.telemetry.runs import list_runs, runs_folder
from widgets.curves.looks import RunLook, Split
from widgets.curves.panel import CurvesPanel

_SPLITS: dict[str, Split] = {"train": "train", "validation": "validation"}

MOST_RUNS = 12
"""Only the newest runs of a project are offered."""


class CurvesPresenter(QObject):
    """Keeps the list of runs; the newest is shown by itself."""

    def __init__(self, workspace: Workspace, controller: RunController, panel: CurvesPanel) -> None:
        super().__init__()
        self._workspace = workspace
        self._controller = controller
        self._panel = panel
        self._runs: dict[str, Path] = {}
        self._shown: tuple[str, ...] = ()
        self._loaded: set[str] = set()
        panel.runs_chosen.connect(self._choose)
        controller.run_started.connect(self._begin)
        controller.telemetry.points_came.connect(self._add)
        controller.telemetry.run_restarted.connect(self._restart)

    def list_earlier(self, project_name: str) -> None:
        """Offer the runs that this project had before, without showing one."""
        folder = runs_folder() / project_name
        found = list_runs(folder) if folder.is_dir() else []
        self._runs = {run.name: run.path for run in found[-MOST_RUNS:]}
        self._shown = ()
        for run in self._loaded:
            self._panel.clear_run(run)
        self._loaded.clear()
        self._list()

    def _begin(self, folder: Path) -> None:
        name = self._controller.run_name
        self._runs[name] = folder
        self._loaded.add(name)
        self._shown = (name,)
        self._list()

    def _list(self) -> None:
        # The shown run comes first: its place in the list is its colour.
        names = sorted(self._runs, key=lambda name: (name not in self._shown, -list(self._runs).index(name)))
        self._panel.set_runs(tuple(RunLook(name, name, name in self._shown) for name in names))

    def _choose(self, names: tuple[str, ...]) -> None:
        for name in names:
            if name not in self._loaded:
                self._load(name)
        self._shown = names
        self._list()

    def _load(self, name: str) -> None:
        self._loaded.add(name)
        try:
            reader = RunReader(self._runs[name])
            reader.poll()
            for split, tag in reader.scalars():
                if split in _SPLITS:
                    series = reader.series(split, tag)
                    started = series.wall_times[0] if len(series) else 0.0
                    epochs = reader.epochs(split, series.steps)
                    columns = (series.steps, epochs, series.wall_times - started, series.values)
                    arrays = [np.asarray(column, np.float64) for column in columns]
                    self._panel.add_points(name, tag, _SPLITS[split], *arrays)
        except FlowscopeError as error:
            self._workspace.said.emit(str(error), "warning")

    def _add(self, points: NewPoints) -> None:
        if points.split in _SPLITS:
            columns = (points.steps, points.epochs, points.seconds, points.values)
            self._panel.add_points(points.run, points.tag, _SPLITS[points.split], *columns)

    def _restart(self, run: str, _step: int) -> None:
        """A resumed run repeats points: read what the disk holds, which has no doubles."""
        self._panel.clear_run(run)
        self._load(run)
