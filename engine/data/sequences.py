"""Data sets of sequences, made by a rule: sums of marked numbers, and digits to be put in another order."""

from __future__ import annotations

import numpy as np

from engine.data.dataset import FEATURES, LABELS, DataError, Dataset
from engine.data.split import train_test


def marked_numbers(
    *, count: int = 2000, steps: int = 12, test_fraction: float = 0.2, seed: int = 0
) -> Dataset:
    """Sequences of numbers from 0 to 1, two of which are marked; the target is the sum of these two.

    Source: the adding problem of Hochreiter and Schmidhuber, Long short-term memory, 1997.
    """
    _check(count, steps)
    random = np.random.Generator(np.random.Philox(key=np.array([seed, 2], dtype=np.uint64)))
    numbers = random.uniform(0.0, 1.0, (count, steps))
    places = np.argsort(random.uniform(size=(count, steps)), axis=1)[:, :2]
    marks = np.zeros((count, steps))
    np.put_along_axis(marks, places, 1.0, axis=1)
    target = (numbers * marks).sum(axis=1, keepdims=True)
    return train_test(
        "marked_numbers",
        {
            FEATURES: np.stack([numbers, marks], axis=-1).astype(np.float32),
            LABELS: target.astype(np.float32),
        },
        test_fraction=test_fraction,
        seed=seed,
        feature_names=("number", "mark"),
        about="Sequences of numbers, two of which are marked, and the sum of these two.",
    )


def digit_orders(
    *, count: int = 4000, steps: int = 8, order: str = "reversed", test_fraction: float = 0.2, seed: int = 0
) -> Dataset:
    """Sequences of random digits, and the same digits in reversed or in ascending order."""
    _check(count, steps)
    random = np.random.Generator(np.random.Philox(key=np.array([seed, 3], dtype=np.uint64)))
    digits = random.integers(0, 10, (count, steps))
    answers = digits[:, ::-1].copy() if order == "reversed" else np.sort(digits, axis=1)
    return train_test(
        "digit_orders",
        {FEATURES: digits, LABELS: answers},
        test_fraction=test_fraction,
        seed=seed,
        class_names=tuple("0123456789"),
        about=f"Sequences of digits, and the same digits in {order} order.",
    )


def _check(count: int, steps: int) -> None:
    if not 20 <= count <= 1_000_000 or not 2 <= steps <= 1000:
        raise DataError(
            f"{count:,} sequences of {steps:,} steps were asked for; expected 20 to 1,000,000 sequences of "
            "2 to 1,000 steps."
        )
