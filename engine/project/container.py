"""What bytes a project file is made of: a zip archive with variables and checksums, or plain JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from engine.project import limits, picture, strict_json
from engine.project.archive import MAGIC, archive_chunks, read_archive
from engine.project.canonical_json import dump
from engine.project.codec import project_from_dict, project_to_dict
from engine.project.durable import FileError
from engine.project.project import Project
from engine.project.tensors import Array, decode_tensors, encode_tensors

_MANIFEST = "manifest.json"
_PROJECT = "project.json"
_VARIABLES = "variables.safetensors"
_MANIFEST_BYTES = 64 * 1024
_ALLOWED = {
    _MANIFEST: _MANIFEST_BYTES,
    _PROJECT: limits.JSON_BYTES,
    _VARIABLES: limits.ARCHIVE_BYTES,
}

Variables = Mapping[str, Array]


def encode_json(project: Project, what: str) -> bytes:
    """A project as JSON text; raises FileError for a project that could not be read again."""
    try:
        data = dump(project_to_dict(project), open_levels=2)
    except (ValueError, TypeError, RecursionError) as error:
        raise FileError(f"{what} cannot be saved: a value in it has no form in JSON ({error}).") from error
    # What could not be opened again must not take the place of what can.
    decode_json(data, what)
    return data


def decode_json(data: bytes, what: str) -> Project:
    """The project of a JSON text."""
    return project_from_dict(strict_json.parse(data, what), what)


def encode_archive(project: Project, variables: Variables, what: str) -> Iterable[bytes]:
    """A project with its trained variables as a zip archive, in pieces."""
    members = {_PROJECT: encode_json(project, what)}
    if variables:
        members[_VARIABLES] = encode_tensors(variables)
    manifest: dict[str, Any] = {"sha256": {name: _digest(data) for name, data in members.items()}}
    return archive_chunks({_MANIFEST: dump(manifest), **members})


def decode(file: BinaryIO, size: int, what: str) -> tuple[Project, dict[str, Array]]:
    """The project and the variables of an open file of any form, which its first bytes tell."""
    beginning = file.read(len(MAGIC))
    file.seek(0)
    if beginning == picture.SIGNATURE[: len(MAGIC)]:
        if size > limits.PICTURE_BYTES:
            raise FileError(f"{what} has {size:,} bytes; the limit of a picture is {limits.PICTURE_BYTES:,}.")
        return decode_json(picture.text_of(file.read(limits.PICTURE_BYTES + 1), what), what), {}
    if beginning != MAGIC:
        if size > limits.JSON_BYTES:
            raise FileError(
                f"{what} has {size:,} bytes; the limit of a project in JSON is {limits.JSON_BYTES:,}."
            )
        return decode_json(file.read(limits.JSON_BYTES + 1), what), {}
    if size > limits.ARCHIVE_BYTES:
        raise FileError(f"{what} has {size:,} bytes; the limit is {limits.ARCHIVE_BYTES:,}.")
    members = read_archive(file, size, what, _ALLOWED)
    if _PROJECT not in members:
        raise FileError(f"{what} has no member '{_PROJECT}'.")
    _check_digests(members, what)
    project = decode_json(members[_PROJECT], f"{what}: {_PROJECT}")
    if _VARIABLES not in members:
        return project, {}
    return project, decode_tensors(members[_VARIABLES], f"{what}: {_VARIABLES}")


def _check_digests(members: Mapping[str, bytes], what: str) -> None:
    if _MANIFEST not in members:
        raise FileError(f"{what} has no member '{_MANIFEST}'.")
    manifest = strict_json.parse(members[_MANIFEST], f"{what}: {_MANIFEST}", max_bytes=_MANIFEST_BYTES)
    digests = manifest.get("sha256") if isinstance(manifest, dict) else None
    content = {name: data for name, data in members.items() if name != _MANIFEST}
    if not isinstance(digests, dict) or set(digests) != set(content):
        raise FileError(f"{what}: the manifest does not list the members that are there.")
    for name, data in content.items():
        if digests[name] != _digest(data):
            raise FileError(f"{what}: '{name}' is not what was saved; its SHA-256 differs from the manifest.")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
