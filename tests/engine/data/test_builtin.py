"""The built-in data sets: what they are said to be, and the same each time."""

import subprocess
import sys

import numpy as np
import pytest

from engine.data.builtin import diabetes, digits, spirals
from engine.data.dataset import FEATURES, LABELS, DataError, Dataset


def whole(data: Dataset, column: str) -> np.ndarray:
    return np.concatenate([data.train[column], data.test[column]])


def test_digits_are_complete_and_scaled() -> None:
    data = digits()
    images, labels = whole(data, FEATURES), whole(data, LABELS)
    assert images.shape == (1797, 8, 8) and images.dtype == np.float32
    assert (images.min(), images.max()) == (0.0, 1.0)
    assert labels.dtype == np.int64
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert data.test_size == 359
    assert np.bincount(data.test[LABELS]).min() >= 34
    assert data.class_names == tuple("0123456789")


def test_diabetes_is_complete_and_standardised_by_the_train_part() -> None:
    data = diabetes()
    assert whole(data, FEATURES).shape == (442, 10)
    assert whole(data, LABELS).shape == (442, 1)
    assert (whole(data, LABELS).min(), whole(data, LABELS).max()) == (25, 346)
    assert data.feature_names[:4] == ("age", "sex", "bmi", "bp")
    assert np.allclose(data.train[FEATURES].mean(axis=0), 0, atol=1e-6)
    assert np.allclose(data.train[FEATURES].std(axis=0), 1, atol=1e-5)
    assert data.example_spec(FEATURES) == ("float32", (10,))


def test_the_bundled_sets_equal_scikit_learns() -> None:
    sklearn = pytest.importorskip("sklearn.datasets")
    ours, theirs = digits(test_fraction=0.0), sklearn.load_digits()
    assert np.array_equal(ours.train[FEATURES] * 16, theirs.images)
    assert np.array_equal(ours.train[LABELS], theirs.target)
    measured, known = diabetes(test_fraction=0.0), sklearn.load_diabetes(scaled=False)
    expected = (known.data - known.data.mean(axis=0)) / known.data.std(axis=0)
    assert np.allclose(measured.train[FEATURES], expected, atol=1e-5)
    assert np.array_equal(measured.train[LABELS].ravel(), known.target)


def test_spirals_wind_around_each_other() -> None:
    data = spirals(count=400, noise=0.0, turns=1.0)
    points, labels = whole(data, FEATURES), whole(data, LABELS)
    assert np.bincount(labels).tolist() == [200, 200]
    radius = np.hypot(points[:, 0], points[:, 1])
    angle = np.arctan2(points[:, 1], points[:, 0])
    off = angle - 2 * np.pi * radius - np.pi * labels
    assert np.allclose(np.cos(off), 1, atol=1e-4)
    assert radius.min() > 0.09 and radius.max() <= 1.0001


def test_the_seed_decides() -> None:
    for make in (digits, diabetes, spirals):
        one, same, other = make(seed=1), make(seed=1), make(seed=2)
        assert np.array_equal(one.train[FEATURES], same.train[FEATURES])
        assert not np.array_equal(one.train[FEATURES], other.train[FEATURES])


@pytest.mark.parametrize("wish", [{"count": 3}, {"count": 10**9}, {"turns": -1.0}, {"noise": float("nan")}])
def test_impossible_spirals_are_refused(wish: dict[str, float]) -> None:
    with pytest.raises(DataError, match="were asked for"):
        spirals(**wish)  # type: ignore[arg-type]  # a dict of mixed arguments


def test_no_heavy_library_is_needed() -> None:
    code = (
        "import sys, engine.data.builtin as b; b.digits(); b.diabetes(); b.spirals();"
        "assert not {'sklearn', 'scipy', 'PySide6', 'urllib.request'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
