"""What the help is told to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PortLook:
    """One port in the help: its name, its dtypes and shape in words, and what it carries."""

    name: str
    spec: str = ""
    text: str = ""
    output: bool = False


@dataclass(frozen=True, slots=True)
class LinkLook:
    """A link: the words, and the target that the intent reports."""

    label: str
    target: str


@dataclass(frozen=True, slots=True)
class HelpLook:
    """The help of one op; `code` in backquotes within a sentence is shown in the mono font."""

    title: str
    sentences: tuple[str, ...] = ()
    formula: str = ""
    advice: str = ""
    ports: tuple[PortLook, ...] = ()
    links: tuple[LinkLook, ...] = ()
