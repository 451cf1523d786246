"""How long one waits: for the window's first paint, for the command line, and for the engine's process."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

DEMO = "resources/demos/digits-mlp.flowscope"
HEAVY = ("pyqtgraph", "tensorboard", "grpc", "onnx", "scipy", "sklearn", "numba", "cupy", "torch", "jax")
HOMES = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
         "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")  # fmt: skip


def main() -> None:
    """Measure and print; with --json FILE also write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--times", type=int, default=5, help="starts per figure; the shortest counts")
    parser.add_argument("--window", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.window is not None:
        print(json.dumps(first_paint(options.window)))
        return
    with tempfile.TemporaryDirectory(prefix="flowscope-startup-") as home:
        os.environ.update(dict.fromkeys(HOMES, home), QT_QPA_PLATFORM="offscreen")
        Path(home).chmod(0o700)
        figures = measure(options.times)
    for name, value in figures.items():
        print(f"{name:44} {value if isinstance(value, str) else f'{value:8.0f} ms'}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def measure(times: int) -> dict[str, float | str]:
    """All figures by name, in milliseconds, each the shortest of some starts."""
    figures: dict[str, float | str] = {
        "python -c pass": shortest(times, "-c", "pass"),
        "import engine": shortest(times, "-c", "import engine"),
        "flowscope --help": shortest(times, "-m", "app", "--help"),
        "flowscope check, of the digits demo": shortest(times, "-m", "app", "check", DEMO),
        "engine's process, start to Ready": min(engine_ready() for _ in range(times)),
    }
    windows = [json.loads(run(__file__, "--window", str(time.time()))) for _ in range(times)]
    best = min(windows, key=lambda window: window["first paint"])
    for name in ("Qt and all widgets imported", "window built", "window shown", "first paint"):
        figures[f"window: {name}"] = 1e3 * best[name]
    figures["window: heavy modules at the first paint"] = ", ".join(best["heavy"]) or "none"
    return figures


def shortest(times: int, *words: str) -> float:
    """Milliseconds of the shortest of some runs of Python with these words."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        run(*words)
        spent.append(time.perf_counter() - start)
    return 1e3 * min(spent)


def run(*words: str) -> str:
    """Run Python with some words, and return what it printed."""
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def engine_ready() -> float:
    """Milliseconds from starting the engine's process until it says that it is ready."""
    from engine.worker.client import WorkerClient
    from engine.worker.messages import Ready

    woken = threading.Event()
    with closing(WorkerClient(woken.set, standby=False)) as client:
        start = time.perf_counter()
        client.start()
        while not any(isinstance(event, Ready) for event in client.poll(1.0)):
            woken.wait(0.01)
            woken.clear()
        return 1e3 * (time.perf_counter() - start)


def first_paint(started: float) -> dict[str, float | list[str]]:
    """Seconds since the process was asked for until each stage; the heavy modules there are at the last."""
    from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

    from app.application import Application
    from app.loop import make_qt
    from app.settings import SettingsStore

    found: dict[str, float | list[str]] = {"Qt and all widgets imported": time.time() - started}

    class Watch(QObject):
        """Sees the canvas paint for the first time, lets it do so, and takes the time."""

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() != QEvent.Type.Paint or "first paint" in found:
                return False
            found["first paint"] = 0.0
            QCoreApplication.sendEvent(watched, event)
            found["first paint"] = time.time() - started
            found["heavy"] = [name for name in HEAVY if name in sys.modules]
            QTimer.singleShot(0, qt.quit)
            return True

    qt = make_qt(sys.argv[:1])
    app = Application(SettingsStore())
    watch = Watch()
    app.window.canvas.viewport().installEventFilter(watch)
    found["window built"] = time.time() - started
    app.start()
    found["window shown"] = time.time() - started
    qt.exec()
    app.close()
    return found


if __name__ == "__main__":
    main()
