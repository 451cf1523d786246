"""How much memory there is, and what the engine's process may do: it must fail before the machine does."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

SHARE = 0.9
"""Of the memory that is free, so much may be taken."""
_PR_SET_PDEATHSIG = 1
_UNLIMITED = 1 << 60


def available_memory() -> int | None:
    """Bytes that can be taken without swapping, container limits counted; None where that is not known."""
    free = _field(Path("/proc/meminfo"), "MemAvailable:")
    if free is None:
        return None
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        with contextlib.suppress(OSError, ValueError):  # no such limit, or the word "max"
            most = int(Path(limit).read_text("ascii"))
            if most < _UNLIMITED:
                free = min(free, max(0, most - int(Path(used).read_text("ascii"))))
    return free


def limit_address_space(extra: int | None) -> None:
    """Let this process grow by `extra` bytes and no further: allocation fails instead of the machine."""
    now = _field(Path("/proc/self/status"), "VmSize:")
    if extra is None or now is None:
        return
    import resource  # not on Windows, where /proc is missing too

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = now + extra
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def die_with(parent: int) -> None:
    """End this process when its parent ends, even while C code holds the interpreter."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the line above
            os._exit(0)


def be_expendable() -> None:
    """Leave no core file, and be the first to go when the machine runs out of memory."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800", "ascii")


def _field(path: Path, name: str) -> int | None:
    """A field in kB of a file of /proc, in bytes."""
    with contextlib.suppress(OSError):
        for line in path.read_text("ascii", errors="replace").splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    return None
