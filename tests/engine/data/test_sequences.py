"""Data sets of sequences follow their rule, and are the same each time."""

from typing import Any

import numpy as np
import pytest

from engine.data.dataset import FEATURES, LABELS, DataError, Dataset
from engine.data.sequences import digit_orders, marked_numbers


def whole(data: Dataset, column: str) -> np.ndarray:
    return np.concatenate([data.train[column], data.test[column]])


def test_two_numbers_are_marked_and_summed() -> None:
    data = marked_numbers(count=50, steps=7)
    sequences, target = whole(data, FEATURES), whole(data, LABELS)
    assert sequences.shape == (50, 7, 2)
    assert (sequences[..., 1].sum(axis=1) == 2).all()
    np.testing.assert_allclose(target[:, 0], sequences.prod(axis=-1).sum(axis=1), rtol=1e-6)


def test_answers_are_the_digits_in_another_order() -> None:
    turned, sorted_ = digit_orders(count=50), digit_orders(count=50, order="ascending")
    np.testing.assert_array_equal(whole(turned, LABELS), whole(turned, FEATURES)[:, ::-1])
    np.testing.assert_array_equal(whole(sorted_, LABELS), np.sort(whole(sorted_, FEATURES), axis=1))
    assert set(np.unique(whole(turned, FEATURES))) == set(range(10))


@pytest.mark.parametrize("make", [marked_numbers, digit_orders])
def test_the_seed_decides(make: Any) -> None:
    one, same, other = make(seed=1), make(seed=1), make(seed=2)
    assert np.array_equal(one.train[FEATURES], same.train[FEATURES])
    assert not np.array_equal(one.train[FEATURES], other.train[FEATURES])


@pytest.mark.parametrize("make", [marked_numbers, digit_orders])
@pytest.mark.parametrize("wish", [{"count": 3}, {"count": 10**9}, {"steps": 1}, {"steps": 10**6}])
def test_impossible_ones_are_refused(make: Any, wish: dict[str, int]) -> None:
    with pytest.raises(DataError, match="were asked for"):
        make(**wish)
