"""IDX files: read as they are meant, and refused where they lie."""

import gzip
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from engine.data.dataset import DataError
from engine.data.idx import read_idx

CODES = {"u1": 8, "i1": 9, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def idx(array: np.ndarray) -> bytes:
    code = CODES[array.dtype.str[1:]]
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, code, array.ndim]) + sizes + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.mark.parametrize("dtype", CODES)
@pytest.mark.parametrize("packed", [False, True])
def test_arrays_are_read(tmp_path: Path, dtype: str, packed: bool) -> None:
    array = np.arange(24).reshape(2, 3, 4).astype(dtype)
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    found = read_idx(path)
    assert found.dtype == array.dtype
    assert np.array_equal(found, array)


GOOD = idx(np.arange(6, dtype=np.uint8))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not an IDX file: it begins with the bytes none"),
        (b"PK\x03\x04", "is not an IDX file: it begins with the bytes 50 4b 03 04"),
        (b"\0\0\x07\1", "is not an IDX file"),
        (GOOD[:6], "is cut off within its header"),
        (GOOD[:-1], "is cut off: 6 bytes of data expected, 5 found"),
        (GOOD + b"x", "has more data than its header declares"),
        (b"\0\0\x0e\x03" + b"\xff" * 12, "declares the shape 4294967295 x 4294967295 x 4294967295"),
        (b"\0\0\x08\3" + bytes(4) + b"\xff" * 8, "declares the shape 0 x 4294967295 x 4294967295"),
        (b"\0\0\x08\xff" + b"\0\0\0\1" * 255, "has 255 dimensions; the limit is 16"),
        (b"\0\0\x08\1\x7f\xff\xff\xff", "is cut off: 2,147,483,647 bytes of data expected, 0 found"),
        (gzip.compress(GOOD)[:-9], "is a damaged gzip file"),
        (gzip.compress(GOOD)[:-8] + bytes(8), "is a damaged gzip file: crc check failed"),
        (b"\x1f\x8b" + b"junk" * 5, "is a damaged gzip file"),
        (gzip.compress(GOOD[:4] + b"\0\0\0\1" + bytes(50_000_000)), "has more data than its header declares"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(DataError, match=sentence) as caught:
        read_idx(path)
    assert str(path) in caught.value.what


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, sentence in (
        (tmp_path, "is a folder; expected a file"),
        (tmp_path / "pipe", "is not an ordinary file"),
        (tmp_path / "missing", "no such file"),
    ):
        with pytest.raises(DataError, match=sentence):
            read_idx(path)
