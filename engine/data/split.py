"""Divide examples into two parts by chance: with or without keeping the share of each class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Rows, shuffled
from engine.data.dataset import LABELS, Array, Columns, DataError, Dataset, row_count, take

_SPLIT_STREAM = 1 << 63
"""A stream of random numbers of its own, so that a split and the first epoch are not the same order."""


def split_rows(count: int, fraction: float, *, seed: int, classes: Array | None = None) -> tuple[Rows, Rows]:
    """Choose `fraction` of the rows by chance; returns the rows that are left and the chosen ones.

    Both are ascending. With `classes`, each class gives the same share, as nearly as whole examples allow.
    """
    if not 0.0 <= fraction < 1.0:
        raise DataError(
            f"The part to split off is {fraction:g}; expected a number from 0 up to, not including, 1."
        )
    order = shuffled(count, seed, _SPLIT_STREAM)
    wanted = round(count * fraction)
    chosen = order[:wanted] if classes is None else _stratified(order, classes, wanted)
    is_chosen = np.zeros(count, dtype=bool)
    is_chosen[chosen] = True
    return np.flatnonzero(~is_chosen), np.flatnonzero(is_chosen)


def train_test(
    name: str,
    columns: Columns,
    *,
    test_fraction: float = 0.2,
    seed: int = 0,
    stratify: bool = False,
    feature_names: tuple[str, ...] = (),
    class_names: tuple[str, ...] = (),
    about: str = "",
) -> Dataset:
    """Make a data set of columns that have no parts yet."""
    classes = columns[LABELS] if stratify else None
    train, test = split_rows(row_count(columns), test_fraction, seed=seed, classes=classes)
    return Dataset(name, take(columns, train), take(columns, test), feature_names, class_names, about)


def validation_split(
    columns: Columns, fraction: float, *, seed: int
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Keep a part of the training examples back; returns what is left to train on, and what was kept back.

    Labels that are classes are kept back in equal shares.
    """
    labels = columns.get(LABELS)
    is_classes = labels is not None and labels.ndim == 1 and labels.dtype.kind in "iub"
    rest, kept = split_rows(row_count(columns), fraction, seed=seed, classes=labels if is_classes else None)
    if not len(rest):
        raise DataError(
            f"A validation split of {fraction:g} leaves none of {row_count(columns)} examples to train on.",
            hint="Choose a smaller validation split.",
        )
    return take(columns, rest), take(columns, kept)


def _stratified(order: Rows, classes: Array, wanted: int) -> Rows:
    """The first rows in `order` of each class, with the shares rounded so that `wanted` come out in all."""
    names, members = np.unique(classes[order], return_inverse=True)
    sizes = np.bincount(members, minlength=len(names))
    shares = _whole_shares(sizes.astype(np.float64) * (wanted / len(order)), wanted)
    return np.concatenate([order[members == index][:share] for index, share in enumerate(shares)])


def _whole_shares(shares: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Round down, and give what is missing to those that lost most by it."""
    whole = np.floor(shares).astype(np.int64)
    missing = total - int(whole.sum())
    whole[np.argsort(whole - shares, kind="stable")[:missing]] += 1
    return whole
