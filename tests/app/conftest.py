"""What tests of the application share: scripted answers, an engine that is only asked, and whole windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.application import Application
from app.filing import Answer
from app.importing import Refusal
from app.runs.controller import RunController
from app.settings import SettingsStore
from engine.project.autosave import Recoverable
from engine.worker.messages import Command
from widgets import fonts, theme
from widgets.controls.labels import ElidedLabel

PATIENCE = 30_000
"""Milliseconds until a test that waits for the engine gives up."""


class Script:
    """Answers what a user would be asked, and takes down what was asked."""

    def __init__(self) -> None:
        self.open_path: Path | None = None
        self.save_path: Path | None = None
        self.import_path: Path | None = None
        self.export_path: Path | None = None
        self.refusals: list[Refusal] = []
        self.keep: Answer = "cancel"
        self.overwrite: Literal["overwrite", "copy", "cancel"] = "cancel"
        self.recovery: Callable[[list[Recoverable]], Any] = lambda found: "later"
        self.asked: list[str] = []

    def path_to_open(self) -> Path | None:
        self.asked.append("open")
        return self.open_path

    def path_to_import(self) -> Path | None:
        self.asked.append("import")
        return self.import_path

    def path_to_export(self, suggested: str) -> Path | None:
        self.asked.append(f"export {suggested}")
        return self.export_path

    def import_refused(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)

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

    @property
    def running(self) -> bool:
        return True

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
    with qtbot.waitExposed(application.window):
        application.start(file)
    application.window.activateWindow()
    qtbot.waitUntil(application.window.isActiveWindow)
    qtbot.waitUntil(lambda: application.window.findChild(QWidget, "inspector-panel") is not None)
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


class Person:
    """Works on one window with mouse and keys, and reads what it shows."""

    def __init__(self, application: Application, qtbot: QtBot) -> None:
        self.app = application
        self.window = application.window
        self.canvas = application.window.canvas
        self.qtbot = qtbot

    # ---- hands ---------------------------------------------------------------------------------------

    def header(self, node: str) -> QPoint:
        """The middle of a node's header, in the canvas."""
        rect = self.canvas.node_rect(node)
        return QPoint(rect.center().x(), rect.top() + 10)

    def port(self, node: str, port: str) -> QPoint:
        return self.canvas.port_position(node, port)

    def click(self, at: QPoint, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A click on the canvas."""
        QTest.mouseClick(self.canvas.viewport(), Qt.MouseButton.LeftButton, held, at)

    def double_click(self, at: QPoint) -> None:
        QTest.mouseDClick(self.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)

    def press(self, at: QPoint) -> None:
        QTest.mousePress(self.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)

    def move(self, to: QPoint) -> None:
        """The pointer moves over the canvas with the left button down."""
        viewport = self.canvas.viewport()
        away = QPointF(viewport.mapToGlobal(to))
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        no_key = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(QEvent.Type.MouseMove, QPointF(to), away, none, left, no_key)
        QApplication.sendEvent(viewport, event)

    def release(self, at: QPoint) -> None:
        QTest.mouseRelease(self.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)

    def drag(self, start: QPoint, end: QPoint) -> None:
        """Press, eight moves, release."""
        self.press(start)
        for part in range(1, 9):
            self.move(start + (end - start) * (part / 8))
        self.release(end)

    def keys(self, keys: str, on: QWidget | None = None) -> None:
        """Press keys as a shortcut is written: `Ctrl+K`."""
        QTest.keySequence(on or self.canvas, QKeySequence(keys))

    def type(self, words: str, on: QWidget) -> None:
        QTest.keyClicks(on, words)

    def fill(self, field: str, text: str) -> None:
        """Type a value into a field of the form, and press Enter."""
        editor = self.window.properties.form.row(field).editor
        editor.setFocus()
        assert isinstance(editor, QLineEdit)
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)

    def press_button(self, name: str) -> None:
        button = self.window.findChild(QWidget, name)
        assert button is not None and button.isVisible() and button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def choose_tab(self, name: str) -> None:
        """Click on a tab below, by its name."""
        header = self.window.tabs
        names = [look.name for look in header._tabs]
        QTest.mouseClick(
            header, Qt.MouseButton.LeftButton, pos=header.tab_rect(names.index(name)).center().toPoint()
        )

    # ---- eyes ----------------------------------------------------------------------------------------

    @property
    def nodes(self) -> list[str]:
        """The nodes on the canvas."""
        return list(self.canvas.graph.nodes)

    @property
    def wires(self) -> set[str]:
        """The wires on the canvas, as `digits.images > flatten.x`."""
        looks = [wire.look for wire in self.canvas.graph.wires.values()]
        return {f"{w.source}.{w.source_port} > {w.target}.{w.target_port}" for w in looks}

    def text(self, name: str) -> str:
        """What a label says."""
        label = self.window.findChild(ElidedLabel, name)
        assert label is not None
        return label.text()

    @property
    def status(self) -> str:
        return self.text("status-state")

    @property
    def log(self) -> str:
        return self.app.controller.telemetry.text()

    def wait(self, until: Callable[[], object]) -> None:
        """Wait for the engine."""
        self.qtbot.waitUntil(lambda: bool(until()), timeout=PATIENCE)


@pytest.fixture
def use(qtbot: QtBot) -> Callable[[Application], Person]:
    return lambda application: Person(application, qtbot)


@pytest.fixture
def person(app: Application, qtbot: QtBot) -> Person:
    """Somebody at the window with the digits demo."""
    return Person(app, qtbot)
