"""The process that builds the compiled kernels, behind all others: python -m kernels.cpu.build PATH."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

_LONGEST = 600.0
"""Seconds after which a lock was left by a process that is no more."""


def main() -> None:
    """Write the object file to the path that is given: whole, or not at all. One process does it for all."""
    path = Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    if hasattr(os, "nice"):
        os.nice(19)
    lock = path.with_suffix(".lock")
    while not path.exists():
        if not _took(lock):
            time.sleep(0.5)
            continue
        try:
            from kernels.cpu.compiled.assemble import object_file  # numba takes its time to load

            unfinished = path.with_suffix(".unfinished")
            unfinished.write_bytes(object_file())
            unfinished.replace(path)
        finally:
            lock.unlink(missing_ok=True)


def _took(lock: Path) -> bool:
    """Whether this process may build: no other does."""
    try:
        if time.time() - lock.stat().st_mtime > _LONGEST:
            lock.unlink(missing_ok=True)
    except FileNotFoundError:
        pass
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


if __name__ == "__main__":
    main()
