"""Take events from the training loop without ever making it wait, and write them in batches."""

from __future__ import annotations

import threading
from collections import deque

from engine.errors import FlowscopeError
from engine.telemetry.events import Event
from engine.telemetry.store import RunWriter

_INTERVAL_SECONDS = 0.25
_BATCH = 10_000
_MOST_WAITING = 1_000_000


class Recorder:
    """Writes events to a run from a thread of its own.

    A disk that takes nothing more does not stop training: `problem` then says what is wrong, and each batch
    is tried again. Only when a million events wait, further ones are dropped, and counted in `lost`.
    """

    def __init__(self, writer: RunWriter, interval: float = _INTERVAL_SECONDS) -> None:
        self.problem: FlowscopeError | None = None
        self.lost = 0
        self._writer = writer
        self._interval = interval
        self._waiting: deque[Event] = deque()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def record(self, event: Event) -> None:
        """Take one event in; returns at once."""
        if len(self._waiting) >= _MOST_WAITING:
            self.lost += 1
        else:
            self._waiting.append(event)

    def flush(self) -> None:
        """Wait until all that was recorded is on the disk: call this before a checkpoint is saved.

        Raises the error of the disk, if there is one; the events stay queued.
        """
        with self._lock:
            self._write_waiting()
            self._writer.sync()

    def close(self) -> None:
        """Write the rest and end the thread; raises as `flush` does. The writer stays open for `finish`."""
        self._stopped.set()
        self._thread.join()
        self.flush()

    def _work(self) -> None:
        while not self._stopped.wait(self._interval):
            try:
                with self._lock:
                    self._write_waiting()
                self.problem = None
            except FlowscopeError as error:
                self.problem = error

    def _write_waiting(self) -> None:
        self._writer.flush()
        while self._waiting:
            self._writer.write([self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))])
