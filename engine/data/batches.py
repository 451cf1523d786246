"""The order in which training sees examples: shuffled anew in each epoch, and resumable at any batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.dataset import Columns, DataError, row_count, take

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Position:
    """Where training stands: the next batch is number `batch` of epoch `epoch`, both counted from 0."""

    epoch: int = 0
    batch: int = 0


@dataclass(frozen=True, eq=False)
class Batch:
    """Some examples, and where in training they stand."""

    position: Position
    columns: Columns

    @property
    def size(self) -> int:
        return row_count(self.columns)


@dataclass(frozen=True)
class BatchOrder:
    """Which rows make which batch. It has no state: the same epoch and batch are always the same rows."""

    count: int
    batch_size: int
    seed: int = 0
    shuffle: bool = True
    drop_remainder: bool = False

    def __post_init__(self) -> None:
        if self.batch_size < 1:
            raise DataError(f"The batch size is {self.batch_size}; expected 1 or more.")
        if self.count < 1:
            raise DataError(
                "There are no examples to train on.", hint="Choose a smaller validation split, or other data."
            )
        if self.drop_remainder and self.count < self.batch_size:
            raise DataError(
                f"{self.count} examples do not fill one batch of {self.batch_size}.",
                hint="Choose a smaller batch size, or keep the last batch.",
            )

    @property
    def batches_per_epoch(self) -> int:
        whole, rest = divmod(self.count, self.batch_size)
        return whole if self.drop_remainder or not rest else whole + 1

    def epoch(self, epoch: int) -> Rows:
        """All rows in the order in which the epoch visits them."""
        if not self.shuffle:
            return np.arange(self.count, dtype=np.int64)
        return shuffled(self.count, self.seed, epoch)

    def rows(self, position: Position) -> Rows:
        """The rows of one batch; the last batch of an epoch may be smaller than the others."""
        start = position.batch * self.batch_size
        return self.epoch(position.epoch)[start : start + self.batch_size]

    def position(self, step: int) -> Position:
        """Where training stands after so many steps since its start."""
        return Position(*divmod(step, self.batches_per_epoch))

    def step(self, position: Position) -> int:
        """How many steps lie before a position."""
        return position.epoch * self.batches_per_epoch + position.batch


def batches(
    columns: Columns,
    order: BatchOrder,
    epochs: int,
    start: Position = Position(),
) -> Iterator[Batch]:
    """The batches from `start` to the end of the last epoch."""
    for epoch in range(start.epoch, epochs):
        rows = order.epoch(epoch)
        for batch in range(start.batch if epoch == start.epoch else 0, order.batches_per_epoch):
            first = batch * order.batch_size
            yield Batch(Position(epoch, batch), take(columns, rows[first : first + order.batch_size]))


def shuffled(count: int, seed: int, stream: int) -> Rows:
    """A random order of the numbers below `count` that depends on nothing but the arguments.

    NumPy promises that the raw output of a bit generator stays the same in later versions; it does not
    promise that of `permutation`. So the order comes from sorting raw numbers.
    """
    mask = (1 << 64) - 1
    key = np.array([seed & mask, stream & mask], dtype=np.uint64)
    numbers = np.random.Philox(key=key).random_raw(count)
    return np.argsort(np.asarray(numbers, dtype=np.uint64), kind="stable").astype(np.int64, copy=False)
