"""The ring: arrays come out as they went in, in any number, and are never overwritten unread."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.worker.frames import ChannelError
from engine.worker.shared import Ring

CAPACITY = 4096

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="no nameless memory on this system")


@pytest.fixture
def ring() -> Iterator[Ring]:
    made = Ring.create(CAPACITY)
    assert made is not None
    yield made
    made.close()


def test_what_is_written_can_be_read(ring: Ring) -> None:
    position = ring.write(memoryview(b"tensor"))
    assert position is not None
    assert ring.read(position, 6) == b"tensor"


def test_nothing_is_overwritten_before_it_was_read(ring: Ring) -> None:
    first = ring.write(memoryview(b"a" * 3000))
    assert first is not None
    assert ring.write(memoryview(b"b" * 3000)) is None
    assert ring.read(first, 3000) == b"a" * 3000
    assert ring.write(memoryview(b"b" * 3000)) is not None


def test_more_than_the_whole_ring_has_no_room(ring: Ring) -> None:
    assert ring.write(memoryview(bytes(CAPACITY + 1))) is None


@given(st.lists(st.tuples(st.integers(0, 1500), st.booleans()), max_size=80))
def test_any_order_of_writing_and_reading_keeps_every_byte(steps: list[tuple[int, bool]]) -> None:
    ring = Ring.create(CAPACITY)
    assert ring is not None
    unread: list[tuple[int, bytes]] = []
    for number, (size, reads) in enumerate(steps):
        content = bytes([number % 251]) * size
        position = ring.write(memoryview(content))
        if position is not None:
            unread.append((position, content))
        if reads and unread:
            position, content = unread.pop(0)
            assert ring.read(position, len(content)) == content
    for position, content in unread:
        assert ring.read(position, len(content)) == content
    ring.close()


@pytest.mark.parametrize(("position", "size"), [(0, CAPACITY + 1), (CAPACITY - 8, 16), (0, -1)])
def test_a_place_where_nothing_can_be_is_refused(ring: Ring, position: int, size: int) -> None:
    with pytest.raises(ChannelError):
        ring.read(position, size)


def test_what_was_read_is_not_read_again(ring: Ring) -> None:
    position = ring.write(memoryview(b"once"))
    assert position is not None
    ring.read(position, 4)
    with pytest.raises(ChannelError):
        ring.read(position, 4)


def test_the_memory_has_no_name(ring: Ring) -> None:
    shared = Path("/dev/shm")
    assert not any("flowscope" in entry.name for entry in shared.iterdir()) if shared.is_dir() else True
