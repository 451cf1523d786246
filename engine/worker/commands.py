"""What the window tells the engine's process to do."""

from __future__ import annotations

import msgspec

from engine.worker.message import Device, Message


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
    trusted: tuple[str, ...] = ()
    """The fingerprints of the Python that may run (kernels/python_code.py)."""


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
    trusted: tuple[str, ...] = ()


class CheckCode(Message, frozen=True):
    """Run the code of a Python node, given by its attributes, on small tensors. Sending it is trusting it."""

    request: int
    code: str
    signature: str
    dtypes: tuple[str, ...] = ()
    arguments: str = ""


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
