"""What the panel of passes is told to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChangeLook:
    """One call before and after a pass; empty where it is new, or gone."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PassLook:
    """One pass: whether it runs, a figure at the right, its help, and what it did.

    `more` says how many changes are not shown; `note` stands in the place of an empty list.
    """

    name: str
    title: str
    help: str
    on: bool = True
    figure: str = ""
    changes: tuple[ChangeLook, ...] = ()
    more: int = 0
    note: str = ""
