"""Signs along curves tell equal colours apart and show points between two gaps."""

from collections.abc import Sequence

import numpy as np

from widgets.curves.drawing import build
from widgets.curves.lines import CurveLine
from widgets.curves.looks import CurveSettings
from widgets.curves.marks import marks
from widgets.curves.series import Series


def marked(values: Sequence[float], marker: int = 0) -> list[tuple[int, int]]:
    series = Series()
    steps = np.arange(len(values), dtype=float)
    series.extend(steps, steps, steps, np.asarray(values, float))
    line = CurveLine("run", "train", "train", series, 0, False, marker)
    drawing = build((line,), CurveSettings(0.0), None, (400, 200), lambda text, role: 7.0 * len(text))
    return [(mark.index, mark.sign) for mark in marks(drawing, 360)]


def test_a_point_between_two_gaps_is_a_dot() -> None:
    assert marked([1, 2, np.nan, 3, np.nan, 4, 5]) == [(2, 0)]
    assert marked([1]) == [(0, 0)]
    assert marked([np.nan]) == []


def test_only_curves_of_a_repeated_colour_bear_signs() -> None:
    assert marked(range(100)) == []
    found = marked(range(100), marker=2)
    assert 2 < len(found) < 6 and {sign for _, sign in found} == {2}


def test_signs_stand_apart() -> None:
    places = np.array([index for index, _ in marked(range(700), marker=1)])
    assert np.all(np.diff(places) > 150)
