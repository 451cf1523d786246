"""Putting at places: what is put last stays, and products are made where a device has none."""

from types import SimpleNamespace

import numpy as np
import pytest

import kernels
import kernels.generic.scattering

X = np.array([1.0, 2.0, 3.0], np.float32)
ROWS = np.array([[0], [2], [0]])
UPDATES = np.array([5.0, 7.0, 11.0], np.float32)


def scatter(xp: object, reduction: str, rows: np.ndarray = ROWS) -> np.ndarray:
    function = kernels.find("scatter_nd", "cpu").function
    found: np.ndarray = function(xp, X, rows, UPDATES, reduction=reduction, batch_axes=0)
    return found


@pytest.mark.parametrize(
    ("reduction", "expected"),
    [
        ("none", [11, 2, 7]),
        ("add", [17, 2, 10]),
        ("multiply", [55, 2, 21]),
        ("maximum", [11, 2, 7]),
        ("minimum", [1, 2, 3]),
    ],
)
def test_updates_replace_or_join_what_is_there(reduction: str, expected: list[float]) -> None:
    np.testing.assert_array_equal(scatter(np, reduction), expected)
    np.testing.assert_array_equal(X, [1, 2, 3])


def test_a_device_without_products_at_places_has_them_made_on_the_host() -> None:
    elsewhere = SimpleNamespace(arange=np.arange, asarray=np.asarray)
    np.testing.assert_array_equal(scatter(elsewhere, "multiply"), [55, 2, 21])


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [([[0], [3], [0]], "index 3 lies outside -3 to 2"), ([[0, 0], [1, 1], [2, 2]], "rows of 2 numbers")],
)
def test_a_place_that_is_not_there_is_named(rows: list[list[int]], sentence: str) -> None:
    with pytest.raises(kernels.Refusal, match=sentence):
        scatter(np, "add", np.array(rows))
