"""The log: what happened, when, newest at the bottom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["info", "success", "warning", "error"]


@dataclass(frozen=True, slots=True)
class LogLook:
    """One line of the log: the time as text, its level, and a sentence."""

    time: str
    level: Level
    sentence: str
