"""What the engine's process tells the window."""

from __future__ import annotations

import msgspec
import numpy as np

from engine.program.passes import Report
from engine.worker.message import Level, Message, State


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


class CodeChecked(Message, frozen=True):
    """The answer to CheckCode: what is wrong, in sentences; nothing where all is right."""

    request: int
    problems: tuple[str, ...]


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
