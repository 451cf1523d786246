"""Reading what a graph is given: each kind of file, and what does not fit is told in a sentence."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.data.dataset import DataError
from engine.data.feeds import fitted, read_many, read_one
from engine.errors import FlowscopeError
from engine.spec import Spec

TABLE = [[1.0, 2.0], [3.0, 4.5]]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The same two columns, a and b, in every kind of file."""
    np.save(tmp_path / "one.npy", np.array(TABLE))
    np.savez(tmp_path / "many.npz", a=np.array([1.0, 3.0]), b=np.array([2.0, 4.5]))
    (tmp_path / "table.csv").write_text("a,b\n1,2\n3,4.5\n")
    (tmp_path / "one.json").write_text("[[1, 2], [3, 4.5]]")
    (tmp_path / "many.JSON").write_text('{"a": [1, 3], "b": [2, 4.5]}')
    return tmp_path


@pytest.mark.parametrize("name", ["one.npy", "table.csv", "one.json"])
def test_a_file_with_one_array(files: Path, name: str) -> None:
    np.testing.assert_array_equal(np.asarray(read_one(files / name)), TABLE)


@pytest.mark.parametrize("name", ["many.npz", "table.csv", "many.JSON"])
def test_a_file_with_arrays_by_name(files: Path, name: str) -> None:
    found = read_many(files / name)
    assert list(found) == ["a", "b"]
    np.testing.assert_array_equal(np.asarray(found["b"]), [2.0, 4.5])


def test_the_wrong_kind_of_file_says_which_kinds_there_are(files: Path) -> None:
    with pytest.raises(
        DataError, match=r"many.npz' is no file with one array; expected .npy or .csv or .json"
    ):
        read_one(files / "many.npz")
    with pytest.raises(DataError, match=r"expected .npz or .csv or .json"):
        read_many(files / "one.npy")
    with pytest.raises(DataError, match="holds no JSON object"):
        read_many(files / "one.json")


@pytest.mark.parametrize("content", ["", "{", "NaN", '{"a": 1, "a": 2}'])
def test_json_is_read_with_care(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(FlowscopeError, match=r"a\.json"):
        read_one(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("value", "dtype", "expected"),
    [
        ([1, 2], "float32", [1.0, 2.0]),
        ([1.0, 2.0], "int64", [1, 2]),
        ([1, 0], "bool", [True, False]),
        (np.array([0.5]), "float16", [0.5]),
        ([1, "nan"], "float64", [1.0, np.nan]),
        ([], "float32", []),
    ],
)
def test_numbers_take_the_dtype_that_is_expected(value: Any, dtype: str, expected: list[Any]) -> None:
    found = fitted(value, Spec(dtype, ("n",)), "x")
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("value", "dtype"),
    [([0.5], "int64"), ([300], "uint8"), ([-1], "uint64"), ([2], "bool"), ([np.nan], "int32")],
)
def test_numbers_that_would_become_others_are_refused(value: list[float], dtype: str) -> None:
    with pytest.raises(DataError, match=f"'x' takes {dtype}"):
        fitted(value, Spec(dtype, ("n",)), "x")


@pytest.mark.parametrize("value", [[[1], [2, 3]], ["a"], [None], {"a": 1}, [10**40]])
def test_what_is_no_array_is_refused(value: Any) -> None:
    with pytest.raises(DataError, match="what is given for 'x' is no array of int32"):
        fitted(value, Spec("int32", ("n",)), "x")


def test_a_column_serves_as_a_row_of_numbers_and_the_other_way_round() -> None:
    assert fitted([[1], [2]], Spec("float32", ("n",)), "x").shape == (2,)
    assert fitted([1, 2], Spec("float32", ("n", 1)), "x").shape == (2, 1)
    assert fitted([1, 2], Spec("float32", ("n", 2)), "x").shape == (2,)
    assert fitted([[1]], Spec("float32", None), "x").shape == (1, 1)
