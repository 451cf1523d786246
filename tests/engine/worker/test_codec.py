"""Messages as bytes: each comes back equal, arrays included, and what is no message is refused."""

import typing

import msgspec
import numpy as np
import pytest

from engine.worker.codec import Decoder, Encoder, command_decoder, event_decoder
from engine.worker.frames import ChannelError
from engine.worker.messages import (
    Command,
    Evaluated,
    Event,
    Observed,
    Point,
    Problem,
    Progress,
    Scalars,
    Statistics,
    Tile,
    Train,
    Wanted,
    Watch,
)
from engine.worker.shared import Ring

ARRAYS = [
    np.arange(12, dtype=np.float32).reshape(3, 4),
    np.zeros((0, 5), np.int64),
    np.array(7, np.uint8),
    np.array([True, False]),
    np.arange(20_000, dtype=np.float64)[::2],
    np.arange(12).astype("bfloat16").reshape(3, 4),
    np.arange(20_000).astype("bfloat16"),
    np.arange(20_000).astype("complex64"),
    np.arange(40_000, dtype=np.float16).reshape(200, 200).T,
]


@pytest.mark.parametrize(
    "message",
    [
        Train(b"{}", "runs/1", "cpu", checkpoint="c", start_paused=True),
        Watch({"hidden.y": Wanted(histogram=True)}),
    ],
)
def test_a_command_comes_back_equal(message: Command) -> None:
    assert command_decoder()(Encoder()(message)) == message


@pytest.mark.parametrize(
    "message",
    [
        Progress("train", 3, 100, 1, 10, 0.5),
        Scalars([Point("loss", "train", 1, 0, 0.1, float("inf"))]),
        Evaluated(4, ("a", "b"), (Problem("c", "no", "yes"),)),
    ],
)
def test_an_event_comes_back_equal(message: Event) -> None:
    assert event_decoder(None)(Encoder()(message)) == message


def test_nan_survives() -> None:
    (point,) = event_decoder(None)(
        Encoder()(Scalars([Point("loss", "train", 1, 0, 0.1, float("nan"))]))
    ).points
    assert point.value != point.value


@pytest.mark.parametrize("array", ARRAYS, ids=str)
@pytest.mark.parametrize("shared", [False, True])
def test_an_array_comes_back_equal(array: np.ndarray, shared: bool) -> None:
    ring = Ring.create() if shared else None
    sent = Observed("a.y", 1, 2, array.dtype.name, array.shape, sample=array)
    came = event_decoder(ring)(Encoder(ring)(sent)).sample
    assert came.dtype == array.dtype
    np.testing.assert_array_equal(came, array)
    if ring is not None:
        ring.close()


def test_an_array_travels_inline_when_the_ring_is_full() -> None:
    ring = Ring.create(4096)
    if ring is None:
        pytest.skip("no nameless memory on this system")
    encode, decode = Encoder(ring), event_decoder(ring)
    array = np.arange(3000, dtype=np.uint8)
    messages = [encode(Tile(number, 1, array)) for number in range(3)]
    assert len(messages[0]) < 100 < len(messages[1])
    for message in messages:
        np.testing.assert_array_equal(decode(message).values, array)
    ring.close()


def packed(dtype: str, shape: tuple[int, ...], position: int, content: bytes) -> bytes:
    """A Tile with an array as a damaged process could send it."""
    array = [dtype, list(shape), position, content]
    return msgspec.msgpack.encode(
        {"type": "Tile", "request": 1, "revision": 1, "values": array, "problem": ""}
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xc1",
        msgspec.msgpack.encode({"type": "Unheard"}),
        msgspec.msgpack.encode({"type": "Pause"}),
        msgspec.msgpack.encode([1, 2]),
        packed("object", (1,), -1, b"12345678"),
        packed("float32", (3,), -1, b"1234"),
        packed("float32", (-1,), -1, b""),
        packed("float32", (2**40, 2**40), -1, b""),
        packed("float32", (4,), 0, b""),
        b"\x91" * 100_000,
    ],
    ids=range(11),
)
def test_what_is_no_event_is_refused(content: bytes) -> None:
    with pytest.raises(ChannelError, match="cannot be understood"):
        event_decoder(None)(content)


def test_only_what_can_be_sent_is_sent() -> None:
    with pytest.raises(NotImplementedError):
        Encoder()(Tile(1, 1, object()))  # type: ignore[arg-type]  # what this test is about


def test_every_message_is_in_one_direction_only() -> None:
    commands = {kind.__name__ for kind in typing.get_args(Command)}
    events = {kind.__name__ for kind in typing.get_args(Event)}
    assert not commands & events
    Decoder(Command), Decoder(Event)


def test_statistics_may_be_missing() -> None:
    sent = Observed("a.y", 1, 2, "float32", (0,), Statistics(None, None, None, None, 0, 0, 0, 0))
    assert event_decoder(None)(Encoder()(sent)).statistics == sent.statistics
