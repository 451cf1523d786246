"""Frames: bytes in pieces of known length, so that damage on the way is noticed and never obeyed."""

from __future__ import annotations

import os
import struct

from engine.errors import FlowscopeError

HEADER = struct.Struct("<4sI")
MAGIC = b"FLOW"
LARGEST = 64 * 1024 * 1024
"""No message is longer; large arrays travel through shared memory or files."""
PIECE = 256 * 1024


class ChannelError(FlowscopeError):
    """Bytes that are not a message: the other side is damaged and must not be trusted any more."""


def frame(content: bytes) -> bytes:
    """Content with the header that says how long it is."""
    if len(content) > LARGEST:
        raise ChannelError(f"A message of {len(content):,} bytes is too long; the limit is {LARGEST:,}.")
    return HEADER.pack(MAGIC, len(content)) + content


class FrameReader:
    """Reads frames from a pipe."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._received = bytearray()

    def read(self) -> bytes | None:
        """Wait for the next frame and return its content; None when the other side has closed the pipe.

        Raises ChannelError for garbage, for a frame that is too long, and for one that ends in the middle.
        """
        if not self._fill(HEADER.size):
            return None
        magic, length = HEADER.unpack_from(self._received)
        if magic != MAGIC:
            raise ChannelError(f"Received {bytes(self._received[:16])!r} where a message was expected.")
        if length > LARGEST:
            raise ChannelError(f"A message of {length:,} bytes was announced; the limit is {LARGEST:,}.")
        if not self._fill(HEADER.size + length):
            raise ChannelError("A message broke off in the middle.")
        content = bytes(memoryview(self._received)[HEADER.size : HEADER.size + length])
        del self._received[: HEADER.size + length]
        return content

    def _fill(self, wanted: int) -> bool:
        """Receive until that many bytes are there; False if the pipe was closed before the first of them."""
        while len(self._received) < wanted:
            piece = os.read(self._descriptor, PIECE)
            if not piece:
                if self._received:
                    raise ChannelError("A message broke off in the middle.")
                return False
            self._received += piece
        return True


def write_all(descriptor: int, content: bytes) -> None:
    """Write everything; a pipe takes only as much at once as it has room for."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
