"""Read IDX files, the format of MNIST: a typed array with its sizes in front, plain or packed with gzip."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from engine.data.dataset import Array, DataError
from engine.data.reading import checked_size, open_data

_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP_MAGIC = b"\x1f\x8b"


def read_idx(path: Path) -> Array:
    """Read one array; whether the file is packed is seen from its content, not from its name."""
    with open_data(path) as file:
        packed = file.read(2) == _GZIP_MAGIC
        file.seek(0)
        try:
            if not packed:
                return _read(file, path)
            with gzip.GzipFile(fileobj=file) as unpacked:
                return _read(cast(BinaryIO, unpacked), path)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DataError(f"'{path}' is a damaged gzip file: {str(error).rstrip('.').lower()}.") from error


def _read(stream: BinaryIO, path: Path) -> Array:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _DTYPES:
        raise DataError(f"'{path}' is not an IDX file: it begins with the bytes {magic.hex(' ') or 'none'}.")
    dtype, rank = np.dtype(_DTYPES[magic[2]]), magic[3]
    header = stream.read(4 * rank)
    if len(header) < 4 * rank:
        raise DataError(f"'{path}' is cut off within its header.")
    shape = struct.unpack(f">{rank}I", header)
    expected = checked_size(shape, dtype.itemsize, f"'{path}'")
    data = _at_most(stream, expected)
    if len(data) < expected:
        raise DataError(f"'{path}' is cut off: {expected:,} bytes of data expected, {len(data):,} found.")
    if stream.read(1):
        raise DataError(f"'{path}' has more data than its header declares ({expected:,} bytes).")
    return np.frombuffer(data, dtype=dtype).reshape(shape).astype(dtype.newbyteorder("="))


def _at_most(stream: BinaryIO, count: int) -> bytearray:
    """Read in pieces, so that a short file that declares much does not take much memory."""
    data = bytearray()
    while len(data) < count:
        piece = stream.read(min(count - len(data), 1 << 22))
        if not piece:
            break
        data += piece
    return data
