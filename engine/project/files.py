"""Open and save project files: all or nothing, and never over somebody else's changes."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.project import limits
from engine.project.container import Variables, decode, encode_archive, encode_json
from engine.project.durable import FileError, FileStamp, durable_replace, reason
from engine.project.project import Project


@dataclass(frozen=True, eq=False)
class LoadedProject:
    """What a file held, and the stamp by which a later change of the file is noticed."""

    project: Project
    variables: Variables
    stamp: FileStamp


def read_project(path: Path) -> LoadedProject:
    """Open a project file of either form; raises FileError saying what is wrong with it."""
    what = f"'{path}'"
    try:
        with open_regular(path) as file:
            found = os.fstat(file.fileno())
            project, variables = decode(file, found.st_size, what)
    except OSError as error:
        raise FileError(f"Cannot open {what}: {reason(error)}.") from error
    except MemoryError as error:
        raise FileError(f"Cannot open {what}: there is not enough memory for it.") from error
    return LoadedProject(project, variables, FileStamp.from_stat(found))


def write_project(
    path: Path,
    project: Project,
    variables: Variables | None = None,
    *,
    as_json: bool = False,
    expected: FileStamp | None = None,
) -> FileStamp:
    """Save a project and return the stamp of the file.

    With `expected`, a file that somebody else changed since raises ConflictError. JSON holds no variables.
    """
    what = f"'{path}'"
    if as_json and variables:
        raise FileError(
            f"{what} cannot be saved as JSON with {len(variables)} trained variables.",
            hint="Save it in the usual form, or save it without the variables.",
        )
    content = encode_json(project, what) if as_json else encode_archive(project, variables or {}, what)
    return durable_replace(path, content, expected=expected)


def open_regular(path: Path, max_bytes: int = limits.ARCHIVE_BYTES) -> BinaryIO:
    """Open a file for reading; raises FileError for a folder, a pipe or a device, which could block."""
    _check_regular(path, path.stat(), max_bytes)
    # A pipe that took the file's place meanwhile must not make the program wait.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    file = os.fdopen(descriptor, "rb")
    try:
        _check_regular(path, os.fstat(descriptor), max_bytes)
    except FileError:
        file.close()
        raise
    return file


def _check_regular(path: Path, found: os.stat_result, max_bytes: int) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise FileError(f"'{path}' is a folder; expected a file.")
    if not stat.S_ISREG(found.st_mode):
        raise FileError(f"'{path}' is not an ordinary file.")
    if found.st_size > max_bytes:
        raise FileError(f"'{path}' has {found.st_size:,} bytes; the limit is {max_bytes:,}.")
