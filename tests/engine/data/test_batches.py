"""The order of examples: every one once an epoch, the same for the same seed, and resumable anywhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.batches import BatchOrder, Position, batches, shuffled
from engine.data.dataset import DataError


@given(st.integers(1, 200), st.integers(1, 60), st.integers(0, 2**31), st.booleans())
def test_an_epoch_visits_every_example_once(count: int, size: int, seed: int, shuffle: bool) -> None:
    order = BatchOrder(count, size, seed, shuffle)
    found = [order.rows(Position(3, batch)) for batch in range(order.batches_per_epoch)]
    assert all(len(rows) == size for rows in found[:-1])
    assert 1 <= len(found[-1]) <= size
    assert sorted(np.concatenate(found).tolist()) == list(range(count))


@given(st.integers(1, 40), st.integers(1, 10), st.integers(0, 100), st.data())
def test_resuming_anywhere_gives_the_same_batches(
    count: int, size: int, seed: int, data: st.DataObject
) -> None:
    order = BatchOrder(count, size, seed)
    columns = {"x": np.arange(count)}
    whole = list(batches(columns, order, 3))
    step = data.draw(st.integers(0, len(whole)))
    rest = list(batches(columns, order, 3, order.position(step)))
    assert [b.position for b in rest] == [b.position for b in whole[step:]]
    for one, other in zip(rest, whole[step:], strict=True):
        assert np.array_equal(one.columns["x"], other.columns["x"])
        assert np.array_equal(one.columns["x"], order.rows(one.position))
    assert all(order.step(b.position) == index for index, b in enumerate(whole))


def test_columns_stay_together() -> None:
    columns = {"x": np.arange(10) * 2.0, "y": np.arange(10)}
    for batch in batches(columns, BatchOrder(10, 3), 2):
        assert np.array_equal(batch.columns["x"], batch.columns["y"] * 2.0)
        assert batch.size == len(batch.columns["y"])


def test_the_remainder_can_be_dropped() -> None:
    order = BatchOrder(10, 4, drop_remainder=True)
    assert order.batches_per_epoch == 2
    assert [b.size for b in batches({"x": np.arange(10)}, order, 2)] == [4, 4, 4, 4]
    assert BatchOrder(8, 4).batches_per_epoch == BatchOrder(8, 4, drop_remainder=True).batches_per_epoch == 2


def test_without_shuffling_the_order_is_that_of_the_data() -> None:
    order = BatchOrder(5, 2, shuffle=False)
    assert [b.columns["x"].tolist() for b in batches({"x": np.arange(5)}, order, 1)] == [[0, 1], [2, 3], [4]]


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    orders = {tuple(shuffled(50, seed, epoch).tolist()) for seed in range(5) for epoch in range(5)}
    assert len(orders) == 25


def test_the_order_is_the_one_that_it_always_was() -> None:
    # A checkpoint of an older version must go on with the same batches.
    assert shuffled(12, seed=7, stream=3).tolist() == [2, 5, 9, 7, 3, 0, 6, 8, 4, 1, 11, 10]


def test_every_order_is_about_equally_frequent() -> None:
    counts: dict[tuple[int, ...], int] = {}
    for epoch in range(6000):
        order = tuple(shuffled(3, 1, epoch).tolist())
        counts[order] = counts.get(order, 0) + 1
    assert len(counts) == 6
    assert all(850 < count < 1150 for count in counts.values())


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ((0, 4), "There are no examples to train on"),
        ((10, 0), "The batch size is 0; expected 1 or more"),
        ((3, 4, 0, True, True), "3 examples do not fill one batch of 4"),
    ],
)
def test_an_impossible_order_is_refused(order: tuple[int, ...], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        BatchOrder(*order)  # type: ignore[arg-type]  # a tuple of mixed arguments
