"""Where runs lie on disk, and what is known of each: one folder a run, with `run.json` and event files."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import platformdirs

from engine.errors import FlowscopeError
from engine.project import limits, strict_json
from engine.project.canonical_json import dump
from engine.project.durable import FileError, durable_replace, reason
from engine.project.files import open_regular

RUN_FILE = "run.json"
_EVENT_FILES = "*tfevents*"

State = Literal["running", "finished", "failed", "interrupted", "died"]
STATES: tuple[State, ...] = ("running", "finished", "failed", "interrupted", "died")


class RunLogError(FlowscopeError):
    """A run folder that cannot be read or written."""


@dataclass(frozen=True)
class RunInfo:
    """What `run.json` says of a run. `project` is the content of the project file as it was trained.

    The times are seconds since 1970; `ended` is None while the run goes on. `message` says why it failed.
    """

    name: str
    project: Mapping[str, Any]
    seed: int = 0
    device: str = ""
    started: float = 0.0
    ended: float | None = None
    state: State = "running"
    message: str = ""
    test_results: Mapping[str, float] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RunFolder:
    """A folder with events in it. `info` is None for a run of another program, or if run.json is damaged."""

    path: Path
    info: RunInfo | None

    @property
    def name(self) -> str:
        return self.info.name if self.info else self.path.name


def runs_folder() -> Path:
    """Where the runs of all projects lie."""
    return Path(platformdirs.user_data_dir("flowscope", appauthor=False)) / "runs"


def new_run_folder(project_name: str, root: Path | None = None) -> Path:
    """Make the folder of a new run: the projects's name, and below it the next free number."""
    parent = (root or runs_folder()) / _folder_name(project_name)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        number = max(
            (int(p.name) for p in parent.iterdir() if p.name.isascii() and p.name.isdigit()), default=0
        )
        while True:
            number += 1
            # Two programs may look for a number at the same time; only one can make the folder.
            with contextlib.suppress(FileExistsError):
                (parent / str(number)).mkdir()
                return parent / str(number)
    except OSError as error:
        raise RunLogError(f"Cannot make a folder for the run in '{parent}': {reason(error)}.") from error


def list_runs(folder: Path) -> list[RunFolder]:
    """The runs in a folder and its subfolders, sorted by path with numbers in their order."""
    found = []
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        if (path / RUN_FILE).is_file() or any(path.glob(_EVENT_FILES)):
            found.append(RunFolder(path, _info_or_none(path)))
        if not (path / RUN_FILE).is_file():
            waiting.extend(_subfolders(path))
    return sorted(found, key=lambda run: _natural(run.path))


def read_info(folder: Path) -> RunInfo:
    """What is known of a run; raises RunLogError where that cannot be read."""
    path = folder / RUN_FILE
    what = f"'{path}'"
    try:
        with open_regular(path, limits.JSON_BYTES) as file:
            document = strict_json.parse(file.read(), what)
    except OSError as error:
        raise RunLogError(f"Cannot read {what}: {reason(error)}.") from error
    except FileError as error:
        raise RunLogError(error.what) from error
    return _info(document, what)


def write_info(folder: Path, info: RunInfo) -> None:
    """Write `run.json`."""
    known = asdict(info)
    extra = known.pop("extra")
    durable_replace(folder / RUN_FILE, dump({**known, **extra}))


def event_files(folder: Path) -> list[Path]:
    """The event files that lie in a folder itself, in the order of their names, which begin with the time."""
    return sorted(path for path in folder.glob(_EVENT_FILES) if path.is_file())


def event_folders(run: Path) -> dict[str, Path]:
    """The folders of a run that have event files, by the name of the split; the run's own is called ``."""
    folders = {"": run, **{path.name: path for path in _subfolders(run)}}
    return {split: path for split, path in folders.items() if event_files(path)}


def _subfolders(path: Path) -> list[Path]:
    """The folders in a folder; links are left out, since they could lead round in a circle."""
    try:
        return sorted(entry for entry in path.iterdir() if entry.is_dir() and not entry.is_symlink())
    except OSError:
        return []


def _info_or_none(folder: Path) -> RunInfo | None:
    try:
        return read_info(folder)
    except RunLogError:
        return None


def _info(document: object, what: str) -> RunInfo:
    if not isinstance(document, dict) or not isinstance(document.get("name"), str):
        raise RunLogError(f"{what} does not describe a run.")
    names = {f.name for f in fields(RunInfo)} - {"extra"}
    known = {name: value for name, value in document.items() if name in names}
    info = RunInfo(**{"project": {}, **known}, extra={k: v for k, v in document.items() if k not in names})
    right = (
        isinstance(info.project, dict)
        and _is_number(info.seed)
        and isinstance(info.device, str)
        and _is_number(info.started)
        and (info.ended is None or _is_number(info.ended))
        and info.state in STATES
        and isinstance(info.message, str)
        and isinstance(info.test_results, dict)
        and all(_is_number(result) for result in info.test_results.values())
    )
    if not right:
        raise RunLogError(f"{what} describes a run with a field of the wrong type.")
    return info


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _folder_name(text: str) -> str:
    """A name that every file system takes."""
    name = re.sub(r"[^\w.-]+", "_", text).strip("._")[:80]
    reserved = re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name, re.IGNORECASE)
    return f"{name}_" if reserved else name or "untitled"


def _natural(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((int(part) if part.isascii() and part.isdigit() else 0, part) for part in path.parts)
