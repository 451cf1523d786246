"""Zip archives of stored members, read strictly: what is not as this program writes it is refused."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from engine.project import limits
from engine.project.durable import FileError
from engine.project.names import shown

MAGIC = b"PK\x03\x04"

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_ENCRYPTED = 0x1
_SIZE_FOLLOWS = 0x8
_NOT_YET_KNOWN = 0xFFFFFFFF


@dataclass(frozen=True)
class _Member:
    name: str
    start: int
    size: int
    crc: int
    header_offset: int


def archive_chunks(members: Mapping[str, bytes]) -> Iterator[bytes]:
    """An archive in pieces. The same members always give the same bytes: no time of day goes in."""
    offset = 0
    directory = b""
    for name, data in members.items():
        raw = name.encode()
        crc = zlib.crc32(data)
        # Version 2.0, stored; the oldest date that zip can tell, 1 January 1980. A flag tells of UTF-8.
        flags = 0 if name.isascii() else 0x800
        common = (20, flags, 0, 0, 0x21, crc, len(data), len(data), len(raw), 0)
        directory += _CENTRAL.pack(b"PK\x01\x02", 20, *common, 0, 0, 0, 0, offset) + raw
        header = _LOCAL.pack(MAGIC, *common) + raw
        yield header
        yield data
        offset += len(header) + len(data)
    if offset + len(directory) + _END.size > limits.ARCHIVE_BYTES:
        raise FileError(f"The archive would have {offset:,} bytes; the limit is {limits.ARCHIVE_BYTES:,}.")
    yield directory
    yield _END.pack(b"PK\x05\x06", 0, 0, len(members), len(members), len(directory), offset, 0)


def read_archive(file: BinaryIO, size: int, what: str, allowed: Mapping[str, int]) -> dict[str, bytes]:
    """The members of an archive; `allowed` says which there may be, and how large each.

    Nothing is read before the table of contents was found to be in order: only allowed names, none twice,
    nothing packed or encrypted, no gaps, no overlaps.
    """
    count, directory = _end_record(file, size, what)
    members = _directory(_read(file, directory, size - _END.size - directory, what), count, what, allowed)
    _check_layout(file, members, directory, what)
    content = {}
    for member in members:
        data = _read(file, member.start, member.size, what)
        if zlib.crc32(data) != member.crc:
            raise FileError(f"{what} is damaged: the checksum of '{member.name}' does not match.")
        content[member.name] = data
    return content


def _end_record(file: BinaryIO, size: int, what: str) -> tuple[int, int]:
    """How many members there are, and where the table of contents begins."""
    if size < _END.size:
        raise FileError(f"{what} is cut off: it has {size:,} bytes.")
    magic, disk, first_disk, here, count, length, start, comment = _END.unpack(
        _read(file, size - _END.size, _END.size, what)
    )
    if magic != b"PK\x05\x06":
        raise FileError(f"{what} is cut off or damaged: the end of the archive was not found.")
    if 0xFFFF in (here, count) or _NOT_YET_KNOWN in (length, start):
        raise FileError(f"{what} uses the 64-bit form of zip archives, which projects do not have.")
    if disk or first_disk or here != count or comment or start + length + _END.size != size:
        raise FileError(f"{what} is damaged: the end of the archive contradicts the rest.")
    return count, start


def _directory(raw: bytes, count: int, what: str, allowed: Mapping[str, int]) -> list[_Member]:
    members: list[_Member] = []
    position = 0
    while position < len(raw):
        if len(raw) - position < _CENTRAL.size or not raw.startswith(b"PK\x01\x02", position):
            raise FileError(f"{what} is damaged: its table of contents cannot be read.")
        fields = _CENTRAL.unpack_from(raw, position)
        flags, method, crc, packed, length = fields[3], fields[4], fields[7], fields[8], fields[9]
        name_length, extra_length, comment_length, offset = *fields[10:13], fields[16]
        name_at = position + _CENTRAL.size
        name = raw[name_at : name_at + name_length].decode("ascii", errors="replace")
        position = name_at + name_length + extra_length + comment_length
        _check_member(name, flags, method, packed, length, what, allowed)
        if name in {member.name for member in members}:
            raise FileError(f"{what} is damaged: it has the member '{name}' twice.")
        if extra_length or comment_length:
            raise FileError(f"{what}: member '{name}' has additions that projects do not have.")
        members.append(_Member(name, offset + _LOCAL.size + name_length, length, crc, offset))
    if position != len(raw) or len(members) != count:
        raise FileError(f"{what} is damaged: {count} members announced, {len(members)} found.")
    return members


def _check_member(
    name: str, flags: int, method: int, packed: int, length: int, what: str, allowed: Mapping[str, int]
) -> None:
    if name not in allowed:
        raise FileError(
            f"{what} has the member '{shown(name)}', which no project has; expected {', '.join(allowed)}."
        )
    if flags & _ENCRYPTED:
        raise FileError(f"{what}: member '{name}' is encrypted.")
    if method != zipfile.ZIP_STORED or packed != length:
        raise FileError(
            f"{what}: member '{name}' is compressed; projects are stored as they are.",
            hint="Pack it again without compression.",
        )
    if flags & _SIZE_FOLLOWS or flags:
        raise FileError(f"{what}: member '{name}' has flags that projects do not have.")
    if length > allowed[name]:
        raise FileError(f"{what}: member '{name}' has {length:,} bytes; the limit is {allowed[name]:,}.")


def _check_layout(file: BinaryIO, members: list[_Member], directory: int, what: str) -> None:
    """Each member must begin where the one before it ends, and say of itself what the table says of it."""
    expected = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset != expected:
            raise FileError(
                f"{what} is damaged: member '{member.name}' overlaps another one, or follows a gap."
            )
        header = _read(file, expected, _LOCAL.size + len(member.name), what)
        fields = _LOCAL.unpack_from(header)
        same = (fields[0], fields[2], fields[3], *fields[6:11], header[_LOCAL.size :])
        size, name = member.size, member.name.encode("ascii")
        if same != (MAGIC, 0, 0, member.crc, size, size, len(name), 0, name):
            raise FileError(f"{what} is damaged: member '{member.name}' contradicts the table of contents.")
        expected = member.start + member.size
    if expected != directory:
        raise FileError(f"{what} is damaged: there are bytes that belong to no member.")


def _read(file: BinaryIO, start: int, count: int, what: str) -> bytes:
    file.seek(start)
    data = file.read(count)
    if len(data) != count:
        raise FileError(
            f"{what} is cut off: {count:,} bytes expected at byte {start:,}, {len(data):,} found."
        )
    return data
