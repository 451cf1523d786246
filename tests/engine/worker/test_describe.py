"""Figures, histograms, samples and slices of tensors."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.spec import DTYPES
from engine.worker import describe
from engine.worker.messages import ReadTile


def whole(array: np.ndarray, row_step: int = 1, column_step: int = 1) -> ReadTile:
    rows, columns = (1, 1, *array.shape)[-2:]
    fixed = (0,) * (array.ndim - 2)
    return ReadTile(1, "a.y", fixed, 0, rows, 0, columns, row_step, column_step)


def test_figures_cover_the_finite_values() -> None:
    found = describe.statistics(np.array([1.0, math.nan, 3.0, math.inf, -math.inf, 0.0, 0.0], np.float32))
    assert (found.minimum, found.maximum, found.mean) == (0.0, 3.0, 1.0)
    assert found.std == pytest.approx(math.sqrt(1.5))
    assert (found.nan, found.inf, found.zeros, found.size) == (1, 2, 2, 7)


@pytest.mark.parametrize("array", [np.zeros((0, 3), np.float32), np.full(4, math.nan), np.array([math.inf])])
def test_without_finite_values_there_are_no_figures(array: np.ndarray) -> None:
    found = describe.statistics(array)
    assert (found.minimum, found.maximum, found.mean, found.std) == (None, None, None, None)
    assert found.size == array.size
    assert sum(describe.histogram(array).counts) == 0


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_can_be_described(dtype: str) -> None:
    array = np.array([[0, 1, 1], [1, 0, 1]]).astype(dtype)
    found = describe.statistics(array)
    assert (found.minimum, found.maximum, found.zeros) == (0.0, 1.0, 2)
    assert sum(describe.histogram(array).counts) == 6
    np.testing.assert_array_equal(describe.tile(array, whole(array, 2, 2)), np.array([[1, 1]]).astype(dtype))


def test_of_complex_numbers_the_distance_from_zero_is_told() -> None:
    found = describe.statistics(np.array([3 + 4j, -1j, complex(math.nan, 0)], np.complex64))
    assert (found.minimum, found.maximum, found.nan) == (1.0, 5.0, 1)


def test_the_window_gets_bfloat16_as_float32() -> None:
    array = np.array([[0.5, 3.0]]).astype("bfloat16")
    for sent in (describe.sample(array), describe.entries(array, 0, 1), describe.tile(array, whole(array))):
        assert sent is not None
        assert sent.dtype == np.float32
        assert sent.tolist() == [[0.5, 3.0]]


def test_a_large_float16_tensor_does_not_overflow() -> None:
    found = describe.statistics(np.full(10_000, 60_000.0, np.float16))
    assert found.mean == pytest.approx(60_000.0)
    assert found.std == pytest.approx(0.0)


def test_a_small_tensor_is_its_own_sample() -> None:
    array = np.arange(24.0).reshape(2, 3, 4)
    assert describe.sample(array) is array


def test_a_sample_has_whole_entries() -> None:
    found = describe.sample(np.zeros((500, 28, 28), np.float32))
    assert found is not None
    assert found.shape == (64, 28, 28)


def test_an_entry_that_is_too_large_gives_no_sample() -> None:
    assert describe.sample(np.zeros((2, 300, 300), np.float32)) is None


def test_a_scalar_and_a_vector_are_one_row() -> None:
    assert describe.tile(np.array(5.0), whole(np.array(5.0))).tolist() == [[5.0]]
    vector = np.arange(3)
    assert describe.tile(vector, ReadTile(1, "a.y", (), 0, 1, 1, 3)).tolist() == [[1, 2]]


def test_a_slice_outside_is_cut_off() -> None:
    array = np.arange(6).reshape(2, 3)
    assert describe.tile(array, ReadTile(1, "a.y", (), 1, 99, -5, 2)).tolist() == [[3, 4]]
    assert describe.tile(array, ReadTile(1, "a.y", (), 5, 9, 0, 3)).size == 0


@pytest.mark.parametrize("fixed", [(), (2,), (-1,), (0, 0)])
def test_a_slice_that_does_not_exist_is_refused_in_words(fixed: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no slice"):
        describe.tile(np.zeros((2, 3, 4)), ReadTile(1, "a.y", fixed, 0, 1, 0, 1))


def test_too_large_a_slice_is_refused_in_words() -> None:
    array = np.broadcast_to(np.float32(1), (5000, 5000))
    with pytest.raises(ValueError, match="limit"):
        describe.tile(array, whole(array))
    assert describe.tile(array, whole(array, 100, 100)).shape == (50, 50)


@given(
    hnp.arrays(
        np.float32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.floats(width=32)
    ),
    st.integers(1, 5),
    st.integers(1, 5),
)
def test_a_cell_shows_nan_or_the_value_farthest_from_zero(array: np.ndarray, down: int, across: int) -> None:
    cells = describe.tile(array, whole(array, down, across))
    for row in range(cells.shape[0]):
        for column in range(cells.shape[1]):
            part = array[row * down : (row + 1) * down, column * across : (column + 1) * across]
            shown = cells[row, column]
            if np.isnan(part).any():
                assert np.isnan(shown)
            else:
                assert abs(shown) == np.abs(part).max()
                assert shown in part


def test_entries_of_the_leading_axis() -> None:
    array = np.arange(12).reshape(4, 3)
    assert describe.entries(array, 1, 2).tolist() == [[3, 4, 5], [6, 7, 8]]
    assert describe.entries(array, 9, 2).shape == (0, 3)
    assert describe.entries(np.array(4), 0, 1).tolist() == 4
