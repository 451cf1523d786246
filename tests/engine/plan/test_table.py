"""Where threads must wait for each other: behind what another one may still be writing or reading."""

from engine.plan.table import Access, waits

A, B, C = (0, 100), (100, 200), (200, 300)


def split(reads: tuple[tuple[int, int], ...], *writes: tuple[int, int]) -> Access:
    return Access(reads, writes, alone=False)


def alone(reads: tuple[tuple[int, int], ...], *writes: tuple[int, int]) -> Access:
    return Access(reads, writes, alone=True)


def test_what_is_read_must_have_been_written() -> None:
    assert waits([split((A,), B), split((B,), C)]) == [True, False]


def test_what_is_written_must_have_been_read_and_written() -> None:
    assert waits([split((A,), B), split((C,), A)]) == [True, False]
    assert waits([split((A,), B), split((A,), B)]) == [True, False]


def test_two_that_read_the_same_do_not_wait() -> None:
    assert waits([split((A,), B), split((A,), C)]) == [False, False]


def test_memory_that_overlaps_in_part_counts() -> None:
    assert waits([split((A,), (100, 150)), split(((140, 160),), C)]) == [True, False]


def test_one_thread_keeps_its_own_order() -> None:
    assert waits([alone((A,), B), alone((B,), C), split((C,), A)]) == [False, True, False]


def test_after_they_met_nothing_before_matters() -> None:
    chain = [split((A,), B), split((B,), C), split((A,), (300, 400)), split((C,), A)]
    assert waits(chain) == [True, False, True, False]


def test_nothing_waits_in_an_empty_table() -> None:
    assert waits([]) == []
