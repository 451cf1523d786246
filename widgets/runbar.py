"""The floating run bar: run or pause, step, stop, and how far the training is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RunState = Literal["idle", "starting", "running", "paused", "stopping"]


@dataclass(frozen=True, slots=True)
class RunBarLook:
    """`text` says where the run is, `remaining` how long it takes, `fraction` fills the bar (None: unknown).

    `reason` says why the graph cannot run where `can_run` is false.
    """

    state: RunState = "idle"
    text: str = "Ready to run"
    remaining: str = ""
    fraction: float | None = 0.0
    can_run: bool = True
    reason: str = ""
    can_run_to_here: bool = False
