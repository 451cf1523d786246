"""A project in a picture: comes back to the byte, and is refused with a sentence where it cannot be."""

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.project import limits
from engine.project.container import encode_json
from engine.project.durable import FileError
from engine.project.files import read_project
from engine.project.picture import SIGNATURE, text_of, with_text
from engine.project.project import Project


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PICTURE = (
    SIGNATURE
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    + chunk(b"IEND", b"")
)


def test_a_text_comes_back_and_the_picture_stays_one() -> None:
    made = with_text(PICTURE, b"words")
    assert text_of(made, "File") == b"words"
    assert made.startswith(SIGNATURE) and made.endswith(chunk(b"IEND", b""))
    assert made.replace(made[len(PICTURE) - 12 : -12], b"") == PICTURE


def test_a_project_is_opened_from_a_picture(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "graph.png"
    path.write_bytes(with_text(PICTURE, encode_json(project, "x")))
    assert read_project(path).project == project


def test_a_picture_without_a_project_says_so() -> None:
    with pytest.raises(FileError, match="a picture without a project"):
        text_of(PICTURE, "File")


def test_a_damaged_or_cut_picture_is_refused() -> None:
    made = with_text(PICTURE, b"words" * 50)
    at = made.index(b"flowscope") + 20
    with pytest.raises(FileError, match="damaged"):
        text_of(made[:at] + b"\x00" + made[at + 1 :], "File")
    with pytest.raises(FileError, match="breaks off"):
        text_of(made[:at], "File")


def test_what_unpacks_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "JSON_BYTES", 1000)
    with pytest.raises(FileError, match="larger than the limit"):
        text_of(with_text(PICTURE, b"0" * 10_000_000), "File")


@given(st.binary(max_size=200), st.integers(0, 300))
def test_no_bytes_do_more_than_be_refused(noise: bytes, at: int) -> None:
    made = with_text(PICTURE, b"words")
    try:
        found = text_of(made[:at] + noise + made[at:], "File")
    except FileError:
        return
    assert found == b"words"
