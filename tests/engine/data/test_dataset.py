"""Data sets: parts that fit together, and arrays that nobody changes by accident."""

import numpy as np
import pytest

from engine.data.dataset import DataError, Dataset, row_count, take

X = np.arange(12.0, dtype=np.float32).reshape(6, 2)
Y = np.arange(6)


def test_columns_sizes_and_specs() -> None:
    data = Dataset("d", {"features": X, "labels": Y}, {"features": X[:2], "labels": Y[:2]}, ("a", "b"))
    assert data.columns == ("features", "labels")
    assert (data.train_size, data.test_size) == (6, 2)
    assert data.example_spec("features") == ("float32", (2,))
    assert data.example_spec("labels") == ("int64", ())


def test_the_arrays_are_read_only_and_the_givers_are_not_touched() -> None:
    mine = X.copy()
    data = Dataset("d", {"features": mine}, {"features": mine[:1]})
    with pytest.raises(ValueError, match="read-only"):
        data.train["features"][0] = 5
    mine[0] = 5
    with pytest.raises(TypeError):
        data.train["more"] = mine  # type: ignore[index]  # it must refuse this


@pytest.mark.parametrize(
    ("train", "test", "sentence"),
    [
        ({"x": X}, {"y": X}, "the train part has the columns x, the test part has the columns y"),
        ({"x": X}, {}, "the test part has no columns"),
        ({"x": X, "y": Y[:3]}, {"x": X, "y": Y}, "of the train part differ in length: x has 6, y has 3"),
        ({"x": X}, {"x": X.astype(np.float64)}, "an example of column 'x' is float32 of shape \\(2,\\)"),
        ({"x": X}, {"x": X[:, :1]}, "of shape \\(1,\\) in the test part"),
        ({"x": np.float64(1)}, {"x": X}, "column 'x' of the train part is a single number"),
    ],
)
def test_parts_that_do_not_fit_are_refused(
    train: dict[str, np.ndarray], test: dict[str, np.ndarray], sentence: str
) -> None:
    with pytest.raises(DataError, match=f"Data set 'd': .*{sentence}"):
        Dataset("d", train, test)


def test_rows_are_taken_from_all_columns() -> None:
    found = take({"x": X, "y": Y}, np.array([4, 0]))
    assert found["x"].tolist() == [[8, 9], [0, 1]]
    assert found["y"].tolist() == [4, 0]
    assert row_count(found) == 2 and row_count({}) == 0
