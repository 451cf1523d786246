"""What holds for every test: a home of its own, fixed seeds, and nothing left behind when it ends."""

import gc
import importlib.util
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest

import kernels.cpu.tier

# Set before pytest-qt imports Qt: no screen is needed, and the user's settings are neither read nor touched.
# Compiled kernels are found by their content and are built once, not once for each run of the tests.
os.environ["FLOWSCOPE_KERNELS"] = str(kernels.cpu.tier.folder())
HOME = tempfile.TemporaryDirectory(prefix="flowscope-tests-")
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.pop("QT_SCALE_FACTOR", None)
for variable, folder in {
    "HOME": "",
    "USERPROFILE": "",
    "APPDATA": "roaming",
    "LOCALAPPDATA": "local",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "runtime",
}.items():
    path = Path(HOME.name, folder)
    path.mkdir(mode=0o700, exist_ok=True)
    os.environ[variable] = str(path)

ORACLES = ("torch", "jax")
SHARED_MEMORY = Path("/dev/shm")
PASSED = pytest.StashKey[bool]()
PATIENCE = 2.0  # seconds in which a thread or a process that was told to end may do so


def pytest_configure(config: pytest.Config) -> None:
    """Make hypothesis repeatable: in CI it draws the same cases each time, and it never watches the clock."""
    hypothesis.settings.register_profile("flowscope", deadline=None, derandomize=in_ci())
    hypothesis.settings.load_profile("flowscope")


def pytest_collection_finish() -> None:
    """Spare the thousands of collected tests from every search for garbage that follows."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the home that the tests used."""
    HOME.cleanup()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this machine cannot run, and say why; a missing oracle is a failure in CI."""
    if item.get_closest_marker("gpu") and (reason := why_no_gpu()):
        pytest.skip(reason)
    if marker := item.get_closest_marker("oracle"):
        missing = [name for name in marker.args or ORACLES if importlib.util.find_spec(name) is None]
        if missing:
            reason = f"{' and '.join(missing)} not installed: nothing to compare with"
            if in_ci():
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether the test passed: what a failed one leaves behind is not worth a second error."""
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


def in_ci() -> bool:
    """Tell whether this run decides about a change."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


@cache
def why_no_gpu() -> str:
    """Return why tests on the GPU cannot run here, or an empty string."""
    if importlib.util.find_spec("cupy") is None:
        return "CuPy is not installed"
    import cupy  # only a test marked gpu pays for this import

    try:
        return "" if cupy.cuda.runtime.getDeviceCount() else "no CUDA device"
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return f"no CUDA device: {error}"


@pytest.fixture(autouse=True)
def seeds() -> None:
    """Start every test from the same random state."""
    random.seed(0)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(0)


def qt_application() -> Any:
    """Return the QApplication if a test has made one; tests of the engine never do."""
    module = sys.modules.get("PySide6.QtWidgets")
    return module.QApplication.instance() if module else None


def top_level_widgets() -> list[Any]:
    """Return the windows that exist, shown or hidden. Qt keeps the tool tip's window for itself."""
    if qt_application() is None:
        return []
    from PySide6.QtWidgets import QApplication

    return [w for w in QApplication.topLevelWidgets() if w.metaObject().className() != "QTipLabel"]


def delete_later_now() -> None:
    """Let Qt do what `deleteLater` promised."""
    if application := qt_application():
        from PySide6.QtCore import QEvent

        application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        application.processEvents()


def running_qthreads() -> list[Any]:
    """Return the QThreads that still run. Qt has no list of them, so Python's objects are searched."""
    if "PySide6.QtCore" not in sys.modules:
        return []
    import shiboken6
    from PySide6.QtCore import QThread

    here = QThread.currentThread()
    # The type is asked, not the object: isinstance would wake up lazy objects, which then warn.
    threads = [thing for thing in gc.get_objects() if issubclass(type(thing), QThread)]
    found = [thread for thread in threads if shiboken6.isValid(thread)]
    return [thread for thread in found if thread.isRunning() and thread is not here]


def native_threads() -> int:
    """Count the threads of this process, Qt's and the libraries' included; 0 where that is not known."""
    tasks = Path("/proc/self/task")
    return sum(1 for _ in tasks.iterdir()) if tasks.is_dir() else 0


def child_processes() -> dict[int, str]:
    """Return the running child processes by id, without Python's own helpers that live as long as it does."""
    children = {}
    for listing in Path("/proc/self/task").glob("*/children"):
        try:
            pids = listing.read_text().split()
        except OSError:
            continue  # the thread has ended since it was listed
        for pid in map(int, pids):
            children[pid] = command_line(pid)
    lasting = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")
    return {pid: name for pid, name in children.items() if name and not any(word in name for word in lasting)}


def command_line(pid: int) -> str:
    """Return the words a process was started with; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def shared_memory() -> set[str]:
    """Return the names of the shared memory segments on this machine."""
    return {entry.name for entry in SHARED_MEMORY.iterdir()} if SHARED_MEMORY.is_dir() else set()


def not_in_use_elsewhere(names: set[str]) -> set[str]:
    """Drop the segments that some other process maps: another test run made those."""
    ours = {os.getpid(), *child_processes()}
    for maps in Path("/proc").glob("[0-9]*/maps") if names else ():
        if int(maps.parent.name) not in ours:
            try:
                mapped = maps.read_text(errors="replace")
            except OSError:
                continue
            names = {name for name in names if f"{SHARED_MEMORY}/{name}" not in mapped}
    return names


@dataclass
class Surroundings:
    """What exists outside the test's own variables: windows, threads, processes and shared memory."""

    widgets: list[Any] = field(default_factory=top_level_widgets)
    threads: set[threading.Thread] = field(default_factory=lambda: set(threading.enumerate()))
    native: int = field(default_factory=native_threads)
    children: dict[int, str] = field(default_factory=child_processes)
    memory: set[str] = field(default_factory=shared_memory)

    def left_over(self) -> list[str]:
        """Name everything that exists now and did not exist when this was made."""
        windows = [widget for widget in top_level_widgets() if widget not in self.widgets]
        threads = [thread for thread in threading.enumerate() if thread not in self.threads]
        children = {pid: name for pid, name in child_processes().items() if pid not in self.children}
        workers = running_qthreads() if native_threads() > self.native else []
        segments = not_in_use_elsewhere(shared_memory() - self.memory)
        return [
            *(f"top-level widget {w.metaObject().className()} {w.objectName()!r}" for w in windows),
            *(f"thread {thread.name!r}" for thread in threads if not thread.daemon),
            *(f"QThread {worker.objectName()!r}" for worker in workers),
            *(f"child process {pid}: {name}" for pid, name in children.items()),
            *(f"shared memory /dev/shm/{name}" for name in sorted(segments)),
        ]


@pytest.fixture(autouse=True)
def same_theme() -> Iterator[None]:
    """Give every test the theme and the motion that the program starts with."""
    yield
    if theme := sys.modules.get("widgets.theme"):
        theme.set_theme("dark")
        theme.set_reduced_motion(False)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves windows, threads, processes or shared memory behind."""
    before = Surroundings()
    yield
    if not request.node.stash.get(PASSED, False):
        return
    delete_later_now()
    deadline = time.monotonic() + PATIENCE
    while left := before.left_over():
        if time.monotonic() > deadline:
            pytest.fail("left behind: " + "; ".join(left), pytrace=False)
        gc.collect()
        delete_later_now()
        time.sleep(0.01)
