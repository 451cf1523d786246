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


@dataclass(frozen=True, slots=True)
class AddLook:
    """An op that can be added: `words` are other names and sentences that it is found by.

    `favour`, from 0 to 1, says how often it was chosen before.
    """

    op: str
    category: str
    words: tuple[str, ...] = ()
    favour: float = 0.0


@dataclass(frozen=True, slots=True)
class FindLook(ResultLook):
    """Something in the graph: `words` are what it is found by beside its title."""

    words: tuple[str, ...] = ()
