"""Open a file of data only where it is an ordinary file of an allowed size."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from engine.data.dataset import DataError

FILE_BYTES = 8 * 1024**3
ARRAY_BYTES = 8 * 1024**3
ARRAY_RANK = 16


def open_data(path: Path, max_bytes: int = FILE_BYTES) -> BinaryIO:
    """Open a file for reading; raises DataError for a folder, a pipe, a device, or too large a file."""
    try:
        _check_regular(path, path.stat(), max_bytes)
        # A pipe that took the file's place meanwhile must not make the program wait.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        file = os.fdopen(descriptor, "rb")
        try:
            _check_regular(path, os.fstat(descriptor), max_bytes)
        except BaseException:
            file.close()
            raise
        return file
    except OSError as error:
        raise DataError(f"Cannot read '{path}': {(error.strerror or str(error)).lower()}.") from error


def checked_size(shape: tuple[int, ...], item_bytes: int, what: str) -> int:
    """How many bytes an array takes, in Python's integers, which do not wrap.

    Raises DataError where that is too much, so that it is known before any memory is taken.
    """
    if len(shape) > ARRAY_RANK:
        raise DataError(f"{what} has {len(shape)} dimensions; the limit is {ARRAY_RANK}.")
    size = largest = item_bytes
    for length in shape:
        size *= length
        # An empty array of an absurd shape is refused as well.
        largest *= max(length, 1)
    if largest > ARRAY_BYTES or any(length < 0 for length in shape):
        raise DataError(
            f"{what} declares the shape {' x '.join(str(length) for length in shape)}, "
            f"which takes {largest / 1e9:,.1f} GB; the limit is {ARRAY_BYTES / 1e9:,.1f} GB."
        )
    return size


def _check_regular(path: Path, found: os.stat_result, max_bytes: int) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise DataError(f"'{path}' is a folder; expected a file.")
    if not stat.S_ISREG(found.st_mode):
        raise DataError(f"'{path}' is not an ordinary file.")
    if found.st_size > max_bytes:
        raise DataError(f"'{path}' has {found.st_size:,} bytes; the limit is {max_bytes:,}.")
