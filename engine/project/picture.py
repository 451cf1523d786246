"""A project inside a picture: one compressed text chunk of a PNG, written and read within limits."""

from __future__ import annotations

import struct
import zlib

from engine.project import limits
from engine.project.durable import FileError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEY = b"flowscope"
_HEAD = _KEY + b"\x00\x01\x00\x00\x00"
"""The key of the chunk; that its text is compressed, by zlib; no language and no translated key."""


def with_text(picture: bytes, text: bytes) -> bytes:
    """A PNG with a text in it, which any program that shows pictures passes over."""
    end = len(picture) - 12  # the last chunk, IEND, is empty: length, kind and checksum
    body = b"iTXt" + _HEAD + zlib.compress(text, 9)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return picture[:end] + chunk + picture[end:]


def text_of(picture: bytes, what: str) -> bytes:
    """The text that `with_text` put into a PNG; raises FileError where there is none or it is damaged."""
    at = len(SIGNATURE)
    while at + 12 <= len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        kind, body = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        if at + 12 + length > len(picture):
            raise FileError(f"{what} is a picture that breaks off.")
        if kind == b"iTXt" and body.startswith(_HEAD):
            (sum_there,) = struct.unpack_from(">I", picture, at + 8 + length)
            if sum_there != zlib.crc32(kind + body):
                raise FileError(f"{what} is a picture whose project is damaged.")
            return _unpacked(body[len(_HEAD) :], what)
        at += 12 + length
    raise FileError(
        f"{what} is a picture without a project in it.",
        hint="Pictures that the canvas is exported to hold the project.",
    )


def _unpacked(data: bytes, what: str) -> bytes:
    """The text, unpacked no further than the limit: a few bytes could stand for gigabytes."""
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(data, limits.JSON_BYTES + 1)
    except zlib.error as error:
        raise FileError(f"{what} is a picture whose project is damaged.") from error
    if len(text) > limits.JSON_BYTES:
        raise FileError(f"{what} holds a project larger than the limit of {limits.JSON_BYTES:,} bytes.")
    if not unpacker.eof:
        raise FileError(f"{what} is a picture whose project is damaged.")
    return text
