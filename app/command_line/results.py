"""What `flowscope run` computed, written to a file: arrays by name, a single array, a table, or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from app.command_line.output import plain
from engine.project.archive import archive_chunks
from engine.project.durable import FileError, durable_replace

Found = Mapping[str, np.ndarray]


def check_path(path: Path) -> None:
    """Refuse a file that could not be written, before anything is computed."""
    if path.suffix.lower() not in _WRITERS:
        raise FileError(f"'{path}' is no kind of file for results; expected {' or '.join(_WRITERS)}.")
    if not path.absolute().parent.is_dir():
        raise FileError(f"'{path}' lies in no folder that there is.", hint="Make the folder first.")


def write(path: Path, found: Mapping[str, np.ndarray | None]) -> None:
    """Write tensors to a file of the kind that its name says; what has no value is left out."""
    arrays = {name: _storable(value) for name, value in found.items() if value is not None}
    durable_replace(path, _WRITERS[path.suffix.lower()](path, arrays))


def _storable(value: np.ndarray) -> np.ndarray:
    """NumPy's files know no bfloat16; float32 holds all of its numbers."""
    return value.astype(np.float32) if value.dtype.name == "bfloat16" else value


def _npz(_path: Path, arrays: Found) -> Iterable[bytes]:
    return archive_chunks({f"{name}.npy": _bytes(array) for name, array in arrays.items()})


def _npy(path: Path, arrays: Found) -> bytes:
    if len(arrays) != 1:
        raise FileError(
            f"'{path}' holds one array, and there are {len(arrays)}.", hint="Write a .npz or a .json file."
        )
    return _bytes(next(iter(arrays.values())))


def _bytes(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    npy.write_array(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _csv(path: Path, arrays: Found) -> bytes:
    """A table with a row for each example; an output with several columns has them numbered."""
    columns: list[tuple[str, np.ndarray]] = []
    for name, array in arrays.items():
        if array.ndim not in (1, 2):
            raise FileError(
                f"'{path}' is a table, and '{name}' has {array.ndim} axes.",
                hint="Write a .npz or a .json file.",
            )
        cells = array.astype(np.int8) if array.dtype.kind == "b" else array
        if array.ndim == 1:
            columns.append((name, cells))
        else:
            columns += [(f"{name}_{index}", column) for index, column in enumerate(cells.T)]
    if len({len(column) for _, column in columns}) > 1:
        raise FileError(
            f"'{path}' is a table, and the outputs have different numbers of rows.",
            hint="Write a .npz or a .json file.",
        )
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(name for name, _ in columns)
    writer.writerows(zip(*(column for _, column in columns), strict=True))
    return text.getvalue().encode()


def _json(_path: Path, arrays: Found) -> bytes:
    return json.dumps(plain(dict(arrays)), allow_nan=False).encode() + b"\n"


_WRITERS: Mapping[str, Callable[[Path, Found], bytes | Iterable[bytes]]] = {
    ".npz": _npz,
    ".npy": _npy,
    ".csv": _csv,
    ".json": _json,
}
