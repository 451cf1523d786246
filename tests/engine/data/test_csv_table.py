"""Tables of numbers: read in the usual forms, and errors that name line and column."""

from pathlib import Path

import numpy as np
import pytest

from engine.data.csv_table import csv_dataset, read_csv
from engine.data.dataset import FEATURES, LABELS, DataError


def table(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2.5\n-3e2,4\n",
        "a;b\r\n1;2.5\r\n-3e2;4\r\n",
        'a\tb\n1\t2.5\n\n-3e2\t"4"',
        b"\xef\xbb\xbf a , b \n 1 , 2.5 \n-3e2,4",
    ],
)
def test_the_usual_forms_are_read(tmp_path: Path, text: str | bytes) -> None:
    found = read_csv(table(tmp_path, text))
    assert list(found.columns) == ["a", "b"]
    assert found.columns["a"].tolist() == [1.0, -300.0]
    assert found.columns["b"].tolist() == [2.5, 4.0]
    assert found.rows == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty; expected a header"),
        ("a,b\n", "has a header but no rows"),
        ("1,2\n3,4\n", "line 1: expected the names of the columns, found numbers"),
        ("a,a\n1,2\n", "line 1: two columns are called 'a'"),
        ("a,\n1,2\n", "line 1: column 2 has no name"),
        ("a,b\n1,2\n3\n", "line 3: 1 fields found, 2 expected"),
        ("a,b\n1,2,3\n", "line 2: 3 fields found, 2 expected"),
        ("a,b\n1,2\n\n3,x\n", "line 4, column 'b': expected a number, found 'x'"),
        ("a,b\n1,\n", "line 2, column 'b': expected a number, the field is empty"),
        ("a,b\n1,nan\n", "line 2, column 'b': expected a number, found 'nan'"),
        ("a,b\n1,1e999\n", "expected a number, found '1e999'"),
        ("a,b\n1,1_000\n", "expected a number, found '1_000'"),
        ("a,b\n1,=cmd()\n", "expected a number, found '=cmd()'"),
        ("a,b\n1,\0\n", "line 2: there is a zero byte"),
        (b"a,b\n1,2\n\xff,3\n", "line 3: the text is not in UTF-8"),
        ('a,b\n1,"2\n', "line "),
        ("a,b\n1," + "9" * 2000 + "\n", "a field has more than 1,024 characters"),
        (",".join(f"c{i}" for i in range(10_001)) + "\n", "has 10,001 columns; the limit is 10,000"),
    ],
)
def test_a_bad_table_is_refused_with_line_and_column(
    tmp_path: Path, text: str | bytes, sentence: str
) -> None:
    path = table(tmp_path, text)
    with pytest.raises(DataError) as caught:
        read_csv(path)
    assert sentence in caught.value.what
    assert f"'{path}'" in caught.value.what


def test_a_table_with_classes_becomes_a_data_set(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i * 2},{'cat' if i % 2 else 'dog'}\n" for i in range(20))
    data = csv_dataset(table(tmp_path, "x,y,animal\n" + rows), target="animal", classes=True)
    assert data.name == "table"
    assert data.feature_names == ("x", "y")
    assert data.class_names == ("cat", "dog")
    assert data.example_spec(FEATURES) == ("float32", (2,))
    assert (data.train_size, data.test_size) == (16, 4)
    for part in (data.train, data.test):
        assert np.array_equal(part[FEATURES][:, 1], part[FEATURES][:, 0] * 2)
        assert np.array_equal(part[LABELS], (part[FEATURES][:, 0] % 2 == 0).astype(int))


def test_classes_that_are_numbers_are_in_order_of_size(tmp_path: Path) -> None:
    rows = "".join(f"{i},{(10, 9, 2)[i % 3]}\n" for i in range(9))
    data = csv_dataset(table(tmp_path, "x,grade\n" + rows), target="grade", classes=True, test_fraction=0.0)
    assert data.class_names == ("2", "9", "10")
    assert data.train[LABELS].tolist() == [2, 1, 0] * 3


def test_a_table_to_predict_a_number(tmp_path: Path) -> None:
    path = table(tmp_path, "x,y\n1,2\n3,4\n5,6\n7,8\n9,10\n")
    data = csv_dataset(path, target="y", classes=False)
    assert data.example_spec(LABELS) == ("float32", (1,))
    assert data.class_names == ()


def test_a_target_that_cannot_be_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, "x,y\n1,2\n")
    with pytest.raises(DataError, match="has no column 'z'; it has x, y"):
        csv_dataset(path, target="z", classes=False)
    with pytest.raises(DataError, match="has no column beside 'x'"):
        csv_dataset(table(tmp_path, "x\n1\n2\n"), target="x", classes=False)
    many = table(tmp_path, "x,y\n" + "".join(f"{i},c{i}\n" for i in range(1001)))
    with pytest.raises(DataError, match="has 1,001 different classes; the limit is 1,000"):
        csv_dataset(many, target="y", classes=True)
