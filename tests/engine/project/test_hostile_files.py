"""A corpus of hostile files: each is refused with the sentence it deserves, and nothing is half loaded."""

import hashlib
import json
import os
import random
import struct
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from engine.errors import FlowscopeError
from engine.project import limits
from engine.project.archive import archive_chunks
from engine.project.durable import FileError
from engine.project.files import read_project, write_project
from engine.project.project import Project

PROJECT = b'{"format": "flowscope", "version": 1, "nodes": {"a": {"op": "X"}}}\n'
TENSORS = save({"a/kernel": np.ones((2, 3), np.float32)})


def archive(**members: bytes) -> bytes:
    """A sound archive, with a manifest that fits the members."""
    named = {
        {"project": "project.json", "variables": "variables.safetensors"}[k]: v for k, v in members.items()
    }
    manifest = {"sha256": {name: hashlib.sha256(data).hexdigest() for name, data in named.items()}}
    return b"".join(archive_chunks({"manifest.json": json.dumps(manifest).encode(), **named}))


def zipped(members: Mapping[str, bytes], **options: Any) -> bytes:
    """An archive by Python's zipfile, which allows more than a project may have."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as out:
        for name, data in members.items():
            out.writestr(zipfile.ZipInfo(name), data, options.get("compression"))
    return buffer.getvalue()


def twice() -> bytes:
    """Two members of one name."""
    single = archive(project=PROJECT)
    buffer = BytesIO(single)
    with zipfile.ZipFile(buffer, "a") as out, pytest.warns(UserWarning, match="Duplicate name"):
        out.writestr(zipfile.ZipInfo("project.json"), PROJECT)
    return buffer.getvalue()


def changed(data: bytes, old: bytes, new: bytes, count: int = 1) -> bytes:
    assert old in data
    return data.replace(old, new, count)


def end_field(offset: int, value: bytes) -> bytes:
    """A sound archive with another value at an offset of its end record."""
    data = bytearray(archive(project=PROJECT))
    data[len(data) - 22 + offset : len(data) - 22 + offset + len(value)] = value
    return bytes(data)


def directory_field(offset: int, value: bytes) -> bytes:
    """A sound archive with another value at an offset of its table of contents."""
    data = bytearray(archive(project=PROJECT))
    start = data.index(b"PK\x01\x02") + offset
    data[start : start + len(value)] = value
    return bytes(data)


def tensors(header: Any, body: bytes = b"", length: int | None = None) -> bytes:
    """An archive with variables of any header."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return archive(project=PROJECT, variables=struct.pack("<Q", length or len(raw)) + raw + body)


