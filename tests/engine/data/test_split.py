"""Splits: nothing lost, nothing twice, the classes in equal shares, and the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.batches import shuffled
from engine.data.dataset import DataError
from engine.data.split import split_rows, train_test, validation_split


@given(st.integers(0, 300), st.floats(0, 0.999), st.integers(0, 1000), st.booleans())
def test_every_row_is_in_exactly_one_part(count: int, fraction: float, seed: int, stratify: bool) -> None:
    classes = np.arange(count) % 3 if stratify and count else None
    rest, chosen = split_rows(count, fraction, seed=seed, classes=classes)
    assert len(chosen) == round(count * fraction)
    assert sorted([*rest.tolist(), *chosen.tolist()]) == list(range(count))
    assert rest.tolist() == sorted(rest.tolist()) and chosen.tolist() == sorted(chosen.tolist())


@given(st.lists(st.integers(0, 4), min_size=1, max_size=200), st.floats(0.05, 0.9), st.integers(0, 99))
def test_each_class_gives_its_share(labels: list[int], fraction: float, seed: int) -> None:
    classes = np.array(labels)
    _, chosen = split_rows(len(labels), fraction, seed=seed, classes=classes)
    for name in set(labels):
        share = np.count_nonzero(classes[chosen] == name)
        assert abs(share - fraction * labels.count(name)) <= 1


def test_a_split_depends_on_nothing_but_the_seed_and_is_no_epoch() -> None:
    parts = [split_rows(100, 0.2, seed=seed)[1].tolist() for seed in (1, 1, 2)]
    assert parts[0] == parts[1] != parts[2]
    assert parts[0] != sorted(shuffled(100, 1, 0)[:20].tolist())


@pytest.mark.parametrize("fraction", [-0.1, 1.0, float("nan")])
def test_a_part_that_is_none_is_refused(fraction: float) -> None:
    with pytest.raises(DataError, match="The part to split off is"):
        split_rows(10, fraction, seed=0)


def test_a_validation_split_keeps_classes_and_columns_together() -> None:
    columns = {"features": np.arange(40.0), "labels": np.repeat([0, 1], [30, 10])}
    train, kept = validation_split(columns, 0.2, seed=0)
    assert np.bincount(kept["labels"]).tolist() == [6, 2]
    assert np.bincount(train["labels"]).tolist() == [24, 8]
    assert sorted([*train["features"], *kept["features"]]) == list(range(40))


def test_a_validation_split_of_nothing_and_of_everything() -> None:
    columns = {"features": np.arange(4.0)}
    train, kept = validation_split(columns, 0.0, seed=0)
    assert len(train["features"]) == 4 and len(kept["features"]) == 0
    with pytest.raises(DataError, match="leaves none of 1 examples to train on"):
        validation_split({"features": np.zeros(1)}, 0.9, seed=0)


def test_a_data_set_is_made_of_columns() -> None:
    data = train_test("d", {"features": np.zeros((10, 2)), "labels": np.arange(10) % 2}, stratify=True)
    assert (data.train_size, data.test_size) == (8, 2)
    assert sorted(data.test["labels"].tolist()) == [0, 1]
