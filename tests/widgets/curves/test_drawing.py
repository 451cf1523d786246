"""A plot is worked out right: ranges, thinned curves, end labels, readings under the cursor."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from widgets.curves.drawing import Drawing, build, label_rows, place_text, readings, value_text
from widgets.curves.frame import Frame, whole_range, y_range
from widgets.curves.lines import CurveLine, lines_of
from widgets.curves.looks import CurveSettings, RunLook, Split
from widgets.curves.series import Picked, Series

FloatArray = NDArray[np.float64]
SETTINGS = CurveSettings(smoothing=0.0)


def measure(text: str, role: str) -> float:
    return 7.0 * len(text)


def line_of(
    values: Sequence[float] | FloatArray,
    *,
    label: str = "train",
    smoothing: float = 0.0,
    dashed: bool = False,
) -> CurveLine:
    series = Series(smoothing)
    steps = np.arange(len(values), dtype=float)
    series.extend(steps, steps / 10, steps / 2, np.asarray(values, float))
    return CurveLine("run", "train", label, series, 0, dashed)


def draw(
    *lines: CurveLine,
    settings: CurveSettings = SETTINGS,
    zoom: tuple[float, float] | None = None,
    size: tuple[int, int] = (400, 260),
) -> Drawing:
    return build(lines, settings, zoom, size, measure)


def test_one_run_is_coloured_by_split_and_several_by_run() -> None:
    def extended() -> Series:
        series = Series()
        series.extend(*(np.zeros(1) for _ in range(4)))
        return series

    splits: tuple[Split, ...] = ("train", "validation")
    tagged = {(run, split): extended() for run in ("a", "b") for split in splits}
    one = lines_of(tagged, (RunLook("a", "A", shown=False), RunLook("b", "B")))
    assert [(line.label, line.colour, line.dashed) for line in one] == [("train", 0, False), ("val", 1, True)]
    both = lines_of(tagged, (RunLook("a", "A"), RunLook("b", "B")))
    assert [(line.label, line.colour, line.dashed) for line in both] == [
        ("A", 0, False),
        ("A val", 0, True),
        ("B", 1, False),
        ("B val", 1, True),
    ]


def test_colours_repeat_with_a_marker_after_the_eighth_run() -> None:
    series = Series()
    series.extend(*(np.zeros(1) for _ in range(4)))
    runs = tuple(RunLook(str(i), str(i)) for i in range(10))
    lines = lines_of({("0", "train"): series, ("8", "train"): series}, runs)
    assert [(line.colour, line.marker) for line in lines] == [(0, 0), (0, 1)]


def test_a_long_curve_is_thinned_and_ends_at_its_newest_point() -> None:
    values = np.random.default_rng(0).normal(size=100_000)
    drawing = draw(line_of(values, smoothing=0.9), settings=CurveSettings(0.9), size=(2000, 400))
    assert [stroke.faint for stroke in drawing.strokes] == [True, False]
    for stroke in drawing.strokes:
        assert stroke.x.size <= 2004
        assert stroke.x[-1] == 99_999


def test_the_y_axis_ends_at_round_numbers_and_holds_every_value() -> None:
    frame = draw(line_of([0.23, 0.9, 0.97])).frame
    assert (frame.bottom, frame.top) == pytest.approx((0.2, 1.0))


def test_one_wild_batch_behind_a_smoothed_curve_does_not_flatten_it() -> None:
    calm = Picked(np.arange(200.0), np.linspace(1, 2, 200), np.ones(200, bool))
    wild = Picked(calm.x, np.where(calm.x == 50, 1e6, calm.y), calm.joined)
    assert y_range([calm], [wild], 6, log_y=False)[1] < 10
    assert y_range([wild], [], 6, log_y=False)[1] >= 1e6


@pytest.mark.parametrize("values", [[0.5], [3.0, 3.0], [0.0, 0.0], [-2.0], [1e300, -1e300], [1e-300]])
@pytest.mark.parametrize("log_y", [False, True])
def test_degenerate_curves_still_have_a_range(values: list[float], log_y: bool) -> None:
    frame = draw(line_of(values), settings=CurveSettings(0.0, log_y=log_y)).frame
    assert math.isfinite(frame.bottom) and frame.bottom < frame.top
    assert frame.left < frame.right


def test_only_not_a_numbers_draw_nothing_but_axes() -> None:
    drawing = draw(line_of([math.nan, math.inf]))
    assert drawing.ends == ()
    assert all(stroke.x.size == 0 for stroke in drawing.strokes)
    assert drawing.x_ticks and drawing.y_ticks


def test_ends_show_the_newest_value() -> None:
    ends = draw(line_of([0.5, 0.976]), line_of([0.5, 0.958], label="val", dashed=True)).ends
    assert [(end.line.label, end.x, end.value) for end in ends] == [
        ("train", 1, "0.976"),
        ("val", 1, "0.958"),
    ]
    assert 0 < ends[1].y < ends[0].y < 1


def test_end_labels_do_not_overlap() -> None:
    upper, lower = label_rows([100.0, 103.0], 10, 210)
    assert lower - upper >= 17 - 1e-6 and upper < 100 < 103 < lower


def test_end_labels_that_have_no_room_are_left_out() -> None:
    rows = sorted(label_rows(np.linspace(10, 210, 40).tolist(), 10, 210))
    assert 5 < len(rows) < 40
    assert np.all(np.diff(rows) >= 17 - 1e-6)


def test_lines_far_out_of_the_picture_are_cut() -> None:
    frame = Frame(0, 1, 0, 2)
    assert frame.height(1) == 0.5
    assert np.abs(frame.heights(np.array([-1e300, 1e300]))).max() < 1e3


def test_a_zoom_leaves_ends_outside_it_without_labels() -> None:
    assert draw(line_of(range(100)), zoom=(10.0, 20.0)).ends == ()


def test_readings_give_every_curve_at_the_cursor_topmost_first() -> None:
    low, high = line_of([1, 2, 3], label="low", smoothing=0.5), line_of([7, 8, 9], label="high")
    drawing = draw(low, high)
    rows = readings((low, high), SETTINGS, drawing.frame, 1.2)
    assert [(row.line.label, row.value, row.measured) for row in rows] == [
        ("high", "8.000", ""),
        ("low", "1.667", "2.000"),
    ]
    assert place_text((low, high), SETTINGS, 1.2) == "step 1  epoch 0.1  0.5 s"
    assert readings((low, high), SETTINGS, drawing.frame, 50.0) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.100"),
        (12.345, "12.35"),
        (123.45, "123.5"),
        (99_999, "99999"),
        (2e6, "2.00e6"),
        (3e-5, "3.00e-5"),
    ],
)
def test_values_keep_their_width(value: float, text: str) -> None:
    assert value_text(value) == text


def test_the_whole_range_begins_at_zero_near_zero_and_at_the_data_elsewhere() -> None:
    assert whole_range([line_of(range(100)).series], "steps")[0] == 0
    late = Series()
    late.extend(*(np.array([5000.0, 5100.0]) for _ in range(4)))
    assert whole_range([late], "steps")[0] == 5000
    assert whole_range([], "steps") == (0, 1)
