"""What tests of the application share: scripted answers, an engine that is only asked, and whole windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.application import Application
from app.filing import Answer
from app.runs.controller import RunController
from app.settings import SettingsStore
from engine.project.autosave import Recoverable
from engine.worker.messages import Command
from widgets import fonts, theme

PATIENCE = 30_000
"""Milliseconds until a test that waits for the engine gives up."""


class Script:
    """Answers what a user would be asked, and takes down what was asked."""

    def __init__(self) -> None:
        self.open_path: Path | None = None
        self.save_path: Path | None = None
        self.keep: Answer = "cancel"
        self.overwrite: Literal["overwrite", "copy", "cancel"] = "cancel"
        self.recovery: Callable[[list[Recoverable]], Any] = lambda found: "later"
        self.asked: list[str] = []

    def path_to_open(self) -> Path | None:
        self.asked.append("open")
        return self.open_path

    def path_to_save(self, suggested: Path) -> Path | None:
        self.asked.append(f"save {suggested.name}")
        return self.save_path

    def keep_changes(self, title: str) -> Answer:
        self.asked.append(f"keep {title}")
        return self.keep

    def overwrite_changed(self, path: Path) -> Literal["overwrite", "copy", "cancel"]:
        self.asked.append(f"overwrite {path.name}")
        return self.overwrite

    def recover(self, found: list[Recoverable]) -> Any:
        self.asked.append(f"recover {len(found)}")
        return self.recovery(found)


class QuietClient:
    """Stands for the engine's process: takes down every order, and never answers."""

    def __init__(self) -> None:
        self.orders: list[Command] = []
        self.on_wakeup: Callable[[], None] = lambda: None
        self.checkpoint = ""
        self.pending = self.busy = False
        self.pids: tuple[int, ...] = ()
        self.is_stopped = False

    def start(self) -> None: ...

    def close(self) -> None: ...

    def stop(self) -> None:
        self.is_stopped = True

    def send(self, command: Command) -> None:
        self.orders.append(command)

    def poll(self, budget: float = 0.0) -> Iterator[Any]:
        return iter(())


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def settings(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "settings" / "settings.json")


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[None]:
    """Fonts and the dark theme as the program sets them, without motion; the clipboard is empty."""
    fonts.install()
    theme.set_theme("dark")
    theme.apply(qapp)
    qapp.clipboard().clear()
    yield
    theme.set_theme("dark")
    theme.set_reduced_motion(False)


def show(application: Application, qtbot: QtBot, file: Path | None) -> None:
    """Show the window at the size at which everything has its place, and let it settle."""
    theme.set_reduced_motion(True)
    application.window.resize(1600, 1000)
    application.start(file)
    qtbot.waitExposed(application.window)
    application.window.activateWindow()
    application.load_late_panels()
    QApplication.processEvents()


@pytest.fixture
def make_window(
    dressed: None, qtbot: QtBot, settings: SettingsStore, script: Script
) -> Iterator[Callable[..., Application]]:
    """Makes windows: of a file, without an engine that computes."""
    made: list[Application] = []

    def make(file: Path | None = None) -> Application:
        controller = RunController(QuietClient())  # type: ignore[arg-type]  # what the controller calls is there
        made.append(Application(settings, ask=script, controller=controller))
        show(made[-1], qtbot, file)
        return made[-1]

    yield make
    for application in made:
        application.close()
    QApplication.processEvents()


@pytest.fixture
def app(make_window: Callable[..., Application]) -> Application:
    """The window with the digits demo, and an engine that never answers."""
    return make_window()


@pytest.fixture
def live(
    dressed: None, qtbot: QtBot, settings: SettingsStore, script: Script, tmp_path: Path
) -> Iterator[Application]:
    """The window with the digits demo and the real engine."""
    application = Application(settings, ask=script, controller=RunController(runs_folder=tmp_path / "runs"))
    with qtbot.waitSignal(application.controller.engine_ready, timeout=PATIENCE):
        show(application, qtbot, None)
    yield application
    application.close()
    QApplication.processEvents()
