"""Frames: what is written is read, and damage ends the reading where it lies, not elsewhere."""

import random
import struct

import pytest

from engine.telemetry.frames import frame, unframe

PAYLOADS = [b"", b"a", b"a" * 40, b"b" * 40, b"c" * 40, b"d" * 40, bytes(5000), b"\0" * 3, b"e" * 40]


def test_frames_are_read_as_they_were_written() -> None:
    data = frame(PAYLOADS)
    found = unframe(data)
    assert list(found.payloads) == PAYLOADS
    assert (found.consumed, found.damage) == (len(data), "")
    assert b"".join(frame([payload]) for payload in PAYLOADS) == data
    assert frame([]) == b"" and unframe(b"").payloads == ()


def test_a_file_cut_off_anywhere_gives_the_whole_frames_before_the_cut() -> None:
    data = frame(PAYLOADS[:6])
    ends = [len(frame(PAYLOADS[:count])) for count in range(7)]
    for length in range(len(data)):
        found = unframe(data[:length])
        whole = max(count for count in range(7) if ends[count] <= length)
        assert list(found.payloads) == PAYLOADS[:whole]
        assert (found.consumed, found.damage) == (ends[whole], "")


def test_every_flipped_byte_is_noticed_where_it_is() -> None:
    data = frame(PAYLOADS[:6])
    ends = [len(frame(PAYLOADS[:count])) for count in range(7)]
    for position in range(len(data)):
        flipped = bytearray(data)
        flipped[position] ^= 1 << position % 8
        found = unframe(bytes(flipped))
        before = max(count for count in range(7) if ends[count] <= position)
        assert list(found.payloads) == PAYLOADS[:before]
        assert found.consumed == ends[before]
        assert found.damage


@pytest.mark.parametrize("length", [2**60, 2**64 - 1, 257 * 1024 * 1024])
def test_a_length_that_cannot_be_true_is_damage(length: int) -> None:
    good = frame([b"good"])
    found = unframe(good + struct.pack("<Q", length) + bytes(100))
    assert found.payloads == (b"good",)
    assert f"claims {length:,} bytes" in found.damage


def test_zeros_at_the_end_are_damage_and_not_events() -> None:
    # So a file can look after a power cut: its length was written, its content was not.
    good = frame([b"good"])
    found = unframe(good + bytes(4096))
    assert found.payloads == (b"good",)
    assert found.consumed == len(good) and found.damage


def test_random_bytes_are_damage_or_incomplete() -> None:
    chance = random.Random(3)
    for _ in range(500):
        assert unframe(chance.randbytes(chance.randrange(60))).payloads == ()
