"""The frames of an event file: length, its checksum, the event, its checksum; written and read in batches."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.telemetry.crc32c import crc32c, crc32c_rows, masked

_LENGTH = struct.Struct("<Q")
_HEADER = 12
_FOOTER = 4
_LONGEST = 256 * 1024 * 1024
_FEW = 4
"""Below this number of equally long frames the matrix costs more than it saves."""
_LONG = 4096


@dataclass(frozen=True)
class Unframed:
    """The events that a piece of a file holds whole.

    `consumed` is how many bytes they take; what follows is a frame that is not complete yet, or, if `damage`
    says so, one that never will be.
    """

    payloads: tuple[bytes, ...]
    consumed: int
    damage: str = ""


def frame(payloads: Sequence[bytes]) -> bytes:
    """The frames of some events, ready to be appended to a file."""
    if not payloads:
        return b""
    lengths = np.array([len(payload) for payload in payloads], dtype="<u8")
    header_checks = _as_bytes(crc32c_rows(lengths.view(np.uint8).reshape(-1, 8)))
    checks = _as_bytes(_checksums(payloads))
    parts: list[bytes] = []
    for index, payload in enumerate(payloads):
        at = 4 * index
        parts += (_LENGTH.pack(len(payload)), header_checks[at : at + 4], payload, checks[at : at + 4])
    return b"".join(parts)


def unframe(data: bytes) -> Unframed:
    """Find the events in a piece of a file that begins with a frame, and check them."""
    starts: list[int] = []
    payloads: list[bytes] = []
    position, damage = 0, ""
    while position + _HEADER <= len(data):
        (length,) = _LENGTH.unpack_from(data, position)
        if length > _LONGEST:
            damage = f"a record claims {length:,} bytes"
            break
        end = position + _HEADER + length
        if end + _FOOTER > len(data):
            # A length that is not true must not make the reader wait for ever.
            damage = "" if _headers_agree(data, [position]) else "the length of a record is damaged"
            break
        starts.append(position)
        payloads.append(data[position + _HEADER : end])
        position = end + _FOOTER
    good = _good_frames(data, starts, payloads)
    if good < len(starts):
        return Unframed(tuple(payloads[:good]), starts[good], "the checksum of a record does not match")
    return Unframed(tuple(payloads), position, damage)


def _good_frames(data: bytes, starts: list[int], payloads: list[bytes]) -> int:
    """How many frames from the beginning have both checksums right."""
    if not starts:
        return 0
    ends = [start + _HEADER + len(payload) for start, payload in zip(starts, payloads, strict=True)]
    found = np.array([data[end : end + _FOOTER] for end in ends], dtype="S4")
    # NumPy's byte strings drop zeros at the end, so they are compared as numbers.
    expected = masked(_checksums(payloads))
    right = (np.frombuffer(found.tobytes(), dtype="<u4") == expected) & _header_matches(data, starts)
    return len(starts) if right.all() else int(np.argmin(right))


def _headers_agree(data: bytes, starts: list[int]) -> bool:
    return bool(_header_matches(data, starts).all())


def _header_matches(data: bytes, starts: list[int]) -> NDArray[np.bool_]:
    rows = np.frombuffer(b"".join(data[at : at + _HEADER] for at in starts), dtype=np.uint8)
    headers = rows.reshape(-1, _HEADER)
    written = np.ascontiguousarray(headers[:, 8:]).view("<u4").ravel()
    return np.asarray(written == masked(crc32c_rows(headers[:, :8])), dtype=np.bool_)


def _checksums(payloads: Sequence[bytes]) -> NDArray[np.uint32]:
    """The checksum of each event; those of equal length, as scalars mostly are, all at once."""
    groups: dict[int, list[int]] = {}
    for index, payload in enumerate(payloads):
        groups.setdefault(len(payload), []).append(index)
    result = np.empty(len(payloads), dtype=np.uint32)
    for length, members in groups.items():
        if len(members) < _FEW or length > _LONG or length == 0:
            result[members] = [crc32c(payloads[index]) for index in members]
        else:
            joined = b"".join(payloads[index] for index in members)
            result[members] = crc32c_rows(np.frombuffer(joined, dtype=np.uint8).reshape(-1, length))
    return result


def _as_bytes(checks: NDArray[np.uint32]) -> bytes:
    return masked(checks).astype("<u4").tobytes()
