"""The moving average equals its definition, however the points arrive."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.curves.smoothing import MovingAverage


def by_definition(values: np.ndarray, weight: float) -> np.ndarray:
    total, count, result = 0.0, 0, []
    for value in values:
        if not np.isfinite(value):
            result.append(value)
            continue
        total, count = weight * total + (1 - weight) * value, count + 1
        result.append(total / (1 - weight**count))
    return np.array(result)


@given(
    st.lists(st.floats(-1e6, 1e6) | st.sampled_from([np.nan, np.inf, -np.inf]), max_size=300),
    st.floats(0.0, 0.99),
    st.lists(st.integers(0, 300), max_size=5),
)
def test_arriving_in_pieces_equals_the_definition(
    numbers: list[float], weight: float, cuts: list[int]
) -> None:
    values = np.array(numbers, dtype=np.float64)
    average = MovingAverage(weight)
    pieces = [average.extend(piece) for piece in np.split(values, sorted(cuts))]
    np.testing.assert_allclose(np.concatenate(pieces), by_definition(values, weight), rtol=1e-9, atol=1e-6)


def test_a_long_curve_point_by_point_equals_all_at_once() -> None:
    values = np.random.default_rng(1).normal(size=20_000)
    whole = MovingAverage(0.97).extend(values)
    single = MovingAverage(0.97)
    last = [single.extend(values[i : i + 1])[0] for i in range(values.size)]
    np.testing.assert_allclose(whole, last, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(whole, by_definition(values, 0.97), rtol=1e-9, atol=1e-12)


def test_a_constant_stays_constant_from_the_first_point() -> None:
    np.testing.assert_allclose(MovingAverage(0.99).extend(np.full(1000, 2.5)), 2.5)


def test_weight_zero_changes_nothing() -> None:
    values = np.array([1.0, np.nan, 3.0])
    np.testing.assert_array_equal(MovingAverage(0.0).extend(values), values)


def test_a_weight_of_one_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"outside 0 to 0\.99"):
        MovingAverage(1.0)
