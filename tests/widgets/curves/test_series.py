"""A series keeps every point, thins for the screen, breaks gaps and follows a run that goes back."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from widgets.curves.series import Series


def series_of(
    values: Sequence[float] | NDArray[np.float64], smoothing: float = 0.0, chunk: int = 1000
) -> Series:
    series = Series(smoothing)
    steps = np.arange(len(values), dtype=float)
    for start in range(0, len(values), chunk):
        part = slice(start, start + chunk)
        series.extend(steps[part], steps[part] / 45, steps[part] / 100, np.asarray(values, float)[part])
    return series


def test_the_newest_point_is_never_dropped() -> None:
    series = series_of(np.random.default_rng(0).normal(size=1000))
    for step in range(1000, 1100):
        series.extend(*(np.array([float(step)]) for _ in range(4)))
        picked = series.pick("steps", -1, 1e9, 50, smoothed=False, log_y=False)
        assert (picked.x[-1], picked.y[-1]) == (step, step)


def test_the_points_next_to_the_visible_range_let_the_line_leave_it() -> None:
    picked = series_of(range(100)).pick("steps", 20.5, 30.5, 2000, smoothed=False, log_y=False)
    assert (picked.x[0], picked.x[-1]) == (20, 31)


def test_each_axis_selects_by_its_own_values() -> None:
    picked = series_of(range(1000)).pick("time", 2.0, 3.0, 2000, smoothed=False, log_y=False)
    assert picked.y[0] == 199 and picked.y[-1] == 301


def test_not_a_number_is_a_gap_between_two_lines() -> None:
    picked = series_of([1, 2, np.nan, 4, np.inf, 6]).pick("steps", 0, 9, 100, smoothed=False, log_y=False)
    assert picked.y.tolist() == [1, 2, 4, 6]
    assert picked.joined.tolist() == [True, False, False, True]


def test_values_without_a_logarithm_are_gaps() -> None:
    picked = series_of([1, 0, -5, 100]).pick("steps", 0, 9, 100, smoothed=False, log_y=True)
    assert picked.y.tolist() == [0, 2]


def test_a_step_seen_before_replaces_what_came_after_it() -> None:
    series = series_of(range(100), smoothing=0.5)
    series.extend(np.array([50.0, 51.0]), np.zeros(2), np.zeros(2), np.array([-1.0, -2.0]))
    again = series_of([*range(50), -1, -2], smoothing=0.5)
    assert len(series) == 52
    np.testing.assert_allclose(series.smoothed, again.smoothed)
    assert np.all(np.diff(series.x("time")) >= 0)


def test_within_one_batch_the_later_point_of_a_step_counts() -> None:
    series = Series()
    steps = np.array([1.0, 2.0, 3.0, 2.0, np.nan, 4.0])
    series.extend(steps, steps, steps, np.arange(6.0))
    assert series.x("steps").tolist() == [1, 2, 4]
    assert series.measured.tolist() == [0, 3, 5]


def test_smoothing_again_equals_smoothing_from_the_start() -> None:
    values = np.random.default_rng(2).normal(size=5000)
    series = series_of(values, smoothing=0.2)
    series.smooth(0.9)
    np.testing.assert_allclose(
        series.smoothed, series_of(values, smoothing=0.9, chunk=7).smoothed, atol=1e-12
    )


def test_the_nearest_point_is_found_and_none_beyond_the_ends() -> None:
    series = series_of(range(10))
    assert series.nearest("steps", 3.4) == 3
    assert series.nearest("steps", 9.8) == 9
    assert series.nearest("steps", 30.0) is None
    assert Series().nearest("steps", 0.0) is None


def test_the_newest_drawable_point_lies_before_trailing_nans() -> None:
    assert series_of([1, 2, np.nan]).newest(smoothed=False) == 1
    assert series_of([5.0] + [np.nan] * 500).newest(smoothed=False) == 0
    assert series_of([np.nan]).newest(smoothed=False) is None


def test_unequal_lengths_are_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="Give four vectors of one length"):
        Series().extend(np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(3))
