"""Projects and variables as they reach the engine: JSON, checkpoints and safetensors files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from engine.project import strict_json
from engine.project.canonical_json import dump
from engine.project.codec import project_from_dict, project_to_dict
from engine.project.durable import FileError, durable_replace, reason
from engine.project.files import open_regular
from engine.project.project import Project
from engine.project.tensors import decode_tensors, encode_tensors
from engine.train import checkpoint
from engine.train.checkpoint import Checkpoints, Resumed
from engine.worker import messages
from engine.worker.messages import ReadVariables

Variables = Mapping[str, NDArray[Any]]


def project_to_bytes(project: Project) -> bytes:
    """A project as it is sent to the engine."""
    return dump(project_to_dict(project))


def project_from_bytes(content: bytes) -> Project:
    """The project that was sent."""
    return project_from_dict(strict_json.parse(content, "The project"), "The project")


def resume_from(path: Path) -> Resumed:
    """The state to go on from: this checkpoint, or the one before it where this one is damaged."""
    beside = Checkpoints(path.parent).paths()
    found = checkpoint.newest(beside[: beside.index(path) + 1] if path in beside else [path])
    assert found is not None  # a list that is not empty gives a state or raises
    return found


def checkpoints_of(run_folder: Path) -> Checkpoints:
    """The checkpoints of a run, which lie in its folder."""
    return Checkpoints(run_folder / "checkpoints")


def read_variables(path: Path) -> Variables:
    """The variables of a checkpoint, or of a file that `save` wrote."""
    if path.name.startswith("checkpoint-"):
        return checkpoint.read(path).variables
    try:
        with open_regular(path) as file:
            return decode_tensors(file.read(), f"'{path}'")
    except OSError as error:
        raise FileError(f"Cannot read '{path}': {reason(error)}.") from error


def save(query: ReadVariables, variables: Variables) -> messages.Variables:
    """Write variables to the file that the window wants, and say whether that went well."""
    try:
        durable_replace(Path(query.path), encode_tensors(variables))
    except FileError as error:
        return messages.Variables(query.request, query.path, str(error))
    return messages.Variables(query.request, query.path)
