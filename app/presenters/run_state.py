"""The run presenter: run bar, status bar and log say what the engine does."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from app.presenters import text
from app.runs.controller import RunController
from app.runs.telemetry import Sentence
from app.workspace import Workspace
from engine.graph.check import Problem
from engine.worker.client import Died
from engine.worker.messages import Busy, Evaluated, Finished, Interrupted, Level, Progress
from widgets.log import LogList, LogLook
from widgets.runbar import RunBar, RunBarLook
from widgets.status import StatusBar, StatusLook, Tone

SLOW = 2.0
"""Seconds in one step after which the status says that it takes long."""

_STATES: dict[str, tuple[Tone, str]] = {
    "idle": ("idle", "Ready"),
    "starting": ("accent", "Starting"),
    "running": ("success", "Training"),
    "paused": ("warn", "Paused"),
    "stopping": ("warn", "Stopping"),
}


_LEVELS: dict[str, Level] = {"info": "info", "success": "info", "warning": "warning", "error": "error"}
"""The log has no sign of its own for what went well."""


class RunPresenter(QObject):
    """Follows the controller; the intents of the run bar are orders to it."""

    ended = Signal()
    """A run has ended in any way."""

    def __init__(
        self,
        workspace: Workspace,
        controller: RunController,
        bar: RunBar,
        status: StatusBar,
        log: LogList,
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._controller = controller
        self._bar = bar
        self._status = status
        self._log = log
        self._progress: Progress | None = None
        self._told = ""
        self._said_here = self._refused_here = ""
        self._device, self._gpu = "", ""
        self._rate = ""
        self._last = (0.0, 0)
        bar.run.connect(self.run)
        bar.pause.connect(controller.pause)
        bar.step.connect(self.step)
        bar.stop.connect(controller.stop)
        workspace.changed.connect(self.refresh)
        workspace.selection_changed.connect(self.refresh)
        workspace.said.connect(self._say_here)
        workspace.place_changed.connect(lambda: self._leave_unsaid(self._said_here))
        workspace.document.changed.connect(lambda _: self._leave_unsaid(self._refused_here))
        controller.state_changed.connect(self._follow)
        controller.progress.connect(self._advance)
        controller.finished.connect(self._finish)
        controller.interrupted.connect(self._interrupted)
        controller.failed.connect(self._fail)
        controller.died.connect(self._die)
        controller.evaluated.connect(self._evaluated)
        controller.gave_up.connect(self._tell)
        controller.busy.connect(self._busy)
        controller.unresponsive.connect(self._silent)
        controller.engine_ready.connect(self._ready)
        controller.telemetry.said.connect(self._log_sentence)
        self.refresh()

    # ---- orders --------------------------------------------------------------------------------------

    def run(self) -> None:
        """Train from the beginning, or go on after a pause."""
        if self._controller.state == "paused":
            self._controller.resume()
        elif self._workspace.can_run:
            self._progress, self._told = None, ""
            document = self._workspace.document
            self._controller.run(document.project, document.title.removesuffix(".flowscope"))

    def step(self) -> None:
        """One training step."""
        if self._workspace.can_run:
            document = self._workspace.document
            self._controller.step(document.project, document.title.removesuffix(".flowscope"))

    def resume(self) -> None:
        """Go on from the last checkpoint."""
        self._told = ""
        self._controller.resume_run(self._workspace.document.project)

    def begin_anew(self) -> None:
        """Another project was opened: what the last run reached is not told of this one."""
        if self._controller.state == "idle":
            self._progress, self._told = None, ""
            self.refresh()

    def say(self, sentence: str, level: str) -> None:
        """Tell the user something: in the log and in the status bar."""
        self._controller.telemetry.say(_LEVELS[level], sentence)
        self._tell(sentence)

    def _say_here(self, sentence: str, level: str) -> None:
        self.say(sentence, level)
        self._said_here, self._refused_here = sentence, sentence if level == "warning" else ""

    def _leave_unsaid(self, sentence: str) -> None:
        """What was said of one graph is not said of the next, nor a refusal after the next edit."""
        if sentence and self._told == sentence:
            self._told = ""
            self.refresh()

    # ---- showing -------------------------------------------------------------------------------------

    def refresh(self) -> None:
        state = self._controller.state
        self._bar.set_look(
            RunBarLook(
                state=state,
                text=self._text(),
                remaining=self._remaining(),
                fraction=self._fraction(),
                can_run=self._workspace.can_run or state != "idle",
                reason=self._reason(),
                can_run_to_here=bool(self._workspace.selection.nodes),
            )
        )
        tone, words = _STATES[state]
        if state == "running" and self._rate:
            words = f"{words}, {self._rate}"
        self._status.set_look(
            StatusLook(
                tone=tone,
                state=self._told if self._told and state in ("idle", "running", "paused") else words,
                device=self._device,
                gpu=self._gpu,
                graph=self._graph_text(),
                saved="Modified" if self._workspace.document.is_modified else "Saved",
            )
        )

    def _graph_text(self) -> str:
        count = sum(number for number, _ in self._workspace.parameters.values())
        nodes = text.plural(len(self._workspace.document.project.graph.nodes), "node")
        if not self._workspace.can_run:
            return nodes  # how many parameters there will be is not known before the graph is in order
        return f"{nodes}, {text.plural(count, 'parameter')}"

    def _text(self) -> str:
        progress = self._progress
        if self._controller.state == "idle" and not self._workspace.can_run:
            return "Not ready to run"
        if progress is None:
            return {"idle": "Ready to run", "starting": "Starting"}.get(self._controller.state, "Training")
        if self._controller.state == "idle":
            return f"{progress.step:,} steps done"
        return f"Epoch {progress.epoch:,} of {progress.epochs:,}, step {progress.step:,}"

    def _remaining(self) -> str:
        progress = self._progress
        if progress is None or progress.seconds_left is None or self._controller.state == "idle":
            return ""
        return f"{text.seconds(max(progress.seconds_left, 1.0))} left"

    def _fraction(self) -> float | None:
        if self._progress is None:
            return None if self._controller.state == "starting" else 0.0
        return self._progress.step / max(self._progress.steps, 1)

    def _reason(self) -> str:
        problem = next((p for p in self._workspace.problems if p.stops), None)
        if problem is not None:
            return str(problem)
        return "" if self._workspace.document.project.graph.nodes else "The graph is empty."

    # ---- following the controller --------------------------------------------------------------------

    def _follow(self, state: str) -> None:
        if state == "starting":
            self._workspace.tell_found("run", ())
            self._rate, self._last = "", (time.monotonic(), 0)
        self.refresh()
        if state == "idle":
            self.ended.emit()

    def _advance(self, progress: Progress) -> None:
        self._progress = progress
        before, step = self._last
        now = time.monotonic()
        if now - before >= 1.0:
            self._rate = f"{(progress.step - step) / (now - before):,.0f} steps per second"
            self._last = (now, progress.step)
        if self._told.startswith("Still"):
            self._told = ""
        self.refresh()

    def _finish(self, event: Finished) -> None:
        results = ", ".join(f"{name} {value:.4g}" for name, value in event.results.items())
        took = text.seconds(event.seconds)
        self._tell(f"Finished in {took}. Test: {results}." if results else f"Finished in {took}.")

    def _interrupted(self, event: Interrupted) -> None:
        self._tell(f"Stopped at step {event.step:,}.")

    def _fail(self, node: str, sentence: str) -> None:
        self._workspace.tell_found("run", (Problem(node, sentence),))
        self._tell(sentence)

    def _die(self, event: Died) -> None:
        more = " Go on from the last checkpoint, or run again." if self._controller.can_resume else ""
        self._workspace.tell_found("run", (Problem("", f"{event.sentence}{more}"),))
        self._tell(f"{event.sentence}{more}")

    def _evaluated(self, event: Evaluated) -> None:
        """Numbers that cannot be computed are a problem of their node, also while nothing trains."""
        found = tuple(Problem(p.node, p.what, p.hint) for p in event.problems)
        self._workspace.tell_found("evaluation", found)

    def _busy(self, event: Busy) -> None:
        if event.seconds >= SLOW:
            self._tell(f"Still in step {event.step + 1:,} after {text.seconds(event.seconds)}. Stop ends it.")

    def _silent(self, seconds: float) -> None:
        self._tell(f"The engine has not answered for {text.seconds(seconds)}. Stop ends it.")

    def _ready(self, device: str, gpu: str) -> None:
        self._device, self._gpu = device.upper(), gpu
        self.refresh()

    def _tell(self, sentence: str) -> None:
        self._told = sentence
        self.refresh()

    def _log_sentence(self, sentence: Sentence) -> None:
        at = time.strftime("%H:%M:%S", time.localtime(sentence.at))
        self._log.add((LogLook(at, sentence.level, sentence.text),))
