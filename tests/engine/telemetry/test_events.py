"""Recorded values: histograms count everything once, and images are checked at once."""

import numpy as np
import pytest

from engine.telemetry.events import Histogram, Image, histogram_of


def histogram(values: list[float] | np.ndarray, bins: int = 64) -> Histogram:
    return histogram_of(np.asarray(values), tag="w", split="train", step=1, epoch=0, wall_time=0.0, bins=bins)


@pytest.mark.parametrize(
    "values",
    [
        [],
        [0.0],
        [3.0, 3.0, 3.0],
        [1e300, -1e300],
        [1.7e308, -1.7e308],
        [5e-324, 0.0],
        [1.7976931348623157e308],
        [-4.0, -4.0],
        [1.0, np.nextafter(1.0, 2.0)],
        [1e16, 1e16 + 2],
        np.random.default_rng(0).normal(size=(7, 11)),
    ],
)
def test_every_number_is_counted_once_between_rising_edges(values: list[float]) -> None:
    found = histogram(values)
    numbers = np.asarray(values, dtype=np.float64)
    assert found.counts.sum() == numbers.size
    assert len(found.edges) == len(found.counts) + 1
    assert np.all(np.diff(found.edges) > 0)
    if numbers.size:
        assert found.edges[0] <= numbers.min() and numbers.max() <= found.edges[-1]


def test_what_is_not_finite_is_counted_apart() -> None:
    found = histogram([1.0, 2.0, np.nan, np.inf, -np.inf])
    assert found.not_finite == 3
    assert found.counts.sum() == 2
    assert (found.total, found.total_of_squares) == (3.0, 5.0)


def test_whole_numbers_and_booleans_are_fine() -> None:
    assert histogram(np.array([True, False, True])).counts.sum() == 3
    assert histogram(np.arange(10, dtype=np.int64), bins=10).counts.tolist() == [1] * 10


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((2, 2)), np.zeros((2,), np.uint8), np.zeros((2, 2, 2), np.uint8), np.zeros((0, 2), np.uint8)],
)
def test_an_image_of_another_form_is_refused_at_once(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Image 'i' has pixels of"):
        Image("i", "train", 0, 0, 0.0, pixels)
