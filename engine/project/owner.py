"""Which running program an autosave belongs to: it is alive as long as it holds a lock, however it ends."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from pathlib import Path

import platformdirs


def state_folder() -> Path:
    """Where the program keeps what it needs to recover unsaved work."""
    return Path(platformdirs.user_state_dir("flowscope", appauthor=False)) / "autosave"


class Owner:
    """This program, as other ones can see it. The operating system drops the lock when the process ends.

    A process id alone would not do: it is given to another process later.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or state_folder()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.token = f"{os.getpid()}-{secrets.token_hex(8)}"
        self._descriptor = os.open(
            _lock_path(self.folder, self.token), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600
        )
        _try_lock(self._descriptor)
        self._entries = 0

    def next_entry(self) -> str:
        """A name that no other entry in the folder has."""
        self._entries += 1
        return f"{self.token}-{self._entries}"

    def close(self) -> None:
        """Give the lock up; called once, when the program ends in order."""
        os.close(self._descriptor)
        _lock_path(self.folder, self.token).unlink(missing_ok=True)


def is_alive(folder: Path, token: str) -> bool:
    """Whether the owner with that token still runs; what a dead one left behind of its lock is removed."""
    path = _lock_path(folder, token)
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        if not _try_lock(descriptor):
            return True
    finally:
        os.close(descriptor)
    with contextlib.suppress(OSError):
        path.unlink()
    return False


def is_token(text: str) -> bool:
    """Whether a text from a file can be a token, and so a part of a file's name."""
    pid, _, random = text.partition("-")
    return len(text) <= 64 and pid.isdecimal() and pid.isascii() and random.isalnum() and random.isascii()


def _lock_path(folder: Path, token: str) -> Path:
    return folder / f"{token}.lock"


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
