"""One process of the engine as its parent sees it: start, pipes, last words, and how it ended."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import engine
from engine.worker.causes import Death, death_of
from engine.worker.codec import Encoder, event_decoder
from engine.worker.frames import ChannelError, FrameReader
from engine.worker.mailbox import Mailbox
from engine.worker.messages import (
    PROTOCOL,
    CheckCode,
    CodeChecked,
    Command,
    Evaluate,
    Evaluated,
    Event,
    Failed,
    Finished,
    Interrupted,
    Job,
    Ready,
    Shutdown,
    StateChanged,
    Train,
)
from engine.worker.sender import Sender
from engine.worker.shared import Ring

LAST_WORDS = 64 * 1024
"""So many bytes of standard error are kept for a report."""
TIME_TO_END = 1.0
PIECE = 64 * 1024


class LastWords:
    """The end of what a process wrote to standard error, however much that was."""

    def __init__(self, most: int = LAST_WORDS) -> None:
        self._most = most
        self._pieces: deque[bytes] = deque()
        self._size = 0

    def add(self, piece: bytes) -> None:
        """Take in more, and forget what is too old."""
        self._pieces.append(piece)
        self._size += len(piece)
        while self._size - len(self._pieces[0]) >= self._most:
            self._size -= len(self._pieces.popleft())

    def text(self) -> str:
        """What is kept."""
        return b"".join(self._pieces)[-self._most :].decode("utf-8", errors="replace")


class EngineProcess:
    """A running engine. Linux ends it together with the thread that made it."""

    def __init__(self, on_change: Callable[[], None], preload: Sequence[Path] = ()) -> None:
        self.inbox = Mailbox()
        self.job: Job | None = None
        """What it was told to do and has not ended yet."""
        self.stopping = False
        """Whether it has said that it is ending what it does."""
        self.death: Death | None = None
        """Set once it has ended and everything that it sent is in the inbox."""
        self._on_change = on_change
        self._outbox = Mailbox()
        self._last_words = LastWords()
        self._ring = Ring.create()
        self._closing = False
        self._problem = ""
        self._process = self._start(preload)
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._sender = Sender(self._outbox, self._process.stdin.fileno(), Encoder(), "send commands")
        self._sender.start()
        self._listener = self._thread(self._listen, "receive events")
        self._stderr_reader = self._thread(self._read_stderr, "read standard error")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs, as far as the system knows at this moment."""
        return self._process.poll() is None

    @property
    def report(self) -> str:
        """What it last wrote to standard error: for a crash, where every thread was."""
        return self._last_words.text()

    def take_event(self) -> Event | None:
        """The next event, if there is one."""
        events = self.inbox.take_now(1)
        return cast(Event, events[0]) if events else None

    def send(self, command: Command) -> None:
        """Send a command; never waits."""
        if isinstance(command, Job):
            self.job, self.stopping = command, False
        self._outbox.put(command, give_up=lambda: True)

    def kill(self, problem: str = "") -> None:
        """End it at once. `problem` says why, for the sentence about its death."""
        self._problem = self._problem or problem
        self._process.kill()

    def ask_to_end(self) -> None:
        """Let it end by itself."""
        self._closing = True
        self._outbox.put(Shutdown(), give_up=lambda: True)
        self._outbox.close()

    def close(self) -> None:
        """End it, kindly if it reacts, and give everything back."""
        if not self._closing:
            self.ask_to_end()
        if self.job is None:  # there is nothing that it would have to save
            self._process.kill()
        try:
            self._process.wait(TIME_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._process.wait()
        self.inbox.close()
        for thread in (self._listener, self._stderr_reader):
            thread.join(TIME_TO_END)
        self._sender.join(TIME_TO_END)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        if self._ring is not None:
            self._ring.close()

    def _start(self, preload: Sequence[Path]) -> subprocess.Popen[bytes]:
        # -P: a file in the current folder that is called like a library must not be imported.
        command = [sys.executable, "-P", "-m", "engine.worker.main", "--parent", str(os.getpid())]
        for path in preload:
            command += ["--preload", str(path)]
        handed_on: tuple[int, ...] = ()
        if self._ring is not None:
            command += ["--ring", str(self._ring.descriptor)]
            handed_on = (self._ring.descriptor,)
        root = str(Path(engine.__file__).parent.parent)
        search = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            pass_fds=handed_on,
            env={**os.environ, "PYTHONPATH": search, "PYTHONUTF8": "1"},
        )

    def _thread(self, target: Callable[[], None], name: str) -> threading.Thread:
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        return thread

    def _listen(self) -> None:
        """Put what the process tells into the inbox, until it ends."""
        assert self._process.stdout is not None
        reader, decode = FrameReader(self._process.stdout.fileno()), event_decoder(self._ring)
        try:
            while (content := reader.read()) is not None:
                event: Event = decode(content)
                self._note(event)
                self.inbox.put(event, give_up=lambda: self._closing)
                self._on_change()
        except ChannelError as error:
            if not self._closing:
                self.kill(str(error))
        self.death = self._wait_for_end()
        self._on_change()

    def _note(self, event: Event) -> None:
        match event:
            case Ready() if event.protocol != PROTOCOL:
                raise ChannelError(
                    f"It speaks version {event.protocol}, and version {PROTOCOL} was expected."
                )
            case StateChanged(state="stopping"):
                self.stopping = True
            case Finished() | Failed() | Interrupted():
                self.job = None if isinstance(self.job, Train) else self.job
            case Evaluated() if isinstance(self.job, Evaluate) and self.job.request == event.request:
                self.job = None
            case CodeChecked() if isinstance(self.job, CheckCode) and self.job.request == event.request:
                self.job = None

    def _wait_for_end(self) -> Death:
        try:
            code = self._process.wait(TIME_TO_END)
        except subprocess.TimeoutExpired:
            self.kill("It closed its pipe without ending.")
            code = self._process.wait()
        self._stderr_reader.join(TIME_TO_END)
        return death_of(code, self._problem)

    def _read_stderr(self) -> None:
        assert self._process.stderr is not None
        while piece := os.read(self._process.stderr.fileno(), PIECE):
            self._last_words.add(piece)
