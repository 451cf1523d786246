"""A file of its own in which variables reach the engine; it is gone when the program ends."""

from __future__ import annotations

import tempfile
from pathlib import Path

from engine.project.durable import durable_replace
from engine.project.tensors import encode_tensors
from engine.worker.stored import Variables


class ScratchVariables:
    """Writes variables to a folder that nobody else sees."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._count = 0

    def write(self, variables: Variables) -> str:
        """Write variables and return the file's path, which is another one each time."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="flowscope-")
        folder = Path(self._folder.name)
        for old in folder.iterdir():
            old.unlink()
        self._count += 1
        path = folder / f"variables-{self._count}.safetensors"
        durable_replace(path, encode_tensors(variables))
        return str(path)

    def close(self) -> None:
        """Remove the folder."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
