"""The examples that a graph trains on: read from its data nodes, divided into parts, named as fed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from engine.data.dataset import Columns, DataError, Dataset, row_count, take
from engine.data.split import split_rows
from engine.op import DataSource, Op
from engine.project.project import TrainingSettings

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Examples:
    """The three parts of the examples. The columns have the names of the feeds: `digits.images`.

    A graph without data nodes has no columns; each of its steps is an epoch.
    """

    train: Columns
    validation: Columns
    test: Columns

    @property
    def feeds(self) -> tuple[str, ...]:
        return tuple(self.train)


def load_examples(ops: Mapping[str, Op], settings: TrainingSettings) -> Examples:
    """Read the data of all data nodes, given by name.

    A validation part is split off the train part; with a split of 0 the test part is used for validation.
    """
    sources = {name: op for name, op in ops.items() if isinstance(op, DataSource)}
    if not sources:
        return Examples({}, {}, {})
    train: dict[str, Array] = {}
    test: dict[str, Array] = {}
    for name, op in sources.items():
        data = _load(name, op)
        for port in op.output_ports:
            feed = name if len(op.output_ports) == 1 else f"{name}.{port.name}"
            train[feed], test[feed] = data.train[port.name], data.test[port.name]
    _check_equal_lengths(train)
    _check_equal_lengths(test)
    if not settings.validation_split:
        return Examples(train, test, test)
    rest, kept = split_rows(
        row_count(train), settings.validation_split, seed=settings.seed, classes=_classes(train)
    )
    if not len(rest):
        raise DataError(
            f"A validation split of {settings.validation_split:g} leaves none of {row_count(train):,} "
            "examples to train on.",
            hint="Choose a smaller validation split.",
        )
    return Examples(take(train, rest), take(train, kept), test)


def _load(name: str, op: DataSource) -> Dataset:
    try:
        data: Dataset = op.load()
    except DataError as error:
        raise error.at(name, type(op).__name__) from None
    return data


def _check_equal_lengths(columns: Columns) -> None:
    if len({len(array) for array in columns.values()}) > 1:
        found = ", ".join(f"{name} has {len(array):,}" for name, array in columns.items())
        raise DataError(
            f"The data nodes do not have equally many examples: {found}.",
            hint="Example i of one node belongs to example i of the others; use data of the same length.",
        )


def _classes(columns: Columns) -> Array | None:
    """The column of class labels, if there is one: every class then gives the same share to validation."""
    return next((a for a in columns.values() if a.ndim == 1 and a.dtype.kind in "iub"), None)
