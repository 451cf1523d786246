"""What the history and the comparison are told to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["same", "added", "removed", "changed"]
SIGNS: dict[State, str] = {"same": "", "added": "+", "removed": "−", "changed": "~"}
"""Said beside the colour, which is never alone."""


@dataclass(frozen=True, slots=True)
class StepLook:
    """One step of the history; `is_undone` if it lies after the present one."""

    label: str
    is_now: bool = False
    is_undone: bool = False
    is_base: bool = False
    """Whether the present is compared with it."""


@dataclass(frozen=True, slots=True)
class DifferenceLook:
    """One thing that differs: `changed`, `hidden.units`, `64`, `128`."""

    state: State
    what: str
    name: str
    before: str = ""
    after: str = ""
    node: str = ""


@dataclass(frozen=True, slots=True)
class NodeMark:
    """A node of the compared graphs, at its place on the canvas."""

    name: str
    op: str
    x: float
    y: float
    state: State = "same"


@dataclass(frozen=True, slots=True)
class WireMark:
    """A wire of the compared graphs, by the names of its nodes."""

    source: str
    target: str
    state: State = "same"


@dataclass(frozen=True, slots=True)
class ComparisonLook:
    """What the present is compared with, and what came of it."""

    title: str = ""
    differences: tuple[DifferenceLook, ...] = ()
    nodes: tuple[NodeMark, ...] = ()
    wires: tuple[WireMark, ...] = ()
