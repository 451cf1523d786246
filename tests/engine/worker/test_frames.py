"""Frames: what was written is read, and damage is noticed."""

import os
from collections.abc import Iterator

import pytest

from engine.worker.frames import HEADER, LARGEST, MAGIC, ChannelError, FrameReader, frame, write_all


class Pipe:
    """Both ends of a pipe."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        self.reading = os.fdopen(reading, "rb", buffering=0)
        self.writing = os.fdopen(writing, "wb", buffering=0)
        self.reader = FrameReader(reading)

    def write(self, content: bytes) -> None:
        write_all(self.writing.fileno(), content)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.reading.close()
    made.writing.close()


def test_frames_are_read_as_they_were_written(pipe: Pipe) -> None:
    pipe.write(frame(b"one") + frame(b"") + frame(b"three" * 1000))
    assert [pipe.reader.read() for _ in range(3)] == [b"one", b"", b"three" * 1000]


def test_a_frame_may_arrive_in_pieces(pipe: Pipe) -> None:
    whole = frame(b"a message")
    pipe.write(whole[:3])
    os.set_blocking(pipe.reading.fileno(), False)
    with pytest.raises(BlockingIOError):
        pipe.reader.read()
    pipe.write(whole[3:])
    assert pipe.reader.read() == b"a message"


def test_a_closed_pipe_is_the_end(pipe: Pipe) -> None:
    pipe.write(frame(b"last"))
    pipe.writing.close()
    assert pipe.reader.read() == b"last"
    assert pipe.reader.read() is None


@pytest.mark.parametrize("kept", [1, HEADER.size - 1, HEADER.size, HEADER.size + 3])
def test_half_a_frame_is_refused(pipe: Pipe, kept: int) -> None:
    pipe.write(frame(b"a message")[:kept])
    pipe.writing.close()
    with pytest.raises(ChannelError, match="broke off"):
        pipe.reader.read()


def test_garbage_is_refused(pipe: Pipe) -> None:
    pipe.write(b"hello, this was printed by somebody\n")
    with pytest.raises(ChannelError, match="hello, this was"):
        pipe.reader.read()


def test_a_frame_that_announces_too_much_is_refused_before_memory_is_taken(pipe: Pipe) -> None:
    pipe.write(HEADER.pack(MAGIC, LARGEST + 1))
    with pytest.raises(ChannelError, match="announced"):
        pipe.reader.read()


def test_a_message_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(ChannelError, match="too long"):
        frame(bytes(LARGEST + 1))
