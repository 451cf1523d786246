"""Write JSON in one way only: equal values give equal bytes, and a change of one thing changes few lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_WIDTH = 100


def dump(value: Any, *, open_levels: int = 0) -> bytes:
    """Write a value that is made of mappings, lists, tuples, texts, finite numbers, booleans and None.

    What fits on a line is put on one line, a long list of numbers fills its lines, and all else has a line
    for each part; so have the outermost `open_levels` levels in any case. Keys keep the order that they have
    in the value.
    """
    return ("".join(_pieces(value, "", open_levels)) + "\n").encode("utf-8")


def sorted_keys(value: Any) -> Any:
    """The same value as plain dicts and lists, with the keys of each object in alphabetical order."""
    if isinstance(value, Mapping):
        return {key: sorted_keys(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [sorted_keys(part) for part in value]
    return value


def _pieces(value: Any, indent: str, open_levels: int) -> Iterator[str]:
    keep_open = open_levels > 0 and isinstance(value, Mapping | list | tuple) and len(value) > 0
    line = None if keep_open else _one_line(value, _WIDTH - len(indent))
    inner = indent + "  "
    if line is not None:
        yield line
    elif isinstance(value, Mapping):
        yield "{"
        for index, (key, part) in enumerate(value.items()):
            yield f"{',' if index else ''}\n{inner}{_scalar(key)}: "
            yield from _pieces(part, inner, open_levels - 1)
        yield f"\n{indent}}}"
    elif isinstance(value, list | tuple):
        yield "["
        if any(isinstance(part, Mapping | list | tuple | str) for part in value):
            for index, part in enumerate(value):
                yield f"{',' if index else ''}\n{inner}"
                yield from _pieces(part, inner, open_levels - 1)
        else:
            yield from _filled_lines(value, inner)
        yield f"\n{indent}]"
    else:
        yield _scalar(value)


def _one_line(value: Any, width: int) -> str | None:
    """The value on one line if it fits; gives up early, so that a large value is not written many times."""
    if isinstance(value, Mapping):
        parts, opening, closing = ((f"{_scalar(key)}: ", part) for key, part in value.items()), "{", "}"
    elif isinstance(value, list | tuple):
        parts, opening, closing = (("", part) for part in value), "[", "]"
    else:
        text = _scalar(value)
        return text if len(text) <= width else None
    texts = []
    for key, part in parts:
        text_or_none = _one_line(part, width - len(key))
        if text_or_none is None:
            return None
        texts.append(key + text_or_none)
        width -= len(texts[-1]) + 2
        if width < 0:
            return None
    return opening + ", ".join(texts) + closing


def _filled_lines(numbers: list[Any] | tuple[Any, ...], inner: str) -> Iterator[str]:
    line = ""
    for index, number in enumerate(numbers):
        text = _scalar(number) + ("," if index < len(numbers) - 1 else "")
        if line and len(inner) + len(line) + 1 + len(text) > _WIDTH:
            yield f"\n{inner}{line}"
            line = text
        else:
            line = f"{line} {text}" if line else text
    yield f"\n{inner}{line}"


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
