"""The process that builds the compiled kernels, behind all others: python -m kernels.cpu.build PATH."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

BUSY = 75
"""How it ends where another process builds the same file (EX_TEMPFAIL of sysexits.h)."""
_LONGEST = 600.0
"""Seconds after which a lock was left by a process that is no more."""


def main() -> int:
    """Write the object file to the path that is given: whole, or not at all. One process does it for all."""
    path = Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    if hasattr(os, "nice"):
        os.nice(19)
    if not _took(path):
        return BUSY
    try:
        from kernels.cpu.compiled.assemble import object_file  # numba takes its time to load

        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(object_file())
        unfinished.replace(path)
    finally:
        _lock(path).unlink(missing_ok=True)
    return 0


def is_being_built(path: Path) -> bool:
    """Whether a process is at it."""
    try:
        return time.time() - _lock(path).stat().st_mtime <= _LONGEST
    except FileNotFoundError:
        return False


def _lock(path: Path) -> Path:
    return path.with_suffix(".lock")


def _took(path: Path) -> bool:
    """Whether this process may build: no other does."""
    if not is_being_built(path):
        _lock(path).unlink(missing_ok=True)
    try:
        os.close(os.open(_lock(path), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
