"""NumPy files: arrays and nothing else, however the file lies."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.data.dataset import DataError
from engine.data.npz import read_npy_file, read_npz


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_are_read(tmp_path: Path, save: Callable[..., None]) -> None:
    arrays: dict[str, np.ndarray] = {
        "floats": np.linspace(0, 1, 7, dtype=np.float32),
        "columns": np.asfortranarray(np.arange(6).reshape(2, 3)),
        "one": np.array(5),
        "none": np.zeros((0, 3)),
        "names": np.array(["a", "ü"]),
        "flags": np.array([True, False]),
    }
    path = tmp_path / "a.npz"
    save(path, **arrays)
    found = read_npz(path)
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype and np.array_equal(found[name], array)
    assert list(read_npz(path, names=("one",))) == ["one"]


def test_a_single_array_is_read(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(5))
    assert read_npy_file(tmp_path / "a.npy").tolist() == [0, 1, 2, 3, 4]


def npy(header: str, data: bytes = b"") -> bytes:
    raw = header.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(raw).to_bytes(2, "little") + raw + data


def objects() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)
    return buffer.getvalue()


SHAPE = "{'descr': '%s', 'fortran_order': False, 'shape': %s}"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (objects(), "contains Python objects; it is not loaded"),
        (npy(SHAPE % ("<f8", "(1000000000000,)")), "takes 8,000.0 GB; the limit is"),
        (npy(SHAPE % ("<f8", "(8589934592, 8589934592, 4)")), "8589934592 x 8589934592 x 4"),
        (npy(SHAPE % ("<f8", "(0, 9007199254740992)")), "the limit is"),
        (npy(SHAPE % ("<f8", "(-1,)")), "declares the shape -1"),
        (npy(SHAPE % ("<f8", "(2,)"), bytes(15)), "declares 16 bytes of data, but 15 are there"),
        (npy(SHAPE % ("<f8", "(2,)"), bytes(17)), "declares 16 bytes of data, but 17 are there"),
        (npy(SHAPE % ("<M8[D]", "(1,)"), bytes(8)), "expected numbers, booleans or texts"),
        (npy(SHAPE % ("|V8", "(1,)"), bytes(8)), "expected numbers, booleans or texts"),
        (npy("__import__('os').system('true')"), "is not an array of NumPy"),
        (npy(SHAPE % ("<f8", "(" + "1," * 40 + ")"), bytes(8)), "has 40 dimensions; the limit is 16"),
        (b"\x93NUMPY\x09\x00junk", "is not an array of NumPy"),
        (b"junk", "is not an array of NumPy"),
        (b"", "is not an array of NumPy"),
    ],
)
def test_a_bad_array_is_refused_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    single, packed = tmp_path / "a.npy", tmp_path / "a.npz"
    single.write_bytes(content)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.npy", content)
    for read, path in ((read_npy_file, single), (read_npz, packed)):
        with pytest.raises(DataError) as caught:
            read(path)
        assert sentence in caught.value.what
        assert str(path) in caught.value.what


def test_a_bad_archive_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez_compressed(path, a=np.zeros(10_000_000))
    with pytest.raises(DataError, match="which is not credible"):
        read_npz(path)
    np.savez(path, a=np.zeros(3))
    with pytest.raises(DataError, match="has no array 'b'; it has a"):
        read_npz(path, names=("b",))
    whole = path.read_bytes()
    for content in (b"", b"junk", whole[:50], whole[:-10]):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"is not a readable \.npz file"):
            read_npz(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.npy", bytes(100))
    with pytest.raises(DataError, match="packed in a way that NumPy does not use"):
        read_npz(path)
    with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        for _ in range(2):
            archive.writestr("a.npy", npy(SHAPE % ("<f8", "(0,)")))
    with pytest.raises(DataError, match="has the array 'a' twice"):
        read_npz(path)


def test_a_flipped_byte_never_changes_a_number(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, a=np.arange(3.0))
    whole = path.read_bytes()
    refused = 0
    for position in range(len(whole)):
        flipped = bytearray(whole)
        flipped[position] ^= 0xFF
        path.write_bytes(flipped)
        try:
            (found,) = read_npz(path).values()
        except DataError:
            refused += 1
        else:
            assert found.tolist() == [0.0, 1.0, 2.0]
    assert refused > len(whole) // 2
