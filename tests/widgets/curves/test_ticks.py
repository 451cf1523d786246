"""Ticks are round and their labels short; labels beside a plot do not overlap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.curves import ticks
from widgets.curves.spread import spread


@pytest.mark.parametrize(
    ("low", "high", "most", "labels"),
    [
        (0, 2.5, 6, ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]),
        (0.2, 1.0, 5, ["0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0, 1, 4, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        (0, 4e6, 4, ["0", "1e6", "2e6", "3e6", "4e6"]),
        (-1e-5, 1e-5, 4, ["-1.0e-5", "-5.0e-6", "0", "5.0e-6", "1.0e-5"]),
    ],
)
def test_linear_ticks_read_like_this(low: float, high: float, most: int, labels: list[str]) -> None:
    assert ticks.tick_labels(ticks.linear_ticks(low, high, most)) == labels


@given(st.floats(-1e6, 1e6), st.floats(1e-2, 1e9), st.integers(2, 12))
def test_ticks_lie_inside_and_are_few(low: float, span: float, most: int) -> None:
    found = ticks.linear_ticks(low, low + span, most)
    assert len(found) <= most + 1
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in found)


def test_there_is_no_half_step() -> None:
    assert ticks.whole_ticks(0.2, 3.4, 8) == [1, 2, 3]
    assert ticks.whole_ticks(0, 1081, 5) == [0, 250, 500, 750, 1000]


def test_durations() -> None:
    assert [ticks.duration(t) for t in ticks.time_ticks(0, 170, 6)] == [
        "0 s",
        "30 s",
        "1:00",
        "1:30",
        "2:00",
        "2:30",
    ]
    assert ticks.duration(7325) == "2:02:05"
    assert ticks.time_ticks(0, 0.5, 5) == [0, 0.1, 0.2, 0.3, 0.4, 0.5]


def test_logarithmic_ticks() -> None:
    assert ticks.log_labels(ticks.log_ticks(-3.2, 1.1, 5)) == ["0.001", "0.01", "0.1", "1", "10"]
    assert ticks.log_labels(ticks.log_ticks(-1, 0.4, 8)) == ["0.1", "0.2", "0.5", "1", "2"]
    assert ticks.log_ticks(float("nan"), 1, 5) == []
    assert len(ticks.log_ticks(-300, 300, 6)) <= 8


@given(st.lists(st.floats(-50, 250), max_size=10))
def test_labels_keep_order_and_distance_and_stay_inside(wanted: list[float]) -> None:
    placed = spread(wanted, 16, 0, 200)
    assert all(8 - 1e-6 <= centre <= 192 + 1e-6 for centre in placed)
    order = np.argsort(wanted, kind="stable")
    assert np.all(np.diff(np.array(placed)[order]) >= 16 - 1e-6)


def test_labels_with_room_stay_where_they_want_to_be() -> None:
    assert spread([100, 20, 60], 16, 0, 200) == [100, 20, 60]


def test_two_equal_labels_part_evenly() -> None:
    assert spread([100, 100], 16, 0, 200) == [92, 108]


def test_too_many_labels_are_spaced_evenly() -> None:
    assert spread([5, 5, 5, 5], 16, 0, 40) == [5, 15, 25, 35]
