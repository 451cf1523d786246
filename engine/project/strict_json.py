"""Read JSON without its traps: limits before parsing, no duplicate keys, no NaN, no half characters."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any

from engine.project import limits
from engine.project.durable import FileError
from engine.project.names import shown

# A text without an end reaches to the end of the data: looking for its end once more from every quote in it
# would take quadratic time.
_SCAN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def parse(
    data: bytes, what: str, *, max_bytes: int = limits.JSON_BYTES, max_depth: int = limits.JSON_DEPTH
) -> Any:
    """Parse JSON from a source that may be hostile; `what` names it in errors, which are FileErrors."""
    if len(data) > max_bytes:
        raise FileError(f"{what} has {len(data):,} bytes; the limit is {max_bytes:,}.")
    if not data.strip():
        raise FileError(f"{what} is empty.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{what} is not text in UTF-8: byte {error.start} cannot be decoded.") from error
    _check_depth(data, what, max_depth)
    try:
        value = json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(pairs, what),
            parse_constant=lambda token: _refuse_number(token, what),
            parse_int=lambda digits: _integer(digits, what),
            parse_float=lambda digits: _float(digits, what),
        )
    except json.JSONDecodeError as error:
        raise FileError(
            f"{what} is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    if "\\u" in text:
        _check_surrogates(value, what)
    return value


def _check_depth(data: bytes, what: str, max_depth: int) -> None:
    """Count brackets outside of strings, so that a deep value is refused before the parser recurses."""
    depth = 0
    for match in _SCAN.finditer(data):
        first = data[match.start()]
        if first in b"[{":
            depth += 1
            if depth > max_depth:
                raise FileError(f"{what} is nested deeper than {max_depth} levels.")
        elif first in b"]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]], what: str) -> dict[str, Any]:
    if len(pairs) > limits.FIELDS_PER_OBJECT:
        raise FileError(
            f"{what} has an object with {len(pairs):,} fields; the limit is {limits.FIELDS_PER_OBJECT:,}."
        )
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise FileError(f"{what} has the key '{shown(twice)}' twice in one object.")
    return found


def _refuse_number(token: str, what: str) -> None:
    raise FileError(f"{what} has the number {token}; only finite numbers are allowed.")


def _integer(digits: str, what: str) -> int:
    if len(digits.lstrip("-")) > limits.INTEGER_DIGITS:
        raise FileError(
            f"{what} has a whole number of {len(digits.lstrip('-')):,} digits; "
            f"the limit is {limits.INTEGER_DIGITS}."
        )
    return int(digits)


def _float(digits: str, what: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        _refuse_number(shown(digits), what)
    return value


def _check_surrogates(value: Any, what: str) -> None:
    """Refuse half of a character written as \\ud800: it could be read, but never be saved again."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting.extend(part.keys())
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, str) and any("\ud800" <= character <= "\udfff" for character in part):
            raise FileError(f"{what} has a text with half of a character (a lone surrogate).")
