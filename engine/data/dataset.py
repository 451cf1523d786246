"""A data set: named columns of examples, in a part to train on and a part to test on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import FlowscopeError

Array = NDArray[Any]
Columns = Mapping[str, Array]

FEATURES = "features"
"""The column that a network reads."""
LABELS = "labels"
"""The column that a network should predict."""
NOWHERE: Columns = MappingProxyType({})
"""No places to write rows to."""


class DataError(FlowscopeError):
    """Data that cannot be read, or that does not fit together."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Columns by name; example i is row i of every column of a part.

    `feature_names` names the columns of a table, `class_names` says what the labels 0, 1, 2, ... stand for;
    both are empty where there is nothing to name. The arrays of a data set are read-only.
    """

    name: str
    train: Columns
    test: Columns
    feature_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    about: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "train", _frozen(self.name, "train", self.train))
        object.__setattr__(self, "test", _frozen(self.name, "test", self.test))
        if set(self.train) != set(self.test):
            raise DataError(
                f"Data set '{self.name}': the train part has {_listed(self.train)}, "
                f"the test part has {_listed(self.test)}.",
                hint="Both parts need the same columns.",
            )
        for column, array in self.train.items():
            other = self.test[column]
            if (array.shape[1:], array.dtype) != (other.shape[1:], other.dtype):
                raise DataError(
                    f"Data set '{self.name}': an example of column '{column}' is {array.dtype} of shape "
                    f"{array.shape[1:]} in the train part, and {other.dtype} of shape {other.shape[1:]} "
                    "in the test part."
                )

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.train)

    @property
    def train_size(self) -> int:
        """How many examples there are to train on."""
        return row_count(self.train)

    @property
    def test_size(self) -> int:
        """How many examples there are to test on."""
        return row_count(self.test)

    def example_spec(self, column: str) -> tuple[str, tuple[int, ...]]:
        """Dtype and shape of one example of a column, without the batch axis."""
        array = self.train[column]
        return array.dtype.name, tuple(array.shape[1:])


def row_count(columns: Columns) -> int:
    """How many examples columns hold."""
    return next((len(array) for array in columns.values()), 0)


def take(columns: Columns, rows: NDArray[np.int64] | slice, places: Columns = NOWHERE) -> dict[str, Array]:
    """The given rows of every column; where there is a place for them, they are written there."""
    return {name: _taken(array, rows, places.get(name)) for name, array in columns.items()}


def _taken(array: Array, rows: NDArray[np.int64] | slice, place: Array | None) -> Array:
    if place is None or isinstance(rows, slice) or place.dtype != array.dtype:
        return array[rows]
    # With its usual mode NumPy would check all rows first, and write by way of a buffer.
    return array.take(rows, 0, place, "clip")


def _frozen(name: str, part: str, columns: Columns) -> Columns:
    """Read-only views of columns that are equally long."""
    views: dict[str, Array] = {}
    for column, array in columns.items():
        if array.ndim == 0:
            raise DataError(f"Data set '{name}': column '{column}' of the {part} part is a single number.")
        view = array.view()
        view.flags.writeable = False
        views[column] = view
    if len({len(view) for view in views.values()}) > 1:
        lengths = ", ".join(f"{column} has {len(view)}" for column, view in views.items())
        raise DataError(f"Data set '{name}': the columns of the {part} part differ in length: {lengths}.")
    return MappingProxyType(views)


def _listed(columns: Columns) -> str:
    return "the columns " + ", ".join(columns) if columns else "no columns"
