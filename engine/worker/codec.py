"""Messages as bytes: msgpack, with arrays beside it in shared memory or inline."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from engine.spec import DTYPES
from engine.worker.frames import ChannelError
from engine.worker.messages import Command, Event, Message
from engine.worker.shared import Ring

SMALL = 1024
"""Arrays up to so many bytes travel inline."""


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    """An array on the wire: its bytes, or where they lie in the ring."""

    dtype: str
    shape: tuple[int, ...]
    position: int
    content: bytes


class Encoder:
    """Turns messages into bytes."""

    def __init__(self, ring: Ring | None = None) -> None:
        self._ring = ring
        self._encoder = msgspec.msgpack.Encoder(enc_hook=self._pack)

    def __call__(self, message: Message) -> bytes:
        return self._encoder.encode(message)

    def _pack(self, value: object) -> _Packed:
        if not isinstance(value, np.ndarray):
            raise NotImplementedError(f"{type(value).__name__} cannot be sent")
        content = np.ascontiguousarray(value)
        if self._ring is not None and content.nbytes > SMALL:
            position = self._ring.write(content.reshape(-1).view(np.uint8).data)
            if position is not None:
                return _Packed(value.dtype.name, value.shape, position, b"")
        return _Packed(value.dtype.name, value.shape, -1, content.tobytes())


class Decoder:
    """Turns bytes into messages of one direction, and refuses everything else."""

    def __init__(self, direction: Any, ring: Ring | None = None) -> None:
        self._ring = ring
        self._decoder = msgspec.msgpack.Decoder(direction, dec_hook=self._unpack)

    def __call__(self, content: bytes) -> Any:
        try:
            return self._decoder.decode(content)
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            raise ChannelError(f"A message cannot be understood: {error}.") from error

    def _unpack(self, wanted: type, value: object) -> np.ndarray:
        if wanted is not np.ndarray:
            raise NotImplementedError(f"{wanted.__name__} cannot be received")
        packed = msgspec.convert(value, _Packed)
        if packed.dtype not in DTYPES or any(size < 0 for size in packed.shape):
            raise ValueError(f"an array of {packed.dtype} {packed.shape}")
        size = np.dtype(packed.dtype).itemsize
        for length in packed.shape:
            size *= length
        content: bytes | bytearray = packed.content
        if packed.position >= 0:
            if self._ring is None:
                raise ValueError("an array in shared memory, of which there is none")
            content = self._ring.read(packed.position, size)
        if len(content) != size:
            raise ValueError(f"an array of {size:,} bytes came as {len(content):,}")
        return np.frombuffer(content, packed.dtype).reshape(packed.shape)


def command_decoder() -> Decoder:
    """What the engine's process understands."""
    return Decoder(Command)


def event_decoder(ring: Ring | None) -> Decoder:
    """What the window's process understands."""
    return Decoder(Event, ring)
