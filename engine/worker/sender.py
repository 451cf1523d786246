"""The thread that writes what waits in a mailbox to a pipe, so that nobody else ever waits for the pipe."""

from __future__ import annotations

import threading

from engine.worker.codec import Encoder
from engine.worker.frames import frame, write_all
from engine.worker.mailbox import Mailbox

LARGEST_WRITE = 256 * 1024


class Sender:
    """Writes messages as frames until the mailbox is closed or nobody reads any more."""

    def __init__(self, mailbox: Mailbox, descriptor: int, encoder: Encoder, name: str) -> None:
        self._mailbox = mailbox
        self._descriptor = descriptor
        self._encode = encoder
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def join(self, timeout: float) -> bool:
        """Wait until the last message was written; False if that took too long."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while messages := self._mailbox.take():
            frames: list[bytes] = []
            size = 0
            for message in messages:
                frames.append(frame(self._encode(message)))
                size += len(frames[-1])
                if size > LARGEST_WRITE:
                    if not self._write(frames):
                        return
                    frames, size = [], 0
            if not self._write(frames):
                return

    def _write(self, frames: list[bytes]) -> bool:
        try:
            write_all(self._descriptor, b"".join(frames))
        except OSError:  # nobody reads any more; the thread that reads from the other side tells of its end
            self._mailbox.close()
            return False
        return True
