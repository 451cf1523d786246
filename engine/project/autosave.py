"""Unsaved work on disk: saved beside the user's file while one edits, and found again after a crash."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from engine.project import limits, strict_json
from engine.project.canonical_json import dump
from engine.project.codec import project_from_dict, project_to_dict
from engine.project.durable import FileError, FileStamp, durable_replace
from engine.project.files import open_regular
from engine.project.owner import Owner, is_alive, is_token
from engine.project.project import Project

_FORMAT = "flowscope-autosave"
_VERSION = 1
# An autosave is a project with something around it, and every project must fit.
_BYTES = limits.JSON_BYTES + 64 * 1024
_DEPTH = limits.JSON_DEPTH + 1


@dataclass(frozen=True, eq=False)
class Recoverable:
    """Unsaved work that no running program looks after: the window can offer to take it up again.

    `original` is the file it was an edit of, None for one that had no name yet. `original_changed` tells that
    the file is no longer the one that was edited.
    """

    path: Path
    original: Path | None
    original_changed: bool
    saved_at: float
    project: Project
    entry: Path | None = None


class Autosave:
    """Keeps the unsaved state of one document on disk, until it is discarded."""

    def __init__(self, owner: Owner, original: Path | None) -> None:
        self._owner = owner
        self._original = original.absolute() if original else None
        self._name = owner.next_entry()
        self._entry = owner.folder / f"{self._name}.autosave"
        self.path = self._choose_path()

    def save(self, project: Project, stamp: FileStamp | None) -> None:
        """Save the present state; `stamp` is that of the original when it was last read or written."""
        document = {
            "format": _FORMAT,
            "version": _VERSION,
            "owner": self._owner.token,
            "saved_at": time.time(),
            "original": str(self._original) if self._original else None,
            "stamp": list(astuple(stamp)) if stamp else None,
            "project": project_to_dict(project),
        }
        data = dump(document)
        if self.path != self._entry and not self._pointer.exists():
            # First the way to find it, then the autosave: one that could not be found would be lost.
            durable_replace(self._pointer, dump({"autosave": str(self.path)}))
        durable_replace(self.path, data)

    def discard(self) -> None:
        """Remove what was saved: the document was saved properly, or the user does not want it."""
        for path in (self.path, self._pointer):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()

    @property
    def _pointer(self) -> Path:
        return self._owner.folder / f"{self._name}.pointer"

    def _choose_path(self) -> Path:
        """Beside the original; in the state folder where one may not write, or other work lies already."""
        if self._original is None:
            return self._entry
        beside = autosave_path(self._original)
        if beside.exists() or not os.access(beside.parent, os.W_OK):
            return self._entry
        return beside


def autosave_path(original: Path) -> Path:
    """Where the autosave of a file lies, unless it cannot."""
    return original.with_name(f".{original.name}.autosave")


def find_recoverable(owner: Owner) -> list[Recoverable]:
    """All unsaved work that programs which no longer run have left, the newest first.

    What is damaged or belongs to a running program is left where it is.
    """
    found = {entry: _recoverable(entry, owner, entry) for entry in owner.folder.glob("*.autosave")}
    for pointer in owner.folder.glob("*.pointer"):
        target = _target(pointer)
        if target is not None and target.exists():
            found[target] = _recoverable(target, owner, pointer)
        elif not is_alive(owner.folder, _token_of(pointer)):
            pointer.unlink(missing_ok=True)
    return sorted((work for work in found.values() if work), key=lambda work: -work.saved_at)


def recoverable_beside(original: Path, owner: Owner) -> Recoverable | None:
    """Unsaved work that lies beside a file, for example because both came from another computer."""
    path = autosave_path(original)
    return _recoverable(path, owner, None) if path.exists() else None


def discard(work: Recoverable) -> None:
    """Remove unsaved work that was taken up, or that the user does not want."""
    for path in (work.path, work.entry):
        if path is not None:
            path.unlink(missing_ok=True)


def _recoverable(path: Path, owner: Owner, entry: Path | None) -> Recoverable | None:
    try:
        document = _read(path)
        token, original, stamp = document["owner"], document["original"], document["stamp"]
        if not isinstance(token, str) or not is_token(token) or is_alive(owner.folder, token):
            return None
        project = project_from_dict(document["project"], f"'{path}'")
        saved_at = float(document["saved_at"])
        file = Path(original) if original is not None else None
        before = FileStamp(*stamp) if stamp is not None else None
        changed = file is not None and FileStamp.of(file) != before
    except (FileError, OSError, KeyError, TypeError, ValueError):
        return None
    return Recoverable(path, file, changed, saved_at, project, entry)


def _read(path: Path) -> dict[str, Any]:
    with open_regular(path, _BYTES) as file:
        document = strict_json.parse(file.read(), f"'{path}'", max_bytes=_BYTES, max_depth=_DEPTH)
    if (
        not isinstance(document, dict)
        or document.get("format") != _FORMAT
        or document.get("version") != _VERSION
    ):
        raise FileError(f"'{path}' is not an autosave of this version.")
    return document


def _target(pointer: Path) -> Path | None:
    try:
        with open_regular(pointer, limits.STRING_CHARACTERS) as file:
            return Path(strict_json.parse(file.read(), f"'{pointer}'")["autosave"])
    except (FileError, OSError, KeyError, TypeError):
        return None


def _token_of(entry: Path) -> str:
    return entry.stem.rpartition("-")[0]
