"""What the panel of signatures is told to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["inputs", "outputs"]


@dataclass(frozen=True, slots=True)
class EntryLook:
    """One input or output: its name, the node and port it stands for, and the tensor there in words."""

    name: str
    node: str
    port: str
    spec: str = ""


@dataclass(frozen=True, slots=True)
class SignatureLook:
    """One signature. `problem` says what the graph does not have of it, or is empty."""

    name: str
    inputs: tuple[EntryLook, ...] = ()
    outputs: tuple[EntryLook, ...] = ()
    problem: str = ""
