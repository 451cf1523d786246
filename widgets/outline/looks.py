"""What the outline is told to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class OutlineLook:
    """One row: `path` is reported when it is chosen. `detail` and `message` are for the tool tip and for
    screen readers; one with `opens` has rows below it, which are asked for when it is opened.
    """

    path: str
    name: str
    icon: str
    hue: str = ""
    detail: str = ""
    message: str = ""
    state: Literal["normal", "warning", "error", "muted", "bypassed"] = "normal"
    opens: bool = False

    def words(self) -> str:
        """All of it in words."""
        state = "" if self.state == "normal" else f"{self.state}: {self.message}".rstrip(": ")
        return ", ".join(part for part in (self.name, self.detail, state) if part)
