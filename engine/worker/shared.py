"""A ring of nameless shared memory through which arrays reach the window without going through the pipe.

The window's process owns the memory. It has no name, so nothing stays behind when a process is killed.
Positions count bytes since the start and never wrap: they are generations as well as places.
"""

from __future__ import annotations

import mmap
import os
import struct

from engine.worker.frames import ChannelError

CAPACITY = 32 * 1024 * 1024
_CONSUMED = struct.Struct("<Q")
_START = 4096
_ALIGNMENT = 64


class Ring:
    """One writer and one reader. What the reader has not taken yet is never overwritten."""

    def __init__(self, descriptor: int, capacity: int = CAPACITY) -> None:
        self.descriptor = descriptor
        self.capacity = capacity
        self._memory = mmap.mmap(descriptor, _START + capacity)
        self._written = 0

    @classmethod
    def create(cls, capacity: int = CAPACITY) -> Ring | None:
        """New memory; None on systems that have no nameless files in memory."""
        if not hasattr(os, "memfd_create"):
            return None
        descriptor = os.memfd_create("flowscope-arrays")
        os.ftruncate(descriptor, _START + capacity)
        return cls(descriptor, capacity)

    def write(self, content: memoryview) -> int | None:
        """Copy bytes in and return their position; None while there is no room for them."""
        size = _aligned(content.nbytes)
        start = self._written
        place = start % self.capacity
        if place + size > self.capacity:  # one piece of memory is never broken at the end of the ring
            start += self.capacity - place
            place = 0
        (consumed,) = _CONSUMED.unpack_from(self._memory, 0)
        if start + size - consumed > self.capacity:
            return None
        self._memory[_START + place : _START + place + content.nbytes] = content
        self._written = start + size
        return start

    def read(self, position: int, size: int) -> bytearray:
        """Copy bytes out and give their memory back to the writer. Positions must be read in their order."""
        (consumed,) = _CONSUMED.unpack_from(self._memory, 0)
        place = position % self.capacity
        if position < consumed or size < 0 or place + size > self.capacity:
            raise ChannelError(f"An array was announced at {position}, where there is none.")
        with memoryview(self._memory) as whole:
            content = bytearray(whole[_START + place : _START + place + size])
        _CONSUMED.pack_into(self._memory, 0, position + _aligned(size))
        return content

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
        os.close(self.descriptor)


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT
