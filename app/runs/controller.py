"""Runs a project in the engine's process and tells the window, by signals, what happens there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance

from app.runs.scratch import ScratchVariables
from app.runs.telemetry import Telemetry
from engine.errors import FlowscopeError
from engine.project.project import Project
from engine.telemetry.runs import RunInfo, new_run_folder, read_info, write_info
from engine.worker import messages
from engine.worker.client import ClientEvent, Died, GaveUp, Unresponsive, WorkerClient
from engine.worker.stored import Variables, project_to_bytes, read_variables

State = Literal["idle", "starting", "running", "paused", "stopping"]

TICK_MS = 16
"""Events are passed on once in so many milliseconds at most."""
BUDGET = 0.006
"""Seconds of each tick that passing events on may take; the rest belongs to painting."""
SETTLE_MS = 40
"""An evaluation waits for so long without a further edit."""
WATCH_MS = 500


class RunController(QObject):
    """The one place that gives the engine orders.

    A project is taken as it is when a run starts; later edits do not reach that run.
    """

    state_changed = Signal(str)
    run_started = Signal(object)
    """The folder of the run, a Path."""
    progress = Signal(object)
    observed = Signal(object)
    tile = Signal(object)
    plane = Signal(object)
    node_times = Signal(object)
    """Seconds by node, for one step."""
    busy = Signal(object)
    checkpointed = Signal(object)
    evaluated = Signal(object)
    variables_written = Signal(object)
    passes_explained = Signal(object)
    code_checked = Signal(object)
    finished = Signal(object)
    interrupted = Signal(object)
    failed = Signal(str, str)
    """The node, or nothing, and a sentence."""
    died = Signal(object)
    """Died: the engine's process has ended, and another is there. `can_resume` tells about the run."""
    gave_up = Signal(str)
    """The engine ended too often and was not started again; the next run that is asked for starts it."""
    unresponsive = Signal(float)
    engine_ready = Signal(str, str)
    """The device, and a sentence about the GPU."""
    _woken = Signal()

    def __init__(
        self,
        client: WorkerClient | None = None,
        parent: QObject | None = None,
        *,
        runs_folder: Path | None = None,
        trusted: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        super().__init__(parent)
        self.trusted = trusted  # the fingerprints of the Python that the engine may run
        self.telemetry = Telemetry(self)
        self._client = client or WorkerClient()
        self._client.on_wakeup = self._woken.emit
        self._runs_folder = runs_folder
        self._scratch = ScratchVariables()
        self._state: State = "idle"
        self._folder: Path | None = None
        self._run_name = ""
        self._resumable = False
        self._requests = 0
        self._variables = ""
        self._wanted: tuple[Project, tuple[str, ...]] | None = None
        self._checkpoint_step = 0
        self._told: dict[type, SignalInstance] = {
            messages.Progress: self.progress,
            messages.Observed: self.observed,
            messages.Tile: self.tile,
            messages.Plane: self.plane,
            messages.Busy: self.busy,
            messages.Variables: self.variables_written,
            messages.Evaluated: self.evaluated,
            messages.PassesExplained: self.passes_explained,
            messages.CodeChecked: self.code_checked,
        }
        self._tick = QTimer(self, singleShot=True, interval=TICK_MS)
        self._tick.timeout.connect(self._drain)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._send_evaluation)
        self._watchdog = QTimer(self, interval=WATCH_MS)
        self._watchdog.timeout.connect(self._drain)
        self._woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    # ---- life ----------------------------------------------------------------------------------------

    def start_engine(self) -> None:
        """Start the engine's process; it is ready a moment later."""
        self._client.start()

    def close(self) -> None:
        """End the engine, whatever it does."""
        for timer in (self._tick, self._settle, self._watchdog):
            timer.stop()
        self._client.close()
        self._scratch.close()

    @property
    def state(self) -> State:
        return self._state

    @property
    def folder(self) -> Path | None:
        """The folder of the run that is, or was last, being done."""
        return self._folder

    @property
    def run_name(self) -> str:
        """The name of that run, as its points carry it."""
        return self._run_name

    @property
    def checkpoint(self) -> str:
        """The last checkpoint of that run, or nothing."""
        return self._client.checkpoint

    @property
    def can_resume(self) -> bool:
        """Whether the last run ended before its time and can go on from a checkpoint."""
        return self._state == "idle" and self._resumable and bool(self._client.checkpoint)

    # ---- training ------------------------------------------------------------------------------------

    def run(self, project: Project, name: str = "untitled") -> None:
        """Train a project from the beginning, as a new run of that name."""
        self._begin(project, name)

    def resume_run(self, project: Project) -> None:
        """Go on with the last run from its last checkpoint."""
        if self.can_resume:
            self._train(project, checkpoint=self._client.checkpoint)

    def step(self, project: Project, name: str = "untitled") -> None:
        """Do one training step and pause; without a run, begin one."""
        if self._state == "idle":
            self._begin(project, name, one_step=True)
        elif self._state in ("running", "paused"):
            self._send(messages.StepOnce())

    def pause(self) -> None:
        """Wait after the present step."""
        if self._state in ("starting", "running"):
            self._send(messages.Pause())

    def resume(self) -> None:
        """Go on after a pause."""
        if self._state == "paused":
            self._send(messages.Resume())

    def stop(self) -> None:
        """End the run and keep what it has reached; also ends an evaluation."""
        if self._state in ("starting", "running", "paused"):
            self._set_state("stopping")
        self._client.stop()

    # ---- looking -------------------------------------------------------------------------------------

    def evaluate(self, project: Project, targets: tuple[str, ...] = ()) -> None:
        """Compute what is drawn, for some examples; the newest request wins. It waits while a run goes on."""
        self._wanted = (project, targets)
        self._settle.start()

    def run_to(self, project: Project, node: str) -> None:
        """Compute one node and what it needs, at once."""
        self._client.start()
        self.evaluate(project, (node,))
        self._settle.stop()
        self._send_evaluation()

    def watch(self, ports: Mapping[str, messages.Wanted]) -> None:
        """Observe these ports, `node.port`, from now on, and no others."""
        self._send(messages.Watch(dict(ports)))

    def show_boundary(self, on: bool, resolution: int = 64) -> None:
        """Tell, or no longer tell, what the model answers over the plane."""
        self._send(messages.Boundary(on, resolution))

    def read_tile(
        self,
        port: str,
        fixed: tuple[int, ...],
        rows: tuple[int, int],
        columns: tuple[int, int],
        steps: tuple[int, int] = (1, 1),
    ) -> int:
        """Ask for a slice of the last value at a port; `tile` answers with the number that is returned."""
        self._requests += 1
        self._look(messages.ReadTile(self._requests, port, fixed, *rows, *columns, *steps))
        return self._requests

    def read_pictures(self, port: str, first: int, count: int) -> int:
        """Ask for entries of the leading axis; `tile` answers with the number that is returned."""
        self._requests += 1
        self._look(messages.ReadPictures(self._requests, port, first, count))
        return self._requests

    def explain_passes(self, project: Project) -> None:
        """Ask what each pass does to a project; `passes_explained` answers."""
        self._requests += 1
        self._look(messages.ExplainPasses(self._requests, project_to_bytes(project)))

    def check_code(self, attributes: Mapping[str, Any]) -> int:
        """Run the code of a Python node on small tensors; `code_checked` answers. 0 while a run goes on."""
        if self._state != "idle":
            return 0
        self._client.start()
        self._requests += 1
        self._watchdog.start()
        sent = self._send(messages.CheckCode(self._requests, **attributes))
        return self._requests if sent else 0

    # ---- variables -----------------------------------------------------------------------------------

    def use_variables(self, variables: Variables) -> None:
        """Start from these values: those of an opened project. Empty: as the seed draws them."""
        self._variables = self._scratch.write(variables) if variables else ""
        self._resumable = False
        self._client.checkpoint = ""

    def variables(self) -> Variables:
        """The trained variables: of the last checkpoint, or those that were given. Raises FlowscopeError."""
        source = self._source()
        return read_variables(Path(source)) if source else {}

    def write_variables(self, path: Path) -> None:
        """Write the variables as they are now, also during a run; `variables_written` tells how it went."""
        self._requests += 1
        self._send(messages.ReadVariables(self._requests, str(path), self._source()))

    # ---- orders --------------------------------------------------------------------------------------

    def _begin(self, project: Project, name: str, *, one_step: bool = False) -> None:
        if self._state != "idle":
            return
        try:
            self._folder = new_run_folder(name, self._runs_folder)
        except FlowscopeError as error:
            self.failed.emit(error.node, str(error))
            return
        self._run_name = f"{name} {self._folder.name}"
        self._train(project, one_step=one_step)

    def _train(self, project: Project, *, checkpoint: str = "", one_step: bool = False) -> None:
        if self._folder is None or self._state != "idle":
            return
        order = messages.Train(
            project_to_bytes(project),
            str(self._folder),
            self._run_name,
            checkpoint=checkpoint,
            variables="" if checkpoint else self._variables,
            one_step=one_step,
            trusted=self.trusted(),
        )
        self._settle.stop()
        # An engine that was given up is started again by whoever asks for a run.
        self._client.start()
        if self._send(order):
            self._resumable = True
            self.telemetry.begin(self._run_name, self._checkpoint_step if checkpoint else 0)
            self._set_state("starting")
            self._watchdog.start()
            self.run_started.emit(self._folder)

    def _send_evaluation(self) -> None:
        if self._wanted is None or self._state != "idle" or not self._client.running:
            return
        (project, targets), self._wanted = self._wanted, None
        self._requests += 1
        project_bytes, source = project_to_bytes(project), self._source()
        order = messages.Evaluate(self._requests, project_bytes, targets, source, self.trusted())
        if self._send(order):
            self._watchdog.start()

    def _send(self, command: messages.Command) -> bool:
        """Give an order; an engine that is not there is told as a failure."""
        try:
            self._client.send(command)
        except FlowscopeError as error:
            self.failed.emit(error.node, str(error))
            return False
        return True

    def _look(self, command: messages.Command) -> None:
        """Ask for a part of a value; without an engine there is none, and that was told already."""
        if self._client.running:
            self._send(command)

    def _source(self) -> str:
        """The file that holds the present variables, or nothing."""
        return self._client.checkpoint or self._variables

    # ---- events --------------------------------------------------------------------------------------

    def _wake(self) -> None:
        if not self._tick.isActive():
            self._tick.start()

    def _drain(self) -> None:
        """Pass on what has come, for a few milliseconds; what is left comes with the next tick."""
        for event in self._client.poll(BUDGET):
            self._take(event)
        self.telemetry.flush()
        if self._client.pending:
            self._tick.start()
        if not self._client.busy:
            self._watchdog.stop()

    def _take(self, event: ClientEvent) -> None:
        told = self._told.get(type(event))
        if told is not None:
            told.emit(event)
            return
        match event:
            case messages.Scalars():
                self.telemetry.add(event.points)
            case messages.NodeTimes():
                self.node_times.emit(event.seconds)
            case messages.Checkpointed():
                self._checkpoint_step = event.step
                self.checkpointed.emit(event)
            case messages.Log():
                self.telemetry.say(event.level, event.text)
            case messages.Ready():
                self.engine_ready.emit(event.device, event.gpu)
            case messages.StateChanged():
                if self._state != "stopping":
                    self._set_state(event.state)
            case Unresponsive():
                self.unresponsive.emit(event.seconds)
            case _:
                self._end(event)

    def _end(self, event: ClientEvent) -> None:
        """A run has ended in one of its four ways, or the engine was given up."""
        self.telemetry.flush()
        self._set_state("idle")
        match event:
            case messages.Finished():
                self._resumable = False
                self.telemetry.say("info", f"Training finished after {event.step:,} steps.")
                self.finished.emit(event)
            case messages.Interrupted():
                if event.forced:
                    self._write_end("interrupted", "The engine did not react and was ended by force.")
                self.telemetry.say("info", f"Training stopped at step {event.step:,}.")
                self.interrupted.emit(event)
            case messages.Failed():
                self.telemetry.say("error", event.problem.sentence)
                self.failed.emit(event.problem.node, event.problem.sentence)
            case Died():
                if event.during == "training":
                    self._write_end("died", event.sentence)
                self.telemetry.say("error", event.sentence)
                self.died.emit(event)
            case GaveUp():
                self.telemetry.say("error", event.sentence)
                self.gave_up.emit(event.sentence)
        if self._wanted is not None:
            self._settle.start()

    def _set_state(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    def _write_end(self, state: Literal["died", "interrupted"], message: str) -> None:
        """Write down how a run ended whose process could not do so itself."""
        if self._folder is None:
            return
        try:
            info: RunInfo = read_info(self._folder)
            write_info(self._folder, replace(info, state=state, ended=time.time(), message=message))
        except FlowscopeError as error:
            self.telemetry.say("warning", str(error))
