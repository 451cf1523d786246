"""The real program on a real display, worked by a real mouse: wire, run, save. Needs Xvfb and xdotool."""

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

import resources
from app.document import edits
from engine.project.files import read_project, write_project

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds until a test gives up."""

PROGRAM = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from app.application import Application
from app.loop import make_qt
from app.settings import SettingsStore

qt = make_qt(["flowscope"])
app = Application(SettingsStore())
canvas = app.window.canvas

def place(node, port):
    point = canvas.viewport().mapToGlobal(canvas.port_position(node, port))
    return point.x(), point.y()

def tell():
    wires = app.document.project.graph.wires
    print(json.dumps({
        "output": place("dropout", "y"),
        "input": place("logits", "x"),
        "wired": wires.get(("logits", "x")) is not None,
        "can_run": app.workspace.can_run,
        "title": app.window.windowTitle(),
        "said": app.window.status.findChild(object, "status-state").text(),
    }), flush=True)

app.start(Path(sys.argv[1]))
timer = QTimer(interval=100)
timer.timeout.connect(tell)
timer.start()
sys.exit(qt.exec())
"""
"""The program as it is, which also tells ten times a second where things lie on the screen."""

PICTURE = """
import sys
from PySide6.QtGui import QGuiApplication
qt = QGuiApplication(["picture"])
sys.exit(0 if qt.primaryScreen().grabWindow(0).save(sys.argv[1]) else 1)
"""


def missing() -> str:
    tools = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    return f"{' and '.join(tools)} not installed: no display to work on" if tools else ""


@pytest.fixture
def display() -> Iterator[str]:
    """A display of its own, without a screen."""
    if reason := missing():
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    ready, _, _ = select.select([read], [], [], PATIENCE)
    number = os.read(read, 16).decode().strip() if ready else ""
    if not number:
        os.close(read)
        server.kill()
        server.wait()
        pytest.skip("Xvfb did not start here")
    yield f":{number}"
    server.terminate()
    server.wait()
    os.close(read)


class Program:
    """The program on that display, with a home of its own."""

    def __init__(self, display: str, home: Path, file: Path) -> None:
        gone = ("QT_QPA_PLATFORM", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
        kept = {name: value for name, value in os.environ.items() if name not in gone}
        self.env = {**kept, "HOME": str(home), "DISPLAY": display, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(file)], env=self.env, stdout=subprocess.PIPE, text=True
        )

    def now(self) -> dict[str, Any]:
        """What the program tells next."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the program ended"
        told: dict[str, Any] = json.loads(line)
        return told

    def wait(self, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read what it tells until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not until(told := self.now()):
            assert time.monotonic() < deadline, f"it never came so far: {told}"
        return told

    def hand(self, *words: object) -> None:
        """Move the mouse or press keys, as xdotool says it."""
        subprocess.run(["xdotool", *map(str, words)], env=self.env, check=True)

    def end(self) -> None:
        assert self.process.stdout is not None
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def unwired(tmp_path: Path) -> Path:
    """The digits demo in a file of one's own, without the wire into the last layer."""
    demo = next(path for path in resources.demo_files() if path.stem == "digits-mlp")
    project = edits.disconnect(read_project(demo).project, ("logits", "x"))
    write_project(tmp_path / "mine.flowscope", edits.set_training(project, "epochs", 2))
    return tmp_path / "mine.flowscope"


@pytest.fixture
def program(display: str, tmp_path: Path, unwired: Path) -> Iterator[Program]:
    (tmp_path / "home").mkdir()
    program = Program(display, tmp_path / "home", unwired)
    yield program
    program.end()


def test_wire_run_and_save_by_mouse_and_keys(program: Program, unwired: Path, tmp_path: Path) -> None:
    places: list[Any] = []

    def settled(told: dict[str, Any]) -> bool:
        places.append((told["output"], told["input"]))
        return places[-5:] == [places[-1]] * 5

    told = program.wait(settled)
    assert not told["can_run"]
    (x, y), (to_x, to_y) = told["output"], told["input"]
    program.hand("mousemove", x, y, "mousedown", 1)
    program.hand("mousemove", (x + to_x) // 2, y + 12, "mousemove", to_x - 4, to_y, "mousemove", to_x, to_y)
    program.hand("mouseup", 1)
    program.wait(lambda told: told["wired"] and told["can_run"] and "*" in told["title"])
    program.hand("key", "F5")
    program.wait(lambda told: told["said"].startswith("Finished in"))
    program.hand("key", "ctrl+s")
    program.wait(lambda told: "*" not in told["title"])
    saved = read_project(unwired)
    assert saved.project.graph.wires["logits", "x"] == ("dropout", "y")
    assert saved.variables
    picture = tmp_path / "picture.png"
    subprocess.run([sys.executable, "-c", PICTURE, str(picture)], env=program.env, check=True)
    shown = QImage(str(picture))
    assert (shown.width(), shown.height()) == (1600, 1000)
    colours = {shown.pixel(x, y) for x in range(0, 1600, 5) for y in range(0, 1000, 5)}
    assert len(colours) > 100
