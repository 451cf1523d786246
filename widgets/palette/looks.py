"""What the palette is told to show."""

from __future__ import annotations

from dataclasses import dataclass

MIME_TYPE = "application/x-flowscope-op"
"""The drag from the palette carries the op's name in UTF-8 under this type."""


@dataclass(frozen=True, slots=True)
class OpLook:
    """One op: its name, what it does in a few words, and other names that a search should find."""

    name: str
    summary: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryLook:
    """One category and its ops in the order of the list."""

    name: str
    ops: tuple[OpLook, ...]


@dataclass(frozen=True, slots=True)
class PaletteLook:
    """All categories; rows are 26 px high, 22 in the Expert density."""

    categories: tuple[CategoryLook, ...]
    row_height: int = 26
