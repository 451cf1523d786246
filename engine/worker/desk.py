"""What the window has asked the engine for: flags that act at once, and orders that wait their turn."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TypeAlias

from engine.worker.mailbox import Mailbox
from engine.worker.messages import (
    Boundary,
    Busy,
    CheckCode,
    Command,
    Evaluate,
    ExplainPasses,
    Job,
    Message,
    Pause,
    Point,
    ReadPictures,
    ReadTile,
    ReadVariables,
    Resume,
    Shutdown,
    StateChanged,
    StepOnce,
    Stop,
    Train,
    Wanted,
    Watch,
)

Query: TypeAlias = ReadTile | ReadPictures | ReadVariables | Watch | ExplainPasses


class Desk:
    """Shared by the thread that receives commands and the one that works.

    A job is done in one piece; queries are answered between its steps. The newest evaluation takes the place
    of one that waits, and ends one that is being done.
    """

    def __init__(self, outbox: Mailbox) -> None:
        self._outbox = outbox
        self._changed = threading.Condition()
        self._jobs: deque[Job] = deque()
        self._queries: deque[Query] = deque()
        self._current: Job | None = None
        self._paused = False
        self._steps_allowed = 0
        self._stop = False
        self._stop_next = False
        self._end = False
        self._waiting = False
        self._now = Busy(0.0, 0)
        self.watched: Mapping[str, Wanted] = {}
        self.boundary: int | None = None
        """The resolution of the plane that is wanted, or None."""

    # ---- what the receiving thread does --------------------------------------------------------------

    def receive(self, command: Command) -> None:
        """Take a command in; what concerns the job that is being done acts at once."""
        with self._changed:
            match command:
                case Train() | Evaluate() | CheckCode():
                    if isinstance(command, Evaluate):
                        self._jobs = deque(job for job in self._jobs if not isinstance(job, Evaluate))
                    self._jobs.append(command)
                    if isinstance(command, Train):
                        self._paused = command.start_paused or command.one_step
                        self._steps_allowed = 1 if command.one_step else 0
                case ReadTile() | ReadPictures() | ReadVariables():
                    self._queries.append(command)
                case Pause():
                    self._paused, self._steps_allowed = True, 0
                case Resume():
                    self._paused = False
                case StepOnce():
                    self._paused, self._steps_allowed = True, self._steps_allowed + 1
                case Stop():
                    # A job that waits is begun and ends at once, so that its end is told.
                    if self._jobs:
                        self._stop_next = True
                    else:
                        self._stop = self._current is not None
                case Watch():
                    self.watched = command.ports
                    self._ask_anew(command)
                case ExplainPasses():
                    self._ask_anew(command)
                case Boundary():
                    self.boundary = command.resolution if command.on else None
                case Shutdown():
                    self._end = True
            self._changed.notify_all()

    def _ask_anew(self, query: Query) -> None:
        """Put a question in the place of one of its kind that waits."""
        self._queries = deque(other for other in self._queries if type(other) is not type(query))
        self._queries.append(query)

    # ---- what the working thread does ----------------------------------------------------------------

    def next_task(self) -> Job | Query | None:
        """Wait for something to do; None when the process should end."""
        with self._changed:
            self._current, self._stop = None, False
            self._changed.wait_for(lambda: self._end or self._queries or self._jobs)
            if self._end:
                return None
            if self._queries:
                return self._queries.popleft()
            job = self._jobs.popleft()
            self._current, self._stop, self._stop_next = job, self._stop_next, False
            self.step_began()
            return job

    def interrupted(self) -> bool:
        """Whether the work that is being done should end now. Asked often, so it takes no lock."""
        return self._stop or self._end or (isinstance(self._current, Evaluate) and bool(self._jobs))

    def before_step(self, answer: Callable[[Query], None], step: int = 0) -> bool:
        """Answer what was asked, and wait while training is paused. False if training should end."""
        told = False
        while True:
            with self._changed:
                query = self._queries.popleft() if self._queries else None
                if query is None:
                    if self._stop or self._end:
                        return False
                    if not self._paused or self._steps_allowed:
                        self._steps_allowed = max(0, self._steps_allowed - 1)
                        break
                    if told:
                        self._waiting = True
                        self._changed.wait()
                        self._waiting = False
            if query is not None:
                answer(query)
            elif not told:
                self.tell(StateChanged("paused"))
                told = True
        if told:
            self.tell(StateChanged("running"))
        self.step_began(step)
        return True

    def step_began(self, step: int = 0, node: str = "") -> None:
        """Remember since when the current step, or node, is being done."""
        self._now = Busy(time.monotonic(), step, node)

    def busy(self) -> Busy | None:
        """How long the step that is being done has lasted; None when nothing is being done."""
        with self._changed:
            if self._current is None or self._waiting:
                return None
        now = self._now
        return Busy(time.monotonic() - now.seconds, now.step, now.node)

    def tell(self, message: Message) -> None:
        """Send an event to the window; waits while the window is behind, unless the work should end."""
        self._outbox.put(message, give_up=self.interrupted)

    def tell_surely(self, message: Message) -> None:
        """Send an event that ends something, also after a stop."""
        self._outbox.put(message)

    def point(self, point: Point) -> None:
        """Send one point of a curve."""
        self._outbox.add_point(point, give_up=self.interrupted)
