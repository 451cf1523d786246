"""What the window and the engine's process say to each other: typed, versioned messages.

A command goes to the engine, an event comes back. A port is written `node.port`.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.program.passes import Report

PROTOCOL = 2
"""Grows when a message changes; both sides must have the same."""

Array: TypeAlias = NDArray[Any]
Device = Literal["auto", "cpu", "gpu"]
State = Literal["running", "paused", "stopping"]
Level = Literal["info", "warning", "error"]


class Message(msgspec.Struct, frozen=True, tag=True):
    """Base of all messages; on the wire each carries the name of its class."""


# ---- commands: from the window to the engine ---------------------------------------------------------


class Train(Message, frozen=True):
    """Train a project, given as JSON, and record it as a run called `name`. `auto` leaves the device to it.

    `checkpoint` is a file to go on from, `variables` one that only gives first values.

    `start_paused` prepares everything and waits before the first step; `one_step` pauses again after it.
    """

    project: bytes
    run_folder: str
    name: str = ""
    device: Device = "auto"
    checkpoint: str = ""
    variables: str = ""
    start_paused: bool = False
    one_step: bool = False


class Pause(Message, frozen=True):
    """Wait after the step that is being done."""


class Resume(Message, frozen=True):
    """Go on after a pause."""


class StepOnce(Message, frozen=True):
    """Do one step, and pause again."""


class Stop(Message, frozen=True):
    """End the training or the evaluation; what it has reached is kept."""


class Evaluate(Message, frozen=True):
    """Compute nodes without training: the named ones and what they need, or all. The newest request wins.

    `variables` is a file with the values that variables have; without it they are as first drawn.
    """

    request: int
    project: bytes
    targets: tuple[str, ...] = ()
    variables: str = ""


class Wanted(msgspec.Struct, frozen=True):
    """What should be told of a watched tensor."""

    statistics: bool = True
    histogram: bool = False
    sample: bool = True


class Watch(Message, frozen=True):
    """Observe these ports from now on, and no others. What is known of them already is told at once."""

    ports: dict[str, Wanted]


class ReadTile(Message, frozen=True):
    """Read a slice of the last two axes of the value last observed at a port; others are held at `fixed`.

    A scalar counts as 1 x 1, a vector of n values as one row of n columns. Of each `row_step x column_step`
    cell the value farthest from zero is wanted, NaN before all others.
    """

    request: int
    port: str
    fixed: tuple[int, ...]
    row0: int
    row1: int
    column0: int
    column1: int
    row_step: int = 1
    column_step: int = 1


class ReadPictures(Message, frozen=True):
    """Read entries of the leading axis of what was last observed at a port, all later axes complete."""

    request: int
    port: str
    first: int
    count: int


class ReadVariables(Message, frozen=True):
    """Write all variables to a safetensors file at `path`.

    During a training they are those of the moment; afterwards those of `variables`, a checkpoint.
    """

    request: int
    path: str
    variables: str = ""


class Boundary(Message, frozen=True):
    """Tell from time to time what the model answers to every point of the plane, or stop doing so."""

    on: bool
    resolution: int = 64


class ExplainPasses(Message, frozen=True):
    """Tell what each pass does to the program of a project. The newest request wins."""

    request: int
    project: bytes


class Shutdown(Message, frozen=True):
    """End the process."""


Command: TypeAlias = (
    Train
    | Pause
    | Resume
    | StepOnce
    | Stop
    | Evaluate
    | Watch
    | ReadTile
    | ReadPictures
    | ReadVariables
    | Boundary
    | ExplainPasses
    | Shutdown
)


# ---- events: from the engine to the window -----------------------------------------------------------


class Ready(Message, frozen=True):
    """The process has started. `gpu` says in a sentence whether there is a GPU, or why not."""

    protocol: int
    pid: int
    device: str
    gpu: str


class StateChanged(Message, frozen=True):
    """What the training does now; how it ends is told by Finished, Failed and Interrupted."""

    state: State


class Progress(Message, frozen=True):
    """How far training has come: `step` of `steps` are done, and the epoch, counted from 1, that it is in.

    `split` says what the last step was for; `seconds_left` is None while there is nothing to guess it from.
    """

    split: str
    step: int
    steps: int
    epoch: int
    epochs: int
    seconds: float
    seconds_left: float | None = None


class Point(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One point of a curve."""

    tag: str
    split: str
    step: int
    epoch: int
    seconds: float
    value: float


