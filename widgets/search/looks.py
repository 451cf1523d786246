"""What the search box is told to search in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResultLook:
    """One thing that can be found: `id` is reported when it is chosen, `kind` is Action, Node or Help."""

    id: str
    kind: str
    title: str
    detail: str = ""
    shortcut: str = ""
    enabled: bool = True
    icon: str = ""
