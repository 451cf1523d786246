"""Slices, shades, pictures and tables are cut right, for ordinary and for broken tensors."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from widgets import theme
from widgets.inspector import choice, figures
from widgets.inspector.bars import heights, merged
from widgets.inspector.heat_window import Window
from widgets.inspector.looks import HistogramLook, TensorLook, TileLook, TileRequest
from widgets.inspector.pictures import arrangements, cut, mosaic
from widgets.inspector.place import read_place
from widgets.inspector.ramps import INFINITE, NAN, SHADES, Scale, colour_table, finite_limits, scale_for
from widgets.inspector.table_model import MOST_ROWS, ROW_HEIGHT, TableShape
from widgets.inspector.tensor_data import MISSING, TensorData
from widgets.inspector.tiles import ArraySource, MatrixShape, reduced


def look_of(array: NDArray[Any], **known: Any) -> TensorLook:
    return TensorLook("t", str(array.dtype), array.shape, " x ".join(map(str, array.shape)), **known)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_every_cell_keeps_its_extreme_value(
    rows: int, columns: int, row_step: int, column_step: int, broken: bool
) -> None:
    values = np.random.default_rng(rows * 41 + columns).normal(size=(rows, columns))
    if broken and values.size:
        values[rows // 2, columns // 2] = np.nan
    cells = reduced(values, row_step, column_step)
    for row in range(0, rows, row_step):
        for column in range(0, columns, column_step):
            part = values[row : row + row_step, column : column + column_step]
            found = cells[row // row_step, column // column_step]
            if np.isnan(part).any():
                assert np.isnan(found)
            else:
                assert abs(found) == np.abs(part).max() and found in part


def test_booleans_and_whole_numbers_reduce_too() -> None:
    assert reduced(np.array([[0, -7], [3, 2]]), 2, 2).tolist() == [[-7]]
    assert reduced(np.array([[5, 3]], np.uint8), 1, 2).tolist() == [[5]]
    assert reduced(np.array([[False, True]]), 1, 2).tolist() == [[True]]


def test_zero_is_the_middle_of_a_signed_scale() -> None:
    scale = scale_for(-1.0, 4.0)
    assert (scale.ramp, scale.low, scale.high) == ("signed", -4.0, 4.0)
    shades = scale.shades(np.array([-4.0, 0.0, 4.0]))
    assert shades.tolist() == [0, SHADES // 2, SHADES - 1]
    assert scale_for(0.0, 4.0).ramp == "viridis"


def test_what_is_not_finite_has_marks_of_its_own() -> None:
    shades = Scale("viridis", 0.0, 1.0).shades(np.array([np.nan, np.inf, -np.inf, 0.5]))
    assert shades.tolist()[:3] == [NAN, INFINITE, INFINITE] and shades[3] < NAN


@pytest.mark.parametrize("limits", [(None, None), (2.0, 2.0), (-1e308, 1e308), (np.nan, np.inf)])
def test_degenerate_limits_still_give_shades(limits: tuple[float | None, float | None]) -> None:
    assert (scale_for(*limits).shades(np.array([[0.0, 2.0]])) < NAN).all()


def test_the_colour_table_follows_the_theme() -> None:
    dark, light = (colour_table("signed", theme.THEMES[name]) for name in ("dark", "light"))
    assert dark[0] == light[0] == 0xFF3F6DB5
    assert dark[SHADES // 2] != light[SHADES // 2]


def test_limits_of_nothing_finite_are_none() -> None:
    assert finite_limits(np.array([np.nan, np.inf])) == (None, None)
    assert finite_limits(np.array([[3, 1]])) == (1.0, 3.0)


@pytest.mark.parametrize(
    ("shape", "ways"),
    [
        ((32, 8, 8), ("entries",)),
        ((32, 28, 28, 1), ("entries",)),
        ((32, 3, 16, 16), ("entries",)),
        ((32, 16, 16, 3), ("entries",)),
        ((64, 48, 3), ("entries",)),
        ((32, 14, 14, 24), ("channels",)),
        ((64, 128), ("columns",)),
        ((128, 64), ("rows",)),
        ((64, 64), ("columns", "rows")),
        ((64,), ()),
        ((0, 8, 8), ()),
        ((32, 1, 10), ()),
    ],
)
def test_which_tensors_are_pictures(shape: tuple[int, ...], ways: tuple[str, ...]) -> None:
    assert arrangements(shape) == ways


def test_pictures_are_cut_without_turning_them() -> None:
    images = np.arange(2 * 3 * 5 * 4).reshape(2, 3, 5, 4)
    np.testing.assert_array_equal(cut(images, "entries")[1, 2, 3], images[1, :, 2, 3])
    weights = np.arange(64 * 128).reshape(64, 128)
    np.testing.assert_array_equal(cut(weights, "columns")[7], weights[:, 7].reshape(8, 8))
    assert cut(weights, "columns").shape == (32, 8, 8)
    maps = np.arange(2 * 6 * 6 * 5).reshape(2, 6, 6, 5)
    np.testing.assert_array_equal(cut(maps, "channels")[4], maps[0, :, :, 4])


def test_columns_are_pictures_only_with_all_rows_there() -> None:
    whole = np.zeros((64, 128), np.float32)
    assert choice.ways(look_of(whole, sample=whole)) == ("columns",)
    assert choice.ways(look_of(whole, sample=whole[:16])) == ()


@given(
    st.integers(1, 32),
    st.integers(1, 300),
    st.integers(1, 300),
    st.floats(100, 2000),
    st.floats(100, 1000),
)
def test_pictures_never_overlap(count: int, rows: int, columns: int, width: float, height: float) -> None:
    layout = mosaic(count, (rows, columns), (width, height))
    assert layout.pitch_x >= layout.width > 0 and layout.pitch_y >= layout.height > 0
    assert layout.height / layout.width == pytest.approx(rows / columns)


def test_thirty_two_digits_fill_the_room_of_the_pictures() -> None:
    layout = mosaic(32, (8, 8), (336, 210))
    assert (layout.columns, layout.width) == (8, 32)


def histogram() -> HistogramLook:
    return HistogramLook(np.array([1, 2, 3]), np.array([0.0, 1, 2, 3]))


@pytest.mark.parametrize(
    ("array", "fitting", "best"),
    [
        (np.zeros((4, 8, 8), np.float32), ("picture", "heat", "table", "histogram"), "picture"),
        (np.zeros((4, 10), np.float32), ("heat", "table", "histogram"), "heat"),
        (np.zeros(4, np.int64), ("heat", "table", "histogram"), "table"),
        (np.zeros((), np.float32), ("table", "histogram"), "table"),
        (np.array(["a"], object), ("table",), "table"),
        (np.zeros((2, 2), np.complex64), ("table",), "table"),
        (np.zeros((0, 4), np.float32), ("table",), "table"),
    ],
)
def test_views_that_fit(array: NDArray[Any], fitting: tuple[str, ...], best: str) -> None:
    numeric = array.dtype.kind in "fi" and array.size
    look = look_of(array, sample=array, histogram=histogram() if numeric else None)
    assert choice.fitting(look) == fitting
    assert choice.best(look) == best


def data_of(look: TensorLook) -> tuple[TensorData, list[TileRequest]]:
    asked: list[TileRequest] = []
    data = TensorData(asked.append)
    data.set_look(look)
    return data, asked


def test_a_sample_answers_without_asking() -> None:
    array = np.arange(12.0).reshape(3, 4)
    data, asked = data_of(look_of(array, sample=array))
    assert data.value((), 2, 1) == 9 and asked == []


def test_what_the_sample_lacks_is_asked_for_once_per_block() -> None:
    array = np.arange(200 * 100.0).reshape(200, 100)
    data, asked = data_of(look_of(array, sample=array[:10]))
    assert data.value((), 150, 40) is MISSING and data.value((), 151, 41) is MISSING
    assert len(asked) == 1
    assert data.set_tile(ArraySource(array).read(asked[0]))
    assert data.value((), 150, 40) == array[150, 40]


def test_older_tiles_stay_until_the_new_values_come() -> None:
    array = np.ones((200, 100))
    data, asked = data_of(look_of(array, revision=1))
    data.value((), 0, 0)
    data.set_tile(ArraySource(array).read(asked[0]))
    data.set_look(look_of(array, revision=2))
    assert data.value((), 0, 0) == 1.0
    assert asked[-1].revision == 2
    data.set_tile(ArraySource(2 * array).read(asked[-1]))
    assert data.value((), 0, 0) == 2.0
    assert len(asked) == 2


def test_a_tile_of_another_tensor_is_ignored_and_a_wrong_shape_refused() -> None:
    data, _ = data_of(look_of(np.zeros((100, 100))))
    request = TileRequest("other", 0, (), 0, 1, 0, 1)
    assert not data.set_tile(TileLook(request, np.zeros((1, 1))))
    with pytest.raises(ValueError, match="was asked for"):
        data.set_tile(TileLook(TileRequest("t", 0, (), 0, 4, 0, 4), np.zeros((3, 4))))


def test_a_tile_of_every_value_is_reduced_here() -> None:
    data, asked = data_of(look_of(np.zeros((8, 8))))
    assert data.cells((), (0, 8, 0, 8), (4, 4)) is None
    data.set_tile(TileLook(asked[0], np.arange(64.0).reshape(8, 8)))
    cells = data.cells((), (0, 8, 0, 8), (4, 4))
    assert cells is not None
    assert cells.tolist() == [[27, 31], [59, 63]]


def test_a_long_vector_is_folded_so_that_qt_can_scroll_it() -> None:
    table = TableShape.of(MatrixShape.of((100_000_000,)), 1)
    assert table.rows * ROW_HEIGHT < 2**31
    assert table.rows * table.columns >= 100_000_000
    row, column = table.place(0, 12_345_678)
    assert table.value_at(row, column) == (0, 12_345_678)


def test_rows_beyond_what_qt_can_scroll_are_reached_by_moving_the_base() -> None:
    table = TableShape.of(MatrixShape.of((10**9, 3)), 2)
    moved = table.with_base(999_999_999, 0)
    assert moved.value_at(999_999_999 - moved.row_base, 2) == (999_999_999, 2)
    assert 0 <= 999_999_999 - moved.row_base < MOST_ROWS


@given(st.floats(0, 500), st.floats(0, 500), st.floats(0.01, 50), st.integers(1, 500), st.integers(1, 500))
def test_a_zoomed_window_stays_within_the_matrix(
    row: float, column: float, factor: float, rows: int, columns: int
) -> None:
    window = Window(0, rows, 0, columns).zoomed(min(row, rows), min(column, columns), factor, rows, columns)
    assert -1e-6 <= window.top < window.bottom <= rows + 1e-6
    assert -1e-6 <= window.left < window.right <= columns + 1e-6
    (row0, row1, column0, column1), steps = window.box((300, 200), rows, columns)
    assert row0 <= window.top + 1e-6 and row1 >= window.bottom - 1e-6
    assert column0 <= window.left + 1e-6 and column1 >= window.right - 1e-6
    assert min(steps) >= 1


def test_a_heat_map_never_reads_many_more_cells_than_pixels() -> None:
    (row0, row1, column0, column1), (down, right) = Window(0, 1e6, 0, 1e6).box((300, 200), 10**6, 10**6)
    assert (row1 - row0) / down <= 250 and (column1 - column0) / right <= 375


@pytest.mark.parametrize(
    ("text", "shape", "place"),
    [
        ("3, 0, 7", (5, 2, 8), (3, 0, 7)),
        ("[4 1]", (5, 2, 8), (4, 1, 0)),
        ("-1", (5,), (4,)),
        ("+2;3", (5, 5), (2, 3)),
    ],
)
def test_an_index_is_read_as_typed(text: str, shape: tuple[int, ...], place: tuple[int, ...]) -> None:
    assert read_place(text, shape) == place


@pytest.mark.parametrize(
    ("text", "shape", "sentence"),
    [
        ("abc", (5,), "is not an index"),
        ("", (5,), "is not an index"),
        ("1, 2", (5,), "2 numbers and the tensor 1 axes"),
        ("9", (5,), "Axis 0 has 5 entries. Choose an index from 0 to 4."),
        ("0, -9", (5, 3), "Axis 1 has 3 entries"),
    ],
)
def test_a_wrong_index_is_explained(text: str, shape: tuple[int, ...], sentence: str) -> None:
    with pytest.raises(ValueError) as problem:
        read_place(text, shape)
    assert sentence in str(problem.value)


@pytest.mark.parametrize(
    ("value", "short", "full"),
    [
        (np.float32(0.1), "0.1000", "0.1"),
        (np.float64(1234567.0), "1.235e6", "1234567"),
        (np.float32("nan"), "NaN", "NaN"),
        (np.float64("-inf"), "-Inf", "-Inf"),
        (np.int64(-12345678), "-12345678", "-12345678"),
        (np.bool_(True), "True", "True"),
        ("six", "six", "six"),
        (np.complex64(1 - 2j), "1.000 - 2.000i", "(1-2j)"),
        (np.float64(0.0), "0.0000", "0"),
    ],
)
def test_values_are_written_like_this(value: object, short: str, full: str) -> None:
    assert figures.short(value) == short
    assert figures.full(value) == full


def test_every_digit_reads_back_as_the_same_number() -> None:
    for value in np.random.default_rng(0).normal(size=100).astype(np.float32):
        assert np.float32(figures.full(value)) == value


def test_merged_bins_keep_every_count() -> None:
    look = HistogramLook(np.arange(50), np.linspace(0, 1, 51))
    few = merged(look, 12)
    assert few.counts.size <= 12 and few.counts.sum() == look.counts.sum()
    assert (few.edges[0], few.edges[-1]) == (0, 1) and few.edges.size == few.counts.size + 1


def test_logarithmic_counts_show_one_beside_a_million() -> None:
    shares = heights(np.array([1, 1_000_000]), log=True)
    assert shares[0] > 0.04 and shares[1] == 1
    assert heights(np.array([0, 0]), log=False).tolist() == [0, 0]


def test_the_edge_beside_zero_in_a_histogram_of_zeros_reads_as_zero() -> None:
    assert figures.statistic(float(np.nextafter(0.0, 1.0))) == figures.statistic(0.0) == "0.000"
    assert figures.statistic(1e-40) != "0.000"
    assert figures.statistic(float("nan")) == "NaN"
