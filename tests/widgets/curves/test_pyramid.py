"""The pyramid draws few points and loses no extreme."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from widgets.curves.pyramid import Pyramid


def pyramid_of(values: np.ndarray, chunk: int) -> Pyramid:
    pyramid = Pyramid()
    for start in range(0, len(values), chunk):
        pyramid.extend(values[start : start + chunk])
    return pyramid


@given(
    st.integers(0, 5000),
    st.integers(1, 700),
    st.integers(0, 2**32 - 1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from([16, 100, 2000]),
)
def test_extremes_and_ends_of_any_range_are_kept_within_the_limit(
    size: int, chunk: int, seed: int, left: float, right: float, limit: int
) -> None:
    random = np.random.default_rng(seed)
    values = random.normal(size=size)
    values[random.random(size) < 0.02] = np.nan
    pyramid = pyramid_of(values, chunk)
    start, stop = sorted((int(left * size), int(right * size)))
    picked = pyramid.pick(start, stop, limit)
    assert len(picked) <= limit + 4
    assert np.all(np.diff(picked) > 0)
    if stop > start:
        assert (picked[0], picked[-1]) == (start, stop - 1)
    visible = values[start:stop]
    if np.isfinite(visible).any():
        assert np.nanmin(values[picked]) == np.nanmin(visible)
        assert np.nanmax(values[picked]) == np.nanmax(visible)


def test_one_spike_in_a_million_points_is_drawn() -> None:
    values = np.zeros(1_000_000)
    values[654_321] = 7.0
    picked = pyramid_of(values, 50_000).pick(0, len(values), 500)
    assert 654_321 in picked
    assert len(picked) <= 504


def test_a_long_gap_stays_a_gap() -> None:
    values = np.ones(100_000)
    values[40_000:60_000] = np.nan
    picked = pyramid_of(values, 1000).pick(0, len(values), 400)
    assert np.isnan(values[picked]).sum() > 10


def test_going_back_forgets_the_later_extremes() -> None:
    values = np.zeros(10_000)
    values[9_000] = 5.0
    pyramid = pyramid_of(values, 777)
    pyramid.truncate(8_000)
    pyramid.extend(np.full(4_000, -1.0))
    picked = pyramid.pick(0, 12_000, 100)
    assert pyramid.values[picked].max() == 0.0
    assert pyramid.values[picked].min() == -1.0
