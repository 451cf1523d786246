"""CRC-32C, the checksum of TensorBoard's files; computed for many frames, or many pieces of one, at once."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0x82F63B78
_ALL_ONES = 0xFFFFFFFF
_PIECE = 256


def crc32c(data: bytes) -> int:
    """The checksum of some bytes."""
    pieces = len(data) // _PIECE
    if pieces < 8:
        return _register(data, _ALL_ONES) ^ _ALL_ONES
    rows = np.frombuffer(data, dtype=np.uint8, count=pieces * _PIECE).reshape(pieces, _PIECE)
    # The checksum is linear: that of two pieces is the first one's, moved past the second, with the second's.
    start = _register(data[:_PIECE], _ALL_ONES)
    tables = _shift_tables()
    for register in _registers(rows[1:], 0).tolist():
        moved = tables[0][start & 255] ^ tables[1][start >> 8 & 255] ^ tables[2][start >> 16 & 255]
        start = moved ^ tables[3][start >> 24] ^ register
    return _register(data[pieces * _PIECE :], start) ^ _ALL_ONES


def crc32c_rows(rows: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """The checksum of each row of a matrix of bytes."""
    return _registers(rows, _ALL_ONES) ^ np.uint32(_ALL_ONES)


def masked(crc: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Checksums as they are written: turned and shifted, so that data may hold checksums itself."""
    return ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + np.uint32(0xA282EAD8)


def _register(data: bytes, register: int) -> int:
    """What the shift register holds after some more bytes."""
    table = _byte_table()
    for byte in data:
        register = table[(register ^ byte) & 255] ^ (register >> 8)
    return register


def _registers(rows: NDArray[np.uint8], register: int) -> NDArray[np.uint32]:
    """The same for each row at once: a loop over the columns."""
    table = np.array(_byte_table(), dtype=np.uint32)
    registers = np.full(len(rows), register, dtype=np.uint32)
    for column in np.ascontiguousarray(rows.T):
        registers = table[(registers ^ column) & np.uint32(255)] ^ (registers >> np.uint32(8))
    return registers


@functools.cache
def _byte_table() -> tuple[int, ...]:
    """What one byte does to an empty register."""
    table = []
    for byte in range(256):
        register = byte
        for _ in range(8):
            register = (register >> 1) ^ (_POLYNOMIAL if register & 1 else 0)
        table.append(register)
    return tuple(table)


@functools.cache
def _shift_tables() -> tuple[tuple[int, ...], ...]:
    """What `_PIECE` zero bytes make of a register, for each of its four bytes."""
    zeros = bytes(_PIECE)
    return tuple(tuple(_register(zeros, byte << shift) for byte in range(256)) for shift in (0, 8, 16, 24))
