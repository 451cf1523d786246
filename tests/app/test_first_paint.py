"""The window is there before what takes long to load, and what was loaded late is there soon after."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.application import Application
from app.runs.controller import RunController
from app.settings import SettingsStore
from widgets.curves.panel import CurvesPanel

ROOT = Path(__file__).parents[2]


def test_nothing_heavy_is_loaded_before_the_first_paint() -> None:
    command = [sys.executable, "tests/benchmarks/startup.py", "--window", str(time.time())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["heavy"] == []


def test_curves_and_inspector_follow_the_first_paint(
    dressed: None, qtbot: QtBot, settings: SettingsStore, script: object, tmp_path: Path
) -> None:
    application = Application(settings, ask=script, controller=RunController(runs_folder=tmp_path))  # type: ignore[arg-type]  # a script asks too
    with qtbot.waitSignal(application.window.painted):
        application.start()
    assert application.window.findChild(CurvesPanel) is not None
    application.close()
