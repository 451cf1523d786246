"""Compiled code as a tier: built once for a machine, in the background; loaded; and from then on in use.

Until it is there everything runs in NumPy, and so does everything that it does not know.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import logging
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from kernels.cpu.build import BUSY, is_being_built
from kernels.cpu.library import Library, load, prepared_llvm
from kernels.cpu.team import Team

log = logging.getLogger(__name__)
_SOURCES = Path(__file__).parent
_ROOT = _SOURCES.parents[1]
_PATIENCE = 0.5
"""Seconds between two looks for a file that another process builds."""


@dataclass(frozen=True, eq=False)
class Compiled:
    """The compiled functions, and the threads that run them."""

    library: Library
    team: Team


class Tier:
    """Whether compiled code is there yet."""

    def __init__(self) -> None:
        self.current: Compiled | None = None
        """The compiled tier, once it is there."""
        self._lock = threading.Lock()
        self._work: threading.Thread | None = None

    def start(self, tell: Callable[[str], None] = log.info, *, wait: bool = False) -> None:
        """Load the compiled code; where there is none for this machine, have it built at a low priority.

        That takes about a minute, once, and is told in a sentence. With `wait` this returns when it is done.
        """
        with self._lock:
            if self._work is None:
                self._work = threading.Thread(
                    target=self._bring, args=(tell,), name="compiled kernels", daemon=True
                )
                self._work.start()
        if wait:
            self._work.join()

    def _bring(self, tell: Callable[[str], None]) -> None:
        try:
            known = object_path().exists()
            self.current = bring()
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, work goes on in NumPy
            tell(f"Kernels could not be compiled for this processor, and NumPy computes everything: {error}.")
            return
        if not known:
            tell("Kernels were compiled for this processor; from now on they are used.")


tier = Tier()
"""That of this process."""


def bring() -> Compiled:
    """The compiled code of this machine, built if need be."""
    path = object_path()
    while not path.exists():
        # Many workers may start on a new machine: one of them has it built, and the others wait for the file.
        if is_being_built(path):
            time.sleep(_PATIENCE)
        else:
            _build(path)
    library = load(path)
    return Compiled(library, Team(library, threads()))


def object_path() -> Path:
    """Where the object file for this processor and these sources lies, or will lie."""
    llvm = prepared_llvm()
    parts = [importlib.metadata.version(name) for name in ("numba", "llvmlite", "numpy")]
    parts += [platform.python_version(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()]
    digest = hashlib.sha256("\n".join(parts).encode())
    for path in (
        _SOURCES / "layout.py",
        _SOURCES / "vectors.py",
        *sorted((_SOURCES / "compiled").glob("*.py")),
    ):
        digest.update(path.read_bytes())
    return folder() / f"{digest.hexdigest()[:32]}.o"


def folder() -> Path:
    """Where object files are kept: in the user's cache, or where the environment says."""
    chosen = os.environ.get("FLOWSCOPE_KERNELS")
    return Path(chosen) if chosen else platformdirs.user_cache_path("flowscope") / "kernels"


def _build(path: Path) -> None:
    """Run the builder as a process of its own, behind all others."""
    command = [sys.executable, "-m", "kernels.cpu.build", str(path)]
    low = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
    done = subprocess.run(
        command,
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        creationflags=low,
        check=False,
    )
    if not path.exists() and done.returncode != BUSY:
        raise OSError((done.stderr.strip().splitlines() or ["the builder made nothing"])[-1])


def threads() -> int:
    """One for each processor that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1
