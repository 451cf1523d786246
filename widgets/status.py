"""The status bar: what the worker does, on what, and how big the graph is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["success", "accent", "warn", "error", "idle"]


@dataclass(frozen=True, slots=True)
class StatusLook:
    """The parts of the status bar; an empty text leaves its place out."""

    tone: Tone = "idle"
    state: str = "Ready"
    device: str = ""
    gpu: str = ""
    memory: str = ""
    graph: str = ""
    saved: str = ""
