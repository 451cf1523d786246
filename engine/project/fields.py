"""The fields of a file: each is checked for its kind, size and characters, or refused in a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from typing import Any

from engine.graph.graph import PortKey
from engine.project import limits
from engine.project.durable import FileError
from engine.project.names import name_problem, shown
from engine.project.project import Position

_PORT = re.compile(r"\w{1,128}(:\d{1,6})?")
_CANVAS = 1e9
"""Coordinates beyond this cannot be told apart on screen any more."""


def tidy(coordinate: float) -> float:
    """A whole coordinate without its point and zero, as one would write it by hand."""
    return int(coordinate) if math.isfinite(coordinate) and coordinate == int(coordinate) else coordinate


def end_of(text: str, where: str) -> PortKey:
    node, _, port = text.partition(".")
    if not _PORT.fullmatch(port):
        raise FileError(f"{where}: '{shown(text)}' is not an end of a wire; expected 'node.port'.")
    return node, port


def extra_of(fields: Mapping[str, object], known: Collection[str]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name not in known}


def position_of(value: object, where: str) -> Position:
    parts = list_of(value, where, 2)
    if len(parts) != 2:
        raise FileError(f"{where} has {len(parts)} numbers; expected 2.")
    return number_of(parts[0], where), number_of(parts[1], where)


def number_of(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FileError(f"{where} is {_kind(value)}; expected a number.")
    if not abs(value) <= _CANVAS:
        raise FileError(f"{where} is {value:g}; expected a number up to {_CANVAS:g}.")
    return float(value)


def text_of(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise FileError(f"{where} is {_kind(value)}; expected a text.")
    return value


def object_of(value: object, where: str, limit: int = limits.FIELDS_PER_OBJECT) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FileError(f"{where} is {_kind(value)}; expected an object.")
    if len(value) > limit:
        raise FileError(f"{where} has {len(value):,} parts; the limit is {limit:,}.")
    return value


def list_of(value: object, where: str, limit: int) -> list[Any]:
    if not isinstance(value, list):
        raise FileError(f"{where} is {_kind(value)}; expected a list.")
    if len(value) > limit:
        raise FileError(f"{where} has {len(value):,} parts; the limit is {limit:,}.")
    return value


def check_characters(name: str, where: str) -> None:
    problem = name_problem(name)
    if problem:
        raise FileError(f"{where}: the name {problem}.")


def check_strings(document: Mapping[str, object], what: str) -> None:
    """Refuse a text that no field of the window could show."""
    waiting: list[object] = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting.extend(part.keys())
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, str) and len(part) > limits.STRING_CHARACTERS:
            raise FileError(
                f"{what} has a text of {len(part):,} characters; the limit is {limits.STRING_CHARACTERS:,}."
            )


def _kind(value: object) -> str:
    """What a JSON value is, as a word for a message."""
    words = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return words.get(type(value), "a number")
