"""The window's side of the engine's process: commands out, events in, a new process when one has ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from engine.errors import FlowscopeError
from engine.worker.causes import Cause
from engine.worker.frames import LARGEST
from engine.worker.messages import (
    Boundary,
    CheckCode,
    Checkpointed,
    CodeChecked,
    Command,
    Evaluate,
    Evaluated,
    Event,
    Interrupted,
    Job,
    Problem,
    Progress,
    Ready,
    Stop,
    Train,
    Watch,
)
from engine.worker.process import EngineProcess
from engine.worker.restarts import RestartLimit
from engine.worker.stored import checkpoints_of

TIME_TO_REACT = 1.0
"""So long the engine has to react to Stop before its process is ended by force."""
TIME_TO_SAVE = 20.0
"""So long it may take, once it has reacted, to write its last checkpoint."""
SILENCE = 4.0
"""After so many seconds without a sign of life during a job the engine counts as not answering."""


class Died(msgspec.Struct, frozen=True):
    """The engine's process ended although nobody had asked it to. A new one is ready or starting."""

    cause: Cause
    sentence: str
    during: Literal["", "training", "evaluation"]
    step: int
    checkpoint: str
    report: str


class GaveUp(msgspec.Struct, frozen=True):
    """The engine's process has ended too often; `start` starts it again when the user asks for it."""

    sentence: str


class Unresponsive(msgspec.Struct, frozen=True):
    """The engine gives no sign of life; perhaps it will yet. `WorkerClient.stop` ends it."""

    seconds: float


ClientEvent: TypeAlias = Event | Died | GaveUp | Unresponsive


