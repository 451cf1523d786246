"""What the window and the engine's process say to each other: typed, versioned messages.

A command goes to the engine, an event comes back. A port is written `node.port`.
"""

from __future__ import annotations

from typing import TypeAlias

from engine.worker.commands import (
    Boundary,
    CheckCode,
    Evaluate,
    ExplainPasses,
    Pause,
    ReadPictures,
    ReadTile,
    ReadVariables,
    Resume,
    Shutdown,
    StepOnce,
    Stop,
    Train,
    Wanted,
    Watch,
)
from engine.worker.events import (
    Busy,
    Checkpointed,
    CodeChecked,
    Evaluated,
    Failed,
    Finished,
    Histogram,
    Interrupted,
    Log,
    NodeTimes,
    Observed,
    PassesExplained,
    Plane,
    Point,
    Problem,
    Progress,
    Ready,
    Scalars,
    StateChanged,
    Statistics,
    Tile,
    Variables,
)
from engine.worker.message import (
    PROTOCOL,
    Array,
    Device,
    Level,
    Message,
    State,
)

__all__ = [
    "PROTOCOL",
    "Array",
    "Boundary",
    "Busy",
    "CheckCode",
    "Checkpointed",
    "CodeChecked",
    "Command",
    "Device",
    "End",
    "Evaluate",
    "Evaluated",
    "Event",
    "ExplainPasses",
    "Failed",
    "Finished",
    "Histogram",
    "Interrupted",
    "Job",
    "Level",
    "Log",
    "Message",
    "NodeTimes",
    "Observed",
    "PassesExplained",
    "Pause",
    "Plane",
    "Point",
    "Problem",
    "Progress",
    "ReadPictures",
    "ReadTile",
    "ReadVariables",
    "Ready",
    "Resume",
    "Scalars",
    "Shutdown",
    "State",
    "StateChanged",
    "Statistics",
    "StepOnce",
    "Stop",
    "Tile",
    "Train",
    "Variables",
    "Wanted",
    "Watch",
]

Command: TypeAlias = (
    Train
    | Pause
    | Resume
    | StepOnce
    | Stop
    | Evaluate
    | CheckCode
    | Watch
    | ReadTile
    | ReadPictures
    | ReadVariables
    | Boundary
    | ExplainPasses
    | Shutdown
)

Job: TypeAlias = Train | Evaluate | CheckCode
"""What takes its time, and has an end that is told."""

Event: TypeAlias = (
    Ready
    | StateChanged
    | Progress
    | Scalars
    | Observed
    | Tile
    | Plane
    | NodeTimes
    | Checkpointed
    | Evaluated
    | Variables
    | PassesExplained
    | CodeChecked
    | Finished
    | Failed
    | Interrupted
    | Busy
    | Log
)

End: TypeAlias = Finished | Failed | Interrupted
"""The ends of a training that the engine itself can tell."""
