"""Read `.npz` files: arrays only, never Python objects, and with limits before memory is taken."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np
from numpy.lib import format as npy

from engine.data.dataset import Array, DataError
from engine.data.reading import checked_size, open_data

_MEMBERS = 1024
_RATIO = 1000
"""Images of one colour pack well; nothing honest packs better than this."""
_SUPPORTED_KINDS = "biufSU"
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
"""What Python's zipfile raises for archives that lie; RuntimeError is for encrypted ones."""


def read_npz(path: Path, *, names: tuple[str, ...] | None = None) -> dict[str, Array]:
    """Read the named arrays of a file, or all of them."""
    with open_data(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = _members(archive, path)
                wanted = tuple(members) if names is None else names
                missing = [name for name in wanted if name not in members]
                if missing:
                    raise DataError(
                        f"'{path}' has no array '{missing[0]}'; it has {', '.join(members) or 'none'}."
                    )
                return {name: _read_array(archive, members[name], path, name) for name in wanted}
        except _DAMAGE as error:
            raise DataError(f"'{path}' is not a readable .npz file: {str(error).rstrip('.')}.") from error


def read_npy(stream: IO[bytes], available: int, what: str) -> Array:
    """Read an array in NumPy's format from a stream with so many bytes left; `what` names it in errors."""
    start_of_header = _CountingReader(stream)
    try:
        version = npy.read_magic(start_of_header)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran_order, dtype = read_header(start_of_header)
    except ValueError as error:
        raise DataError(
            f"{what} is not an array of NumPy: {str(error).splitlines()[0].rstrip('.')}."
        ) from error
    if dtype.hasobject:
        raise DataError(
            f"{what} contains Python objects; it is not loaded, because that could run a program."
        )
    if dtype.kind not in _SUPPORTED_KINDS:
        raise DataError(f"{what} has the dtype {dtype}; expected numbers, booleans or texts.")
    size = checked_size(shape, dtype.itemsize, what)
    left = available - start_of_header.count
    if size != left:
        raise DataError(f"{what} declares {size:,} bytes of data, but {left:,} are there.")
    data = stream.read(size)
    if len(data) != size:
        raise DataError(f"{what} is cut off: {size:,} bytes expected, {len(data):,} found.")
    array = np.frombuffer(data, dtype=dtype)
    return array.reshape(shape, order="F" if fortran_order else "C")


class _CountingReader:
    """A stream that knows how much was read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.count = 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        self.count += len(data)
        return data


def _members(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """The arrays of the archive by name, after a look at what the archive says of them."""
    infos = archive.infolist()
    if len(infos) > _MEMBERS:
        raise DataError(f"'{path}' has {len(infos):,} arrays; the limit is {_MEMBERS:,}.")
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename.removesuffix(".npy")
        if name in members:
            raise DataError(f"'{path}' is damaged: it has the array '{name}' twice.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DataError(f"'{path}': array '{name}' is packed in a way that NumPy does not use.")
        if info.file_size > _RATIO * max(info.compress_size, 1):
            raise DataError(
                f"'{path}': array '{name}' unpacks to {info.file_size:,} bytes, which is not credible."
            )
        checked_size((info.file_size,), 1, f"'{path}': array '{name}'")
        members[name] = info
    return members


def _read_array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, name: str) -> Array:
    with archive.open(info) as stream:
        return read_npy(stream, info.file_size, f"'{path}': array '{name}'")


def read_npy_file(path: Path) -> Array:
    """Read a file that holds a single array."""
    with open_data(path) as file:
        return _read_whole(file, path)


def _read_whole(file: BinaryIO, path: Path) -> Array:
    size = file.seek(0, 2)
    file.seek(0)
    return read_npy(file, size, f"'{path}'")
