"""The first moments of the program: what is loaded before one sees anything, and what is not."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[2])

BEFORE_THE_FIRST_PAINT = """
import sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject

from app.application import Application, make_qt
from app.settings import SettingsStore

HEAVY = ("numba", "scipy", "sklearn", "cupy", "torch", "pyqtgraph", "tensorboard", "matplotlib", "pandas")
found = []

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not found:
            found.append([name for name in HEAVY if name in sys.modules])
        return False

qt = make_qt(["flowscope"])
paint = FirstPaint()
qt.installEventFilter(paint)
app = Application(SettingsStore(Path(sys.argv[1])))
app.start()
while not found or "pyqtgraph" not in sys.modules:
    qt.processEvents()
later = [name for name in HEAVY[:5] if name in sys.modules]
app.close()
sys.exit(f"before the first paint: {found[0]}, later: {later}" if found[0] or later else 0)
"""


def test_what_takes_long_to_load_comes_after_the_first_paint(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BEFORE_THE_FIRST_PAINT, str(tmp_path / "settings.json")],
        env={**os.environ, "PYTHONPATH": ROOT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_without_a_display_the_demo_is_trained_and_photographed(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    done = subprocess.run(
        [sys.executable, "-m", "app", "--offscreen-demo", "--screenshot", str(picture)],
        env={**os.environ, "PYTHONPATH": ROOT},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Test accuracy: 0.9" in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")
    folder = next(line for line in done.stdout.splitlines() if line.startswith("Run folder: "))
    assert list(Path(folder.removeprefix("Run folder: ")).rglob("*tfevents*"))


def test_an_offscreen_demo_that_cannot_run_says_why(tmp_path: Path) -> None:
    (tmp_path / "empty.flowscope").write_text(
        '{"format": "flowscope", "version": 1, "nodes": {}, "wires": {}}'
    )
    done = subprocess.run(
        [sys.executable, "-m", "app", "window", str(tmp_path / "empty.flowscope"), "--offscreen-demo"],
        env={**os.environ, "PYTHONPATH": ROOT},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "did not finish: the graph is empty" in done.stdout
    assert "Traceback" not in done.stderr
