"""Read what a graph is to be given from files: one array, or several by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.data.csv_table import read_csv
from engine.data.dataset import Array, DataError
from engine.data.npz import read_npy_file, read_npz
from engine.data.reading import open_data
from engine.project import limits, strict_json
from engine.spec import Spec

ONE = (".npy", ".csv", ".json")
MANY = (".npz", ".csv", ".json")


def read_one(path: Path) -> object:
    """The array of a .npy file, the columns of a table side by side, or the numbers of a JSON file."""
    match path.suffix.lower():
        case ".npy":
            return read_npy_file(path)
        case ".csv":
            return np.stack(list(read_csv(path).columns.values()), axis=1)
        case ".json":
            return _read_json(path)
    raise DataError(f"'{path}' is no file with one array; expected {' or '.join(ONE)}.")


def read_many(path: Path) -> dict[str, object]:
    """The arrays of a .npz file, the columns of a table, or the fields of a JSON object, by name."""
    match path.suffix.lower():
        case ".npz":
            return dict(read_npz(path))
        case ".csv":
            return dict(read_csv(path).columns)
        case ".json":
            found = _read_json(path)
            if isinstance(found, dict):
                return found
            raise DataError(f"'{path}' holds no JSON object; expected one with a field for each name.")
    raise DataError(f"'{path}' is no file with arrays by name; expected {' or '.join(MANY)}.")


def fitted(value: object, spec: Spec, name: str) -> Array:
    """What was read as an array of the dtype that is expected; a table with one column serves as a row, too.

    A file of text knows no dtypes, and NumPy writes float64 unless it is told otherwise.
    """
    try:
        given = np.asarray(value)
        with np.errstate(all="ignore"):
            array = given.astype(spec.dtype, copy=False)
    except (ValueError, TypeError, OverflowError) as error:
        raise DataError(
            f"what is given for '{name}' is no array of {spec.dtype}.",
            hint="Give numbers, in rows of equal length.",
        ) from error
    if array.dtype.kind in "biu" and given.dtype.kind in "biuf" and not np.array_equal(array, given):
        raise DataError(
            f"'{name}' takes {spec.dtype}, and some of the numbers that are given cannot be that.",
            hint="Give whole numbers within its range.",
        )
    if spec.shape is not None and array.shape[-1:] == (1,) and array.ndim == len(spec.shape) + 1:
        return array[..., 0]
    if spec.shape is not None and spec.shape[-1:] == (1,) and array.ndim == len(spec.shape) - 1:
        return array[..., np.newaxis]
    return array


def _read_json(path: Path) -> object:
    with open_data(path, limits.JSON_BYTES) as file:
        found: object = strict_json.parse(file.read(), f"'{path}'")
        return found
