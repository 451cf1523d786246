"""The list of problems: where, what, and one remedy as a button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class ProblemLook:
    """One problem of the graph, on the node that has it; `remedy` is the verb on its button."""

    severity: Severity
    node: str
    sentence: str
    remedy: str | None = None