def tensor(dtype: Any = "F32", shape: Any = (1,), offsets: Any = (0, 4)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def graph(**fields: Any) -> bytes:
    return json.dumps({"format": "flowscope", "version": 1, "nodes": {"a": {"op": "X"}}, **fields}).encode()


SOUND = archive(project=PROJECT, variables=TENSORS)
CORPUS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is empty"),
    "blanks": (lambda: b" \n" * 100, "is empty"),
    "binary junk": (lambda: random.Random(1).randbytes(4096), "not text in UTF-8"),
    "png": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture without a project"),
    "pickle": (lambda: b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00.", "not text in UTF-8"),
    "html": (lambda: b"<!doctype html><title>404</title>", "not valid JSON"),
    "other json": (lambda: b'{"nodes": []}', "is not a Flowscope project: its field 'format' is missing"),
    "list": (lambda: b"[]", "is a list; expected an object"),
    "number": (lambda: b"5", "is a number; expected an object"),
    "utf-16": (lambda: PROJECT.decode().encode("utf-16"), "not text in UTF-8"),
    "trailing zero": (lambda: PROJECT + b"\0", "not valid JSON"),
    "newer version": (lambda: graph(version=9), "saved by a newer Flowscope"),
    "older than the first": (lambda: graph(version=-1), "expected a whole number from 1"),
    "deep list": (lambda: b"[" * 200_000, "nested deeper than 64"),
    "deep object": (lambda: b'{"a":' * 200_000, "nested deeper than 64"),
    "duplicate key": (lambda: b'{"format": "flowscope", "format": "other"}', "the key 'format' twice"),
    "duplicate node": (lambda: changed(PROJECT, b'"a": {', b'"a": {"op": "Y"}, "a": {'), "the key 'a' twice"),
    "NaN": (lambda: changed(PROJECT, b"1", b"NaN"), "the number NaN"),
    "infinity": (lambda: changed(PROJECT, b"1", b"1e999"), "the number 1e999"),
    "5,000 digits": (lambda: changed(PROJECT, b"1", b"1" * 5000), "a whole number of 5,000 digits"),
    "half character": (lambda: changed(PROJECT, b"X", rb"\ud800"), "half of a character"),
    "right to left": (lambda: changed(PROJECT, b"X", "X\u202e".encode()), "the character U+202E"),
    "control character": (lambda: changed(PROJECT, b"X", rb"\u0007"), "the character U+0007"),
    "nodes as list": (lambda: graph(nodes=[]), "field 'nodes' is a list"),
    "node as text": (lambda: graph(nodes={"a": "X"}), "node 'a' is a text"),
    "cycle": (lambda: graph(wires={"a.x": "a.y"}), "form a cycle of 1 nodes: a -> a"),
    "missing node": (lambda: graph(wires={"a.x": "b.y"}), "no node called 'b'"),
    "missing port": (lambda: graph(wires={"a": "a.y"}), "expected 'node.port'"),
    "a path as name": (lambda: graph(nodes={"../a": {"op": "X"}}), "cannot be the name of a node"),
    "training text": (lambda: graph(training={"epochs": "1e9"}), "epochs is '1e9'"),
    "far away": (lambda: graph(nodes={"a": {"op": "X", "position": [0, 1e300]}}), "is 1e+300"),
    "long text": (lambda: graph(notes=["n" * 1_048_577]), "a text of 1,048,577 characters"),
    "zip slip": (lambda: zipped({"../../evil": b"x"}), "the member '../../evil', which no project has"),
    "absolute": (lambda: zipped({"/etc/passwd": b"x"}), "the member '/etc/passwd'"),
    "backslash": (lambda: zipped({"..\\evil": b"x"}), "which no project has"),
    "python": (lambda: zipped({"project.json": PROJECT, "plugin.py": b"x"}), "the member 'plugin.py'"),
    "nested": (lambda: zipped({"inner.flowscope": SOUND}), "the member 'inner.flowscope'"),
    "duplicate member": (twice, "the member 'project.json' twice"),
    "ratio bomb": (
        lambda: zipped({"project.json": bytes(50_000_000)}, compression=zipfile.ZIP_DEFLATED),
        "member 'project.json' is compressed",
    ),
    "encrypted": (lambda: directory_field(8, b"\x01\x00"), "is encrypted"),
    "odd flags": (lambda: directory_field(8, b"\x00\x08"), "has flags"),
    "huge member": (
        lambda: directory_field(20, struct.pack("<2I", 0xFFFFFFF0, 0xFFFFFFF0)),
        "has 4,294,967,280 bytes; the limit is 65,536",
    ),
    "zip64 size": (lambda: end_field(12, b"\xff\xff\xff\xff"), "64-bit form of zip"),
    "zip64 count": (lambda: end_field(8, b"\xff\xff\xff\xff"), "64-bit form of zip"),
    "more members": (lambda: end_field(8, b"\x03\x00\x03\x00"), "3 members announced, 2 found"),
    "two disks": (lambda: end_field(4, b"\x01\x00"), "contradicts the rest"),
    "a comment": (lambda: end_field(20, b"\x05\x00"), "contradicts the rest"),
    "directory elsewhere": (lambda: end_field(16, b"\x05\x00\x00\x00"), "contradicts the rest"),
    "overlap": (lambda: directory_field(42, b"\x05\x00\x00\x00"), "overlaps another one, or follows a gap"),
    "two names": (
        lambda: changed(archive(project=PROJECT), b"project.json{", b"prOject.json{"),
        "member 'project.json' contradicts the table of contents",
    ),
    "prefix": (lambda: b"PK\x03\x04" + SOUND, "contradicts the rest"),
    "suffix": (lambda: SOUND + b"#!/bin/sh\n", "the end of the archive was not found"),
    "flipped content": (lambda: changed(SOUND, b'"op": "X"', b'"op": "Y"'), "checksum of 'project.json'"),
    "no project": (
        lambda: b"".join(archive_chunks({"manifest.json": b'{"sha256": {}}'})),
        "has no member 'project.json'",
    ),
    "no manifest": (
        lambda: b"".join(archive_chunks({"project.json": PROJECT})),
        "has no member 'manifest.json'",
    ),
    "wrong hash": (
        lambda: b"".join(
            archive_chunks({"manifest.json": b'{"sha256": {"project.json": "00"}}', "project.json": PROJECT})
        ),
        "'project.json' is not what was saved; its SHA-256 differs",
    ),
    "manifest of others": (
        lambda: b"".join(archive_chunks({"manifest.json": b'{"sha256": []}', "project.json": PROJECT})),
        "does not list the members",
    ),
    "short tensors": (lambda: archive(project=PROJECT, variables=b"123"), "cut off within the length"),
    "header of 2^60": (lambda: tensors({}, length=2**60), "declares a header of 1,152,921,504,606,846,976"),
    "header past the end": (lambda: tensors({}, length=500), "declares a header of 500 bytes, but has 10"),
    "header is junk": (lambda: tensors(b"\xff" * 20), "the header is not text in UTF-8"),
    "header is a list": (lambda: tensors([]), "the header is not an object"),
    "tensor twice": (
        lambda: tensors(b'{"a": %s, "a": %s}' % ((json.dumps(tensor()).encode(),) * 2), bytes(4)),
        "the key 'a' twice",
    ),
    "tensor named NUL": (lambda: tensors({"\0": tensor()}, bytes(4)), "the name has the character U+0000"),
    "no shape": (lambda: tensors({"a": {"dtype": "F32"}}), "not described by dtype, shape and data_offsets"),
    "unknown dtype": (lambda: tensors({"a": tensor("F8_E4M3")}, bytes(4)), "has the dtype 'F8_E4M3'"),
    "dtype list": (lambda: tensors({"a": tensor([1])}, bytes(4)), "has the dtype [1]"),
    "shape bomb": (
        lambda: tensors({"a": tensor(shape=[2**33, 2**33, 4])}, bytes(4)),
        "8589934592 x 8589934592 x 4, which is larger than any memory",
    ),
    "empty shape bomb": (lambda: tensors({"a": tensor(shape=[0, 2**53], offsets=[0, 0])}), "larger than any"),
    "negative shape": (lambda: tensors({"a": tensor(shape=[-1, -1])}, bytes(4)), "has no valid shape"),
    "true as a size": (lambda: tensors({"a": tensor(shape=[True])}, bytes(4)), "has no valid shape"),
    "fractional shape": (lambda: tensors({"a": tensor(shape=[1.0])}, bytes(4)), "has no valid shape"),
    "rank 10,000": (lambda: tensors({"a": tensor(shape=[1] * 10_000)}, bytes(4)), "has no valid shape"),
    "too few bytes": (lambda: tensors({"a": tensor(shape=[3])}, bytes(4)), "12 bytes expected, 4 present"),
    "offsets backwards": (lambda: tensors({"a": tensor(offsets=[4, 0])}, bytes(4)), "where its data lie"),
    "overlapping tensors": (lambda: tensors({"a": tensor(), "b": tensor()}, bytes(4)), "'b' overlaps"),
    "a hole": (lambda: tensors({"a": tensor(offsets=[4, 8])}, bytes(8)), "leaves a gap before it"),
    "trailing pickle": (lambda: tensors({"a": tensor()}, bytes(4) + b"\x80\x04."), "tensors end at byte"),
    "missing bytes": (lambda: tensors({"a": tensor()}, bytes(3)), "tensors end at byte"),
}


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_refused_with_its_sentence(tmp_path: Path, name: str) -> None:
    make, sentence = CORPUS[name]
    path = tmp_path / "hostile.flowscope"
    path.write_bytes(make())
    with pytest.raises(FileError) as caught:
        read_project(path)
    assert sentence in caught.value.what
    assert str(path) in caught.value.what
    assert caught.value.what.endswith(".")
    assert len(caught.value.what) < len(str(path)) + 300


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(CORPUS) >= 60


def test_a_sound_file_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "sound.flowscope"
    path.write_bytes(SOUND)
    assert set(read_project(path).variables) == {"a/kernel"}


def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.flowscope"
    for whole in (SOUND, PROJECT.rstrip()):
        for length in range(len(whole)):
            path.write_bytes(whole[:length])
            with pytest.raises(FileError):
                read_project(path)


def test_every_flipped_byte_of_an_archive_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "flipped.flowscope"
    unnoticed = []
    for position in range(len(SOUND)):
        data = bytearray(SOUND)
        data[position] ^= 0x55
        path.write_bytes(data)
        try:
            read_project(path)
        except FileError:
            continue
        unnoticed.append(position)
    # Which program made the archive, its dates, and what else carries no meaning may differ.
    meaningless = {4, 5, 10, 11, 12, 13}
    local = [position for position in unnoticed if position < SOUND.index(b"PK\x01\x02")]
    assert all(position - SOUND.rindex(b"PK\x03\x04", 0, position + 1) in meaningless for position in local)


def test_a_bomb_takes_no_memory_before_it_is_refused(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "sparse.flowscope"
    with path.open("wb") as file:
        file.truncate(limits.JSON_BYTES + 1)
    tracemalloc.start()
    try:
        with pytest.raises(FileError, match="has 67,108,865 bytes; the limit of a project in JSON is"):
            read_project(path)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
        with path.open("r+b") as file:
            file.write(b"PK\x03\x04")
            file.truncate(limits.ARCHIVE_BYTES + 1)
        with pytest.raises(FileError, match="has 4,294,967,296 bytes; the limit is 4,294,967,295"):
            read_project(path)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="is a folder; expected a file"):
        read_project(tmp_path)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="is not an ordinary file"):
        read_project(pipe)
    with pytest.raises(FileError, match="is not an ordinary file"):
        read_project(Path("/dev/zero"))
    with pytest.raises(FileError, match="no such file"):
        read_project(tmp_path / "missing")


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.flowscope"
    path.write_bytes(SOUND)

    def refuse(*_: Any) -> int:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        with pytest.raises(FileError, match=r"Cannot open '.*secret.flowscope': permission denied\."):
            read_project(path)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A valid file with a few changes: bytes, pieces, or values of its JSON."""
    result = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(result))
        match chance.randrange(5):
            case 0:
                result[at] = chance.randrange(256)
            case 1:
                del result[at : at + chance.randrange(1, 30)]
            case 2:
                result[at:at] = result[: chance.randrange(60)]
            case 3:
                result[at : at + 8] = struct.pack("<Q", chance.choice([0, 1, 2**31, 2**63 - 1, 2**64 - 1]))
            case 4:
                token = chance.choice(
                    [b"null", b"[]", b"{}", b"1e308", b'""', b"-1", b"true", b"999999999999"]
                )
                result[at : at + len(token)] = token
        if not result:
            break
    return bytes(result)


def test_mutated_files_are_opened_whole_or_refused(
    tmp_path: Path, project: Project, variables: dict[str, np.ndarray]
) -> None:
    chance = random.Random(11)
    packed, plain = tmp_path / "packed", tmp_path / "plain"
    write_project(packed, project, variables)
    write_project(plain, project, as_json=True)
    seeds = [packed.read_bytes(), plain.read_bytes()]
    path, again = tmp_path / "mutant", tmp_path / "again"
    opened = 0
    for number in range(1500):
        data = mutated(seeds[number % 2], chance)
        if number % 4 == 0:
            # The variables are behind checksums, so a change of theirs must come before those.
            data = archive(project=PROJECT, variables=mutated(TENSORS, chance))
        path.write_bytes(data)
        try:
            loaded = read_project(path)
        except FlowscopeError as error:
            assert str(path) in error.what
            continue
        opened += 1
        write_project(again, loaded.project, loaded.variables)
        assert read_project(again).project == loaded.project
    assert opened > 20
