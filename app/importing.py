"""Import of models of other programs, in a process of its own: the window stays alive, and one can cancel."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

import app

MODELS = (".onnx",)
"""How the names of files end that are imported, not opened."""
_EMPTY = "It ended without an answer."


@dataclass(frozen=True)
class Refusal:
    """Why a model was not imported: in one sentence, and node by node where nodes are at fault."""

    what: str
    problems: tuple[str, ...] = ()


def is_model(path: Path) -> bool:
    """Whether a file is a model of another program, by its name."""
    return path.suffix.lower() in MODELS


class Importing(QObject):
    """Runs `flowscope import` on one file at a time. What it answers is told when it is there."""

    started = Signal(str)
    """The name of the file."""
    imported = Signal(str, str)
    """Where the project lies until this is told, and the title for it."""
    refused = Signal(object)
    """A Refusal."""
    ended = Signal()
    """In whatever way."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._title = ""

    @property
    def is_busy(self) -> bool:
        return self._process is not None

    def start(self, path: Path) -> None:
        """Begin to import a file; what is being imported is given up."""
        self.cancel()
        self._folder = tempfile.TemporaryDirectory(prefix="flowscope-")
        self._title = path.with_suffix("").name
        process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        search = (str(Path(app.__file__).parent.parent), os.environ.get("PYTHONPATH"))
        environment.insert("PYTHONPATH", os.pathsep.join(filter(None, search)))
        environment.insert("PYTHONUTF8", "1")
        process.setProcessEnvironment(environment)
        process.finished.connect(lambda code: self._finished(process, code))
        process.errorOccurred.connect(lambda _: self._failed(process))
        self._process = process
        self.started.emit(path.name)
        # -P: a file in the current folder that is called like a library must not be imported.
        arguments = ["-P", "-m", "app", "import", str(path.absolute()), "--json", "-o", self._target]
        process.start(sys.executable, arguments)

    def cancel(self) -> None:
        """Give up what is being imported, without a word."""
        process = self._process
        if process is not None:
            self._leave()
            process.kill()
            process.waitForFinished(1000)

    @property
    def _target(self) -> str:
        assert self._folder is not None
        return str(Path(self._folder.name) / "imported.flowscope")

    def _finished(self, process: QProcess, code: int) -> None:
        if process is not self._process:
            return
        output = bytes(process.readAllStandardOutput().data()).decode("utf-8", "replace")
        errors = bytes(process.readAllStandardError().data()).decode("utf-8", "replace")
        try:
            if code == 0:
                self.imported.emit(self._target, self._title)
            else:
                self.refused.emit(_refusal(output, errors))
        finally:
            self._leave()

    def _failed(self, process: QProcess) -> None:
        if process is self._process and process.error() == QProcess.ProcessError.FailedToStart:
            self.refused.emit(Refusal(f"The import could not begin: {process.errorString()}."))
            self._leave()

    def _leave(self) -> None:
        self._process = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        self.ended.emit()


def _refusal(output: str, errors: str) -> Refusal:
    """What the process said: a JSON object where the model is at fault, or the end of its error stream."""
    try:
        said = json.loads(output)
        return Refusal(said["what"], tuple(said["problems"]))
    except (ValueError, LookupError, TypeError):
        lines = errors.strip().splitlines()
        return Refusal(lines[-1].removeprefix("flowscope: ") if lines else _EMPTY)
