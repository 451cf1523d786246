"""Checkpoints: states of training on disk. The last two are kept; a damaged one is passed over."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.project.durable import FileError, durable_replace, reason
from engine.project.files import open_regular
from engine.project.tensors import decode_tensors, encode_tensors
from engine.train.state import TrainState

KEPT = 2
_NAME = re.compile(r"checkpoint-(\d{6,})-([0-9a-f]{32})\.safetensors")
_STATE = "state"
_VARIABLES = "variables/"


@dataclass(frozen=True)
class Resumed:
    """The state to go on from, the file that it comes from, and what the user should know of damaged ones."""

    state: TrainState
    path: Path
    warnings: tuple[str, ...] = ()


class Checkpoints:
    """The checkpoints of one run, in a folder of their own.

    A file's name ends in the hash of its content, so that no damage, however small, goes unnoticed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, state: TrainState) -> Path:
        """Save a state, then remove all but the last two. Raises FileError when it fails."""
        content = encode(state)
        paths = self.paths()
        number = _number(paths[-1]) + 1 if paths else 0
        path = self.folder / f"checkpoint-{number:06}-{_digest(content)}.safetensors"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"Cannot make the folder '{self.folder}': {reason(error)}.") from error
        durable_replace(path, content)
        for old in [*paths, path][:-KEPT]:
            # One file too many does no harm; the next checkpoint tries again.
            with contextlib.suppress(OSError):
                old.unlink(missing_ok=True)
        return path

    def paths(self) -> list[Path]:
        """The checkpoints that there are, the oldest first."""
        try:
            found = [path for path in self.folder.iterdir() if _NAME.fullmatch(path.name)]
        except FileNotFoundError:
            return []
        return sorted(found, key=_number)

    def latest(self) -> Resumed | None:
        """The newest checkpoint that is whole, or None where there is none at all.

        Raises FileError when there are some and all of them are damaged.
        """
        return newest(self.paths())


def newest(paths: Sequence[Path]) -> Resumed | None:
    """The last of the files that is whole, with a sentence for every damaged one that came after it."""
    warnings: list[str] = []
    for path in reversed(paths):
        try:
            state = read(path)
        except FileError as error:
            warnings.append(str(error))
            continue
        if warnings:
            warnings.append(f"Training goes on from the checkpoint before it, at step {state.step:,}.")
        return Resumed(state, path, tuple(warnings))
    if warnings:
        raise FileError(" ".join(warnings), hint="Start the training again.")
    return None


def encode(state: TrainState) -> bytes:
    """A state as the content of a safetensors file: variables, and all else as JSON in one more tensor."""
    tensors = {f"{_VARIABLES}{path}": array for path, array in state.variables.items()}
    return encode_tensors({_STATE: np.frombuffer(state.to_json(), np.uint8), **tensors})


def decode(content: bytes, what: str) -> TrainState:
    """The state that `encode` wrote; raises FileError, whose sentence begins with `what`."""
    tensors = decode_tensors(content, what)
    stored = tensors.pop(_STATE, None)
    if stored is None or stored.dtype != np.uint8 or not all(name.startswith(_VARIABLES) for name in tensors):
        raise FileError(f"{what} is not a checkpoint.")
    variables = {name.removeprefix(_VARIABLES): array for name, array in tensors.items()}
    return TrainState.from_json(stored.tobytes(), variables)


def read(path: Path) -> TrainState:
    """Read one checkpoint; raises FileError when a single bit of it has changed since it was written."""
    name = _NAME.fullmatch(path.name)
    if name is None:
        raise FileError(f"'{path}' is not named as a checkpoint is.")
    try:
        with open_regular(path) as file:
            content = file.read()
    except OSError as error:
        raise FileError(f"Cannot read '{path}': {reason(error)}.") from error
    if _digest(content) != name[2]:
        raise FileError(f"The checkpoint '{path.name}' is damaged.")
    return decode(content, f"The checkpoint '{path.name}'")


def _number(path: Path) -> int:
    name = _NAME.fullmatch(path.name)
    return int(name[1]) if name else -1


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
