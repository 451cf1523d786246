"""What the curves panel is told to show, and what it says about its own settings."""

from dataclasses import dataclass
from typing import Literal

Split = Literal["train", "validation"]
XAxis = Literal["steps", "epochs", "time"]


@dataclass(frozen=True)
class RunLook:
    """One run in the list of runs. Its place in the list decides its colour; `shown` runs are drawn."""

    name: str
    title: str
    shown: bool = True


@dataclass(frozen=True)
class CurveSettings:
    """How the curves are drawn: smoothing from 0 to 0.99, the x axis, and whether y is logarithmic."""

    smoothing: float = 0.6
    x_axis: XAxis = "steps"
    log_y: bool = False
