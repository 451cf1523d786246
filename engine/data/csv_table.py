"""Read a table of numbers from a text file with a header; every error names the line and the column."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.data.dataset import FEATURES, LABELS, Array, DataError, Dataset
from engine.data.reading import open_data
from engine.data.split import train_test

_FILE_BYTES = 512 * 1024**2
_COLUMNS = 10_000
_FIELD_CHARACTERS = 1024
_CLASSES = 1000
_DELIMITERS = ",;\t"


@dataclass(frozen=True, eq=False)
class Table:
    """Named columns of equal length: numbers as float64, or texts where that was asked for."""

    columns: dict[str, Array]

    @property
    def rows(self) -> int:
        return len(next(iter(self.columns.values())))


def read_csv(path: Path, *, text_columns: tuple[str, ...] = ()) -> Table:
    """Read a whole table. All columns but those named must be numbers."""
    with open_data(path, _FILE_BYTES) as file:
        data = file.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"'{path}', line {line}: the text is not in UTF-8.",
            hint="Save the table with the encoding UTF-8.",
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError(f"'{path}', line {line}: there is a zero byte; this is not a table of text.")
    lines = _rows(path, text)
    header = next(lines, (1, []))[1]
    _check_header(path, header)
    columns: list[list[float]] = [[] for _ in header]
    texts: dict[int, list[str]] = {i: [] for i, name in enumerate(header) if name in text_columns}
    for line, fields in lines:
        if len(fields) != len(header):
            raise DataError(f"'{path}', line {line}: {len(fields)} fields found, {len(header)} expected.")
        for index, value in enumerate(fields):
            if index in texts:
                texts[index].append(value.strip())
            else:
                columns[index].append(_number(path, line, header[index], value))
    if not (texts.get(0) or columns[0]):
        raise DataError(f"'{path}' has a header but no rows.")
    arrays: dict[str, Array] = {}
    for index, name in enumerate(header):
        arrays[name] = (
            np.array(texts[index]) if index in texts else np.array(columns[index], dtype=np.float64)
        )
    return Table(arrays)


def csv_dataset(
    path: Path,
    *,
    target: str,
    classes: bool,
    test_fraction: float = 0.2,
    seed: int = 0,
) -> Dataset:
    """A data set from a table: all columns but `target` are features.

    With `classes`, the target may be of numbers or of texts, and becomes class numbers in sorted order;
    without, it is a number to predict.
    """
    table = read_csv(path, text_columns=(target,) if classes else ())
    if target not in table.columns:
        raise DataError(f"'{path}' has no column '{target}'; it has {', '.join(table.columns)}.")
    feature_names = tuple(name for name in table.columns if name != target)
    if not feature_names:
        raise DataError(f"'{path}' has no column beside '{target}'; nothing is left to predict it from.")
    features = np.stack([table.columns[name] for name in feature_names], axis=1).astype(np.float32)
    names: tuple[str, ...] = ()
    labels: Array = table.columns[target].astype(np.float32).reshape(-1, 1) if not classes else np.array([])
    if classes:
        names, labels = _classes(path, target, table.columns[target])
    return train_test(
        path.stem,
        {FEATURES: features, LABELS: labels},
        test_fraction=test_fraction,
        seed=seed,
        stratify=classes,
        feature_names=feature_names,
        class_names=names,
        about=f"{table.rows:,} rows of '{path.name}'.",
    )


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows with the number of the line that they end in; empty lines are left out."""
    first_line = text[: text.find("\n") if "\n" in text else len(text)]
    delimiter = max(_DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for fields in reader:
            if any(len(field) > _FIELD_CHARACTERS for field in fields):
                where = f"'{path}', line {reader.line_num}"
                raise DataError(f"{where}: a field has more than {_FIELD_CHARACTERS:,} characters.")
            if fields:
                yield reader.line_num, fields
    except csv.Error as error:
        raise DataError(f"'{path}', line {reader.line_num}: {error}.") from error


def _check_header(path: Path, header: list[str]) -> None:
    header[:] = [name.strip() for name in header]
    if not header:
        raise DataError(
            f"'{path}' is empty; expected a header with the names of the columns, and rows of numbers."
        )
    if len(header) > _COLUMNS:
        raise DataError(f"'{path}' has {len(header):,} columns; the limit is {_COLUMNS:,}.")
    for index, name in enumerate(header):
        if not name:
            raise DataError(f"'{path}', line 1: column {index + 1} has no name.")
        if name in header[:index]:
            raise DataError(f"'{path}', line 1: two columns are called '{name}'.")
    if all(_is_number(name) for name in header):
        raise DataError(
            f"'{path}', line 1: expected the names of the columns, found numbers.",
            hint="Add a first line with a name for each column.",
        )


def _number(path: Path, line: int, column: str, text: str) -> float:
    if not _is_number(text):
        shown = text if len(text) <= 40 else text[:37] + "..."
        found = f"found '{shown}'" if text.strip() else "the field is empty"
        raise DataError(f"'{path}', line {line}, column '{column}': expected a number, {found}.")
    return float(text)


def _is_number(text: str) -> bool:
    """Whether a field is a finite number in the usual notation; Python's underscores are none."""
    try:
        return "_" not in text and math.isfinite(float(text))
    except ValueError:
        return False


def _classes(path: Path, target: str, values: Array) -> tuple[tuple[str, ...], Array]:
    """The names of the classes in order, numbers by their size, and for each row the number of its class."""
    names = np.unique(values)
    if len(names) > _CLASSES:
        raise DataError(
            f"'{path}': column '{target}' has {len(names):,} different classes; the limit is {_CLASSES:,}."
        )
    if all(_is_number(name) for name in names):
        names = names[np.argsort(names.astype(np.float64), kind="stable")]
    numbers = {name: number for number, name in enumerate(names.tolist())}
    return tuple(numbers), np.array([numbers[value] for value in values.tolist()], dtype=np.int64)
