"""One training for the window: step by step, with all that is told about it on the way."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import kernels
from engine.data.dataset import take
from engine.errors import FlowscopeError, Interrupted
from engine.project.codec import project_to_dict
from engine.project.project import Project
from engine.spec import spec_of
from engine.telemetry.events import Event, Scalar
from engine.telemetry.recorder import Recorder
from engine.telemetry.runs import RUN_FILE, RunInfo
from engine.telemetry.runs import State as RunState
from engine.telemetry.store import RunWriter
from engine.train.callbacks import Callback
from engine.train.checkpoint import Resumed
from engine.train.progress import Progress
from engine.train.trainer import Trainer
from engine.worker import messages, stored
from engine.worker.desk import Desk, Query
from engine.worker.explaining import explained
from engine.worker.messages import Checkpointed, Failed, Finished, Log, NodeTimes, Point, Train, Watch
from engine.worker.plane import Answers
from engine.worker.problems import problem_of
from engine.worker.watching import Watching

TIMES_EVERY = 0.5
PLANE_EVERY = 0.25
PLANE_SHARE = 0.1
"""Seconds between two pictures of the plane, and the share of the time that they may take."""


class LiveRecorder:
    """Records to the disk, and tells the window the same points."""

    def __init__(self, recorder: Recorder, desk: Desk, started: float) -> None:
        self._recorder = recorder
        self._desk = desk
        self._started = started
        self._complained = False

    def record(self, event: Event) -> None:
        """Take one event in."""
        self._recorder.record(event)
        if isinstance(event, Scalar):
            seconds = event.wall_time - self._started
            self._desk.point(Point(event.tag, event.split, event.step, event.epoch, seconds, event.value))
        problem = self._recorder.problem
        if problem is not None and not self._complained:
            self._desk.tell(Log("warning", f"{problem} Training goes on."))
        self._complained = problem is not None

    def flush(self) -> None:
        """Bring everything to the disk. Training goes on without, so a problem is told and not raised."""
        try:
            self._recorder.flush()
        except FlowscopeError as error:
            self._desk.tell(Log("warning", f"{error} Training goes on."))


class TrainingRun(Callback):
    """Trains a project, and hears of checkpoints and warnings as the trainer's callback."""

    def __init__(self, order: Train, desk: Desk, watching: Watching) -> None:
        self._desk = desk
        self._watching = watching
        self._started = time.perf_counter()
        self.checkpoint = order.checkpoint
        """The last checkpoint of the run, or empty."""
        self._step = 0
        self._folder = Path(order.run_folder)
        self._project = _with_device(stored.project_from_bytes(order.project), order)
        resumed = stored.resume_from(Path(order.checkpoint)) if order.checkpoint else None
        self._writer = self._open_run(order, resumed)
        self._recorder = Recorder(self._writer)
        self._answers: Answers | None = None
        self._plane_due = self._times_due = 0.0
        try:
            self.trainer = Trainer(
                self._project.graph,
                self._project.training,
                recorder=LiveRecorder(self._recorder, desk, self._writer.info.started),
                checkpoints=stored.checkpoints_of(self._folder),
                callbacks=[self],
            )
            if resumed is not None:
                self._resume(resumed)
            elif order.variables:
                self.trainer.session.restore(stored.read_variables(Path(order.variables)))
        except (FlowscopeError, MemoryError) as error:
            self._close("failed", problem_of(error).sentence)
            raise
        for sentence in self.trainer.session.notes:
            desk.tell(Log("warning", sentence))
        self.trainer.interrupt = desk.interrupted
        self._known: dict[str, bool] = {}

    # ---- the trainer's callback ------------------------------------------------------------------------

    def on_checkpoint(self, trainer: Trainer, path: Path) -> None:
        """Tell that a checkpoint is safe."""
        self.checkpoint = str(path)
        self._desk.tell(Checkpointed(self.checkpoint, self._step))

    def on_warning(self, trainer: Trainer, sentence: str) -> None:
        """Tell what went wrong without ending the training."""
        self._desk.tell(Log("warning", sentence))

    # ---- the run ---------------------------------------------------------------------------------------

    def run(self) -> None:
        """Train until the end, a stop or a failure, and tell which it was."""
        try:
            finished = self._train()
        except Interrupted:
            finished = False
        except (FlowscopeError, MemoryError) as error:
            self._fail(error)
            return
        if not finished:
            self._stop()
            return
        results = dict(self.trainer.history.test)
        self._close("finished", results=results)
        seconds = time.perf_counter() - self._started
        self._desk.tell_surely(Finished(self._step, seconds, results, self.checkpoint))

    def answer(self, query: Query) -> None:
        """Answer a question between two steps."""
        match query:
            case Watch():
                self._look_now()
            case messages.ReadVariables():
                self._desk.tell(stored.save(query, self.trainer.session.values()))
            case messages.ExplainPasses():
                self._desk.tell(explained(query))
            case _:
                self._desk.tell(self._watching.answer(query))

    def _train(self) -> bool:
        """Take step after step; False when the window wants no more of them."""
        steps = self.trainer.steps()
        while self._desk.before_step(self.answer, self._step):
            now = time.monotonic()
            looks = bool(self._desk.watched) and self._watching.due
            times = now >= self._times_due
            self.trainer.watched = self._watched_ports() if looks else ()
            self.trainer.timings = {} if times else None
            progress = next(steps, None)
            if progress is None:
                return True
            self._tell(progress)
            if progress.split == "train":
                if looks:
                    self._look(self.trainer.values)
                if times:
                    self._tell_times(now)
            if self._desk.boundary is not None and now >= self._plane_due:
                self._tell_plane(self._desk.boundary)
        return False

    def _stop(self) -> None:
        self._desk.tell_surely(messages.StateChanged("stopping"))
        self.trainer.save()
        self._close("interrupted")
        self._desk.tell_surely(messages.Interrupted(self._step, self.checkpoint))

    def _fail(self, error: FlowscopeError | MemoryError) -> None:
        self._close("failed", problem_of(error).sentence)
        self._desk.tell_surely(Failed(problem_of(error), self._step, self.checkpoint))

    # ---- what is told on the way -----------------------------------------------------------------------

    def _tell(self, progress: Progress) -> None:
        self._step = progress.step
        self._desk.tell(
            messages.Progress(
                progress.split,
                progress.step,
                progress.steps_total,
                progress.epoch,
                progress.epochs,
                progress.seconds,
                progress.seconds_left,
            )
        )

    def _watched_ports(self) -> tuple[str, ...]:
        return tuple(port for port in self._desk.watched if self._can_watch(port))

    def _can_watch(self, port: str) -> bool:
        """Whether there is such a tensor, at a drawn port or inside a block: `hidden/mat_mul`."""
        if port not in self._known:
            try:
                self.trainer.session.program((port,), training=True, effects=True)
                self._known[port] = True
            except FlowscopeError:
                self._known[port] = False
        return self._known[port]

    def _look(self, values: Mapping[str, Any]) -> None:
        found = {port: kernels.to_host(values[port]) for port in self._watched_ports() if port in values}
        self._watching.look(found, self._desk.watched, self._step)

    def _look_now(self) -> None:
        """Compute the watched ports for the first batch, so that a wire shows its tensor during a pause."""
        ports, session = self._watched_ports(), self.trainer.session
        feeds = take(self.trainer.examples.train, slice(0, self._project.training.batch_size))
        if not ports:
            return
        try:
            specs = {name: spec_of(array) for name, array in feeds.items()}
            step = session.prepare(ports, specs, training=True)
            self._look(step(feeds, interrupt=self._desk.interrupted, peek=True))
        except Interrupted:
            return
        except FlowscopeError as error:
            self._desk.tell(Log("warning", str(error)))

    def _tell_times(self, now: float) -> None:
        nodes: dict[str, float] = {}
        for path, seconds in (self.trainer.timings or {}).items():
            node = path.partition("/")[0]
            nodes[node] = nodes.get(node, 0.0) + seconds
        self._times_due = now + TIMES_EVERY
        self._desk.tell(NodeTimes(self._step, nodes))

    def _tell_plane(self, resolution: int) -> None:
        start = time.monotonic()
        try:
            self._answers = self._answers or Answers(self.trainer)
            self._desk.tell(self._answers.plane(resolution, self._step))
        except FlowscopeError as error:
            self._desk.boundary = None
            self._desk.tell(Log("warning", str(error)))
        end = time.monotonic()
        self._plane_due = end + max(PLANE_EVERY, (end - start) / PLANE_SHARE)

    # ---- beginning and end -----------------------------------------------------------------------------

    def _open_run(self, order: Train, resumed: Resumed | None) -> RunWriter:
        if resumed is not None and (self._folder / RUN_FILE).is_file():
            return RunWriter.resume(self._folder, resumed.state.step)
        device, _ = kernels.choose(self._project.training.device)
        info = RunInfo(
            order.name or self._folder.name,
            project_to_dict(self._project),
            self._project.training.seed,
            device,
            time.time(),
        )
        return RunWriter.create(self._folder, info)

    def _resume(self, resumed: Resumed) -> None:
        for sentence in resumed.warnings:
            self._desk.tell(Log("warning", sentence))
        self.trainer.restore(resumed.state)
        self._step, self.checkpoint = resumed.state.step, str(resumed.path)

    def _close(self, state: RunState, message: str = "", results: Mapping[str, float] | None = None) -> None:
        """End the log of the run. A disk that takes no more does not change how the training ended."""
        try:
            self._recorder.close()
            self._writer.finish(state, message=message, test_results=results)
        except FlowscopeError as error:
            self._desk.tell(Log("warning", str(error)))


def _with_device(project: Project, order: Train) -> Project:
    if order.device == "auto":
        return project
    return replace(project, training=replace(project.training, device=order.device))
