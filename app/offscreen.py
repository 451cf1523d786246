"""The main job without a display: the same window, offscreen, trains the demo and is photographed."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from app.command_line.bar import TrainingBar

if TYPE_CHECKING:
    from app.application import Application
    from engine.worker import messages

SETTLE_MS = 800
"""So long after the end the last curves and thumbnails have been painted."""


def run_offscreen(options: Namespace) -> int:
    """Train the digits demo in the window to the end; prints the accuracy and where picture and run lie."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer

    from app.application import Application
    from app.loop import INTERRUPTED, make_qt, run_loop
    from app.settings import SettingsStore

    qt = make_qt(sys.argv[:1])
    app = Application(SettingsStore(), theme_name=options.theme)
    app.window.resize(1600, 1000)
    console = Console(markup=False, highlight=False)
    with _Watch(app, console) as watch:
        # Not quit(): that closes the window first, which then cannot be photographed any more.
        watch.ended = lambda: QTimer.singleShot(SETTLE_MS, lambda: qt.exit(0))
        app.start(options.file)
        if app.workspace.can_run:
            app.load_late_panels()  # the curves must be there when the run begins
            app.runs.run()
            if run_loop(qt) == INTERRUPTED:
                app.close()
                return INTERRUPTED
        else:
            watch.failure = " ".join(map(str, app.workspace.problems)) or "the graph is empty."
    picture = options.screenshot or Path.cwd() / "flowscope.png"
    saved = app.window.grab().save(str(picture))
    folder = app.controller.folder
    app.close()
    if watch.failure:
        console.print(f"Training did not finish: {watch.failure}")
        return 1
    for name, value in watch.results.items():
        console.print(f"Test {name}: {value:.4f}")
    console.print(f"Run folder: {folder}", soft_wrap=True)
    if not saved:
        console.print(f"The picture {picture} could not be written.", soft_wrap=True)
        return 1
    console.print(f"Picture of the window: {picture}", soft_wrap=True)
    return 0


class _Watch:
    """A progress bar on the terminal for what happens in the window."""

    def __init__(self, app: Application, console: Console) -> None:
        self.results: dict[str, float] = {}
        self.failure = ""
        self.ended: Callable[[], object] = lambda: None
        self._bar = TrainingBar(console)
        controller = app.controller
        controller.engine_ready.connect(self._bar.tell_device)
        controller.progress.connect(self._bar.advance)
        controller.finished.connect(self._finish)
        controller.failed.connect(lambda _, sentence: self._fail(sentence))
        controller.died.connect(lambda event: self._fail(event.sentence))

    def __enter__(self) -> _Watch:
        self._bar.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.__exit__()

    def _finish(self, event: messages.Finished) -> None:
        self.results = event.results
        self.ended()

    def _fail(self, sentence: str) -> None:
        self.failure = sentence
        self.ended()
