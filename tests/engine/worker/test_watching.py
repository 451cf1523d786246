"""Watching: what is told, how often, and what can be looked into."""

import numpy as np

from engine.worker.messages import Message, Observed, ReadPictures, ReadTile, Wanted
from engine.worker.watching import INTERVAL, SHARE, Watching


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_only_watched_ports_and_only_what_is_wanted_is_told() -> None:
    told: list[Message] = []
    watching = Watching(told.append)
    values: dict[str, np.ndarray] = {"a.y": np.ones((2, 3), np.float32), "b.y": np.zeros(4)}
    watching.look(values, {"a.y": Wanted(statistics=False, sample=False), "c.y": Wanted()}, 7)
    (seen,) = told
    assert isinstance(seen, Observed)
    assert (seen.port, seen.step, seen.dtype, seen.shape) == ("a.y", 7, "float32", (2, 3))
    assert (seen.statistics, seen.histogram, seen.sample) == (None, None, None)


def test_values_are_told_twenty_times_a_second_at_most() -> None:
    clock = Clock()
    watching = Watching(lambda message: None, clock)
    assert watching.due
    watching.look({"a.y": np.ones(3)}, {"a.y": Wanted()}, 1)
    assert not watching.due
    clock.now += INTERVAL
    assert watching.due


def test_what_takes_long_to_look_at_is_looked_at_seldom() -> None:
    clock = Clock()

    def slow(message: Message) -> None:
        clock.now += 1.0

    watching = Watching(slow, clock)
    watching.look({"a.y": np.ones(3)}, {"a.y": Wanted()}, 1)
    clock.now += 0.9 / SHARE
    assert not watching.due
    clock.now += 0.2 / SHARE
    assert watching.due


def test_a_kept_value_does_not_change_with_its_memory() -> None:
    watching = Watching(lambda message: None)
    array = np.ones((2, 2))
    watching.look({"a.y": array}, {"a.y": Wanted()}, 1)
    array[...] = 5
    tile = watching.answer(ReadTile(3, "a.y", (), 0, 2, 0, 2))
    assert tile.values is not None
    assert (tile.request, tile.values.max()) == (3, 1.0)


def test_what_cannot_be_answered_is_said() -> None:
    watching = Watching(lambda message: None)
    assert "observed" in watching.answer(ReadPictures(1, "a.y", 0, 1)).problem
    watching.look({"a.y": np.ones((2, 2, 2))}, {"a.y": Wanted()}, 1)
    assert "no slice" in watching.answer(ReadTile(1, "a.y", (5,), 0, 1, 0, 1)).problem
    watching.forget()
    assert "observed" in watching.answer(ReadPictures(1, "a.y", 0, 1)).problem
