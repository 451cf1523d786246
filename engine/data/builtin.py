"""Data sets that are always there: bundled with the program, or made by a formula."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np

from engine.data.batches import Rows
from engine.data.dataset import FEATURES, LABELS, DataError, Dataset
from engine.data.npz import read_npz
from engine.data.split import train_test

_TEST_FRACTION = 0.2


def digits(*, test_fraction: float = _TEST_FRACTION, seed: int = 0) -> Dataset:
    """1,797 handwritten digits of 8 x 8 pixels from 0 (paper) to 1 (ink), with labels 0 to 9."""
    arrays = read_npz(_bundled("digits.npz"), names=("images", "labels"))
    columns = {
        FEATURES: arrays["images"].astype(np.float32) / np.float32(16),
        LABELS: arrays["labels"].astype(np.int64),
    }
    return train_test(
        "digits",
        columns,
        test_fraction=test_fraction,
        seed=seed,
        stratify=True,
        class_names=tuple("0123456789"),
        about="1,797 handwritten digits of 8 x 8 pixels, in ten classes.",
    )


def diabetes(*, test_fraction: float = _TEST_FRACTION, seed: int = 0) -> Dataset:
    """442 patients: ten standardised measurements, and how far the disease had progressed a year later.

    Each measurement is scaled with the mean and the spread of the train part, so that the test part stays
    unseen; the target keeps its own unit.
    """
    arrays = read_npz(_bundled("diabetes.npz"), names=("features", "target", "names"))
    columns = {FEATURES: arrays["features"], LABELS: arrays["target"].reshape(-1, 1)}
    raw = train_test("diabetes", columns, test_fraction=test_fraction, seed=seed)
    mean, spread = raw.train[FEATURES].mean(axis=0), raw.train[FEATURES].std(axis=0)
    train, test = (
        {
            FEATURES: ((part[FEATURES] - mean) / spread).astype(np.float32),
            LABELS: part[LABELS].astype(np.float32),
        }
        for part in (raw.train, raw.test)
    )
    return Dataset(
        "diabetes",
        train,
        test,
        feature_names=tuple(str(name) for name in arrays["names"]),
        about="442 patients with ten measurements, and the progress of their disease after one year.",
    )


def spirals(
    *,
    count: int = 1000,
    turns: float = 1.5,
    noise: float = 0.05,
    test_fraction: float = _TEST_FRACTION,
    seed: int = 0,
) -> Dataset:
    """Points in a plane on two spirals that wind around each other; the label says on which spiral."""
    if not 4 <= count <= 1_000_000:
        raise DataError(f"Spirals of {count:,} points were asked for; expected 4 to 1,000,000.")
    if not 0 <= turns <= 20 or not 0 <= noise <= 10:
        raise DataError(
            f"Spirals with {turns:g} turns and noise {noise:g} were asked for; expected up to 20 and 10."
        )
    random = np.random.Generator(np.random.Philox(key=np.array([seed, 1], dtype=np.uint64)))
    labels: Rows = np.arange(count, dtype=np.int64) % 2
    # The root spreads the points evenly over the area, not crowded at the centre.
    radius = np.sqrt(random.uniform(0.01, 1.0, count))
    angle = 2 * np.pi * turns * radius + np.pi * labels
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    points += noise * random.standard_normal((count, 2))
    return train_test(
        "spirals",
        {FEATURES: points.astype(np.float32), LABELS: labels},
        test_fraction=test_fraction,
        seed=seed,
        stratify=True,
        feature_names=("x", "y"),
        class_names=("first spiral", "second spiral"),
        about="Points on two spirals that wind around each other, in two classes.",
    )


def _bundled(name: str) -> Path:
    return Path(str(files("resources"))) / "data" / name