class WorkerClient:
    """Talks to the engine. All methods belong to one thread, which must live as long as the client.

    A second process waits, warmed up, so that the next run need not wait after a death. `on_wakeup`, to be
    set before `start`, is called from another thread when `poll` has something to tell.
    """

    def __init__(
        self,
        on_wakeup: Callable[[], None] = lambda: None,
        *,
        preload: Sequence[Path] = (),
        standby: bool = True,
        restarts: RestartLimit | None = None,
    ) -> None:
        self.on_wakeup = on_wakeup
        self._preload = tuple(preload)
        self._wants_standby = standby
        self._restarts = restarts or RestartLimit()
        self._active: EngineProcess | None = None
        self._standby: EngineProcess | None = None
        self._watch = Watch({})
        self._boundary = Boundary(False)
        self._timer: threading.Timer | None = None
        self._forced: EngineProcess | None = None
        self._heard = 0.0
        self._silent = False
        self.checkpoint = ""
        """The last checkpoint of the run that is or was last being done."""
        self.step = 0

    # ---- life ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the engine unless it runs; after GaveUp this is what the user asks for."""
        if self._active is None:
            self._restarts.reset()
            self._active = self._spawn()
            self._active.send(self._watch)
            self._active.send(self._boundary)

    def close(self) -> None:
        """End all processes and wait until they have ended."""
        self._cancel_timer()
        processes = [process for process in (self._active, self._standby) if process]
        self._active = self._standby = None
        for process in processes:
            process.ask_to_end()
        for process in processes:
            process.close()

    @property
    def running(self) -> bool:
        """Whether there is a process to send commands to."""
        return self._active is not None

    @property
    def busy(self) -> bool:
        """Whether a job was given and has not ended."""
        return self._active is not None and self._active.job is not None

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids, that of the process that works first."""
        return tuple(process.pid for process in (self._active, self._standby) if process)

    # ---- commands ------------------------------------------------------------------------------------

    def send(self, command: Command) -> None:
        """Send a command; never waits. Raises FlowscopeError when there is no engine or it is too large.

        What should be watched is remembered, and told to every engine that comes.
        """
        if isinstance(command, Watch):
            self._watch = command
        elif isinstance(command, Boundary):
            self._boundary = command
        if self._active is None:
            if isinstance(command, Watch | Boundary):
                return None
            raise FlowscopeError("The engine is not running.", hint="Start it again.")
        match command:
            case Train():
                _check_size(command.project)
                self.checkpoint, self.step = command.checkpoint, 0
            case Evaluate():
                _check_size(command.project)
            case Stop():
                return self.stop()
        if not self.busy:
            self._heard, self._silent = time.monotonic(), False
        return self._active.send(command)

    def stop(self) -> None:
        """End the job: kindly at first; by force when the engine does not react within a second."""
        process = self._active
        if process is None or process.job is None or self._timer is not None:
            return
        process.send(Stop())
        self._arm(process, TIME_TO_REACT)

    # ---- events --------------------------------------------------------------------------------------

    def poll(self, budget: float = 0.006) -> Iterator[ClientEvent]:
        """Tell what has happened; ends after `budget` seconds, of which handling the events is a part.

        What was not told by then is told by the next call.
        """
        deadline = time.monotonic() + budget
        while self._active is not None and time.monotonic() < deadline:
            process = self._active
            # Looked at before the inbox: what it sent last comes before the news of its death.
            death = process.death
            event = process.take_event()
            if event is not None:
                yield from self._received(process, event)
            elif death is not None:
                yield from self._ended(process)
            else:
                break
        if self._standby is not None and self._standby.death is not None:
            self._drop_standby()
            if self._restarts.take():
                self._fill_standby()
            else:
                self._wants_standby = False
        yield from self._check_silence()

    @property
    def pending(self) -> bool:
        """Whether `poll` has more to tell."""
        active = self._active
        return active is not None and (len(active.inbox) > 0 or active.death is not None)

    def _received(self, process: EngineProcess, event: Event) -> Iterator[ClientEvent]:
        self._heard, self._silent = time.monotonic(), False
        match event:
            case Ready():
                self._fill_standby()
            case Checkpointed():
                self.checkpoint = event.path
            case Progress():
                self.step = event.step
        if process.job is None:
            self._cancel_timer()
        yield event

    def _ended(self, process: EngineProcess) -> Iterator[ClientEvent]:
        """Put another process in the place of one that has ended, and tell how the job ended."""
        self._cancel_timer()
        forced = process is self._forced
        job, death, report = process.job, process.death, process.report
        assert death is not None
        process.close()
        if isinstance(job, Train):
            # It may have died between writing a checkpoint and telling of it.
            written = checkpoints_of(Path(job.run_folder)).paths()
            self.checkpoint = str(written[-1]) if written else self.checkpoint
        if self._standby is not None and not self._standby.alive:
            self._drop_standby()
        self._active, self._standby = self._standby, None
        going_on = forced or self._restarts.take()
        if going_on:
            self._active = self._active or self._spawn()
            self._active.send(self._watch)
            self._active.send(self._boundary)
        elif self._active is not None:
            self._active.close()
            self._active = None
        if forced and job is None:
            return  # it had just done what it was told; its own answer has been passed on
        if not forced:
            during = _name(job)
            yield Died(death.cause, death.sentence, during, self.step, self.checkpoint, report)
        elif isinstance(job, CheckCode):
            yield CodeChecked(job.request, ("The code did not come to an end, and was stopped.",))
        elif isinstance(job, Evaluate):
            problem = Problem("", "The evaluation did not react and was ended by force.")
            yield Evaluated(job.request, (), (problem,))
        else:
            yield Interrupted(self.step, self.checkpoint, forced=True)
        if not going_on:
            yield self._gave_up()

    def _gave_up(self) -> GaveUp:
        minutes = self._restarts.within / 60
        return GaveUp(
            f"The engine has ended {self._restarts.most + 1} times within {minutes:.0f} minutes "
            "and was not started again. Your graph is safe. Run starts it again."
        )

    def _check_silence(self) -> Iterator[Unresponsive]:
        silent_for = time.monotonic() - self._heard
        if self.busy and not self._silent and silent_for > SILENCE:
            self._silent = True
            yield Unresponsive(silent_for)

    # ---- processes -----------------------------------------------------------------------------------

    def _spawn(self) -> EngineProcess:
        return EngineProcess(self.on_wakeup, self._preload)

    def _fill_standby(self) -> None:
        if self._wants_standby and self._standby is None:
            self._standby = self._spawn()

    def _drop_standby(self) -> None:
        if self._standby is not None:
            self._standby.close()
            self._standby = None

    def _arm(self, process: EngineProcess, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._escalate, (process, seconds))
        self._timer.daemon = True
        self._timer.start()

    def _escalate(self, process: EngineProcess, waited: float) -> None:
        """In the timer's thread: end a process that has not done what Stop asked for."""
        if process.job is None or process.death is not None:
            return
        if process.stopping and waited < TIME_TO_SAVE:
            self._arm(process, TIME_TO_SAVE)
            return
        self._forced = process
        process.kill()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _check_size(project: bytes) -> None:
    if len(project) > LARGEST // 2:
        raise FlowscopeError(
            f"The project has {len(project):,} bytes; the engine takes {LARGEST // 2:,} at most.",
            hint="Keep large constants in a data file.",
        )


def _name(job: Job | None) -> Literal["", "training", "evaluation"]:
    if job is None:
        return ""
    return "training" if isinstance(job, Train) else "evaluation"