class Scalars(Message, frozen=True):
    """New points of curves, in the order in which they were made. None is ever left out."""

    points: list[Point]


class Statistics(msgspec.Struct, frozen=True):
    """Figures of a whole tensor; they cover its finite values, and are None where it has none."""

    minimum: float | None
    maximum: float | None
    mean: float | None
    std: float | None
    nan: int
    inf: int
    zeros: int
    size: int


class Histogram(msgspec.Struct, frozen=True):
    """Counts of the finite values between edges, of which there is one more."""

    counts: list[int]
    edges: list[float]


class Observed(Message, frozen=True, eq=False):
    """What passed a watched port. `revision` grows with each value.

    `sample` holds the first entries of the leading axis, or the whole tensor when it is small.
    """

    port: str
    revision: int
    step: int
    dtype: str
    shape: tuple[int, ...]
    statistics: Statistics | None = None
    histogram: Histogram | None = None
    sample: np.ndarray | None = None


class Tile(Message, frozen=True, eq=False):
    """The answer to ReadTile or ReadPictures; without values `problem` says why there are none."""

    request: int
    revision: int
    values: np.ndarray | None
    problem: str = ""


class Plane(Message, frozen=True, eq=False):
    """What the model answers to every point between `low` and `high`: resolution x resolution x outputs.

    Rows go from the lowest second feature upwards, columns from the lowest first feature. `port` is where
    the answers were taken: before the loss, so they are whatever the drawn network ends in. `points` are
    examples, n x 2, with their `labels`, and with whether training does not see them.
    """

    port: str
    step: int
    low: tuple[float, float]
    high: tuple[float, float]
    values: np.ndarray
    points: np.ndarray
    labels: np.ndarray
    held_out: np.ndarray


class NodeTimes(Message, frozen=True):
    """How long each drawn node took in one step, in seconds."""

    step: int
    seconds: dict[str, float]


class Checkpointed(Message, frozen=True):
    """A checkpoint is safely on disk."""

    path: str
    step: int


class Problem(msgspec.Struct, frozen=True):
    """What is wrong at a node, and what to do; `node` is empty where no node is at fault."""

    node: str
    what: str
    hint: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.what} {self.hint}".strip()


class Evaluated(Message, frozen=True):
    """An evaluation has ended. `computed` names the nodes that have values now."""

    request: int
    computed: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


class PassesExplained(Message, frozen=True):
    """The answer to ExplainPasses: the passes that ran, in order. Without any, `problem` says why."""

    request: int
    passes: tuple[Report, ...]
    problem: str = ""


class Variables(Message, frozen=True):
    """The variables were written to `path`; otherwise `problem` says why not."""

    request: int
    path: str
    problem: str = ""


class Finished(Message, frozen=True):
    """Training has come to its end."""

    step: int
    seconds: float
    results: dict[str, float]
    checkpoint: str = ""


class Failed(Message, frozen=True):
    """Training cannot go on. `checkpoint` is the last one, or empty."""

    problem: Problem
    step: int = 0
    checkpoint: str = ""


class Interrupted(Message, frozen=True):
    """Training was stopped by the user. `checkpoint` is the last one, or empty.

    When the engine did not react to Stop, its process was ended by force, and all after `checkpoint` is lost.
    """

    step: int = 0
    checkpoint: str = ""
    forced: bool = False


class Busy(Message, frozen=True):
    """One step takes long; sent about every second while it lasts."""

    seconds: float
    step: int
    node: str = ""


class Log(Message, frozen=True):
    """A sentence for the user."""

    level: Level
    text: str


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
    | Finished
    | Failed
    | Interrupted
    | Busy
    | Log
)

End: TypeAlias = Finished | Failed | Interrupted
"""The ends of a training that the engine itself can tell."""
