"""Set up Flowscope and start it.

python3 start.py               set up what is missing, then open the window; without a display,
                               train the digits demo to the end and say where its results are
python3 start.py -- ARGUMENTS  the same, with arguments for the program (try: -- --help)
python3 start.py test [ARGS]   the same set-up, then the tests; ARGS go to pytest

Everything is installed into the folder .venv beside this file; delete that folder to start afresh.
"""

from __future__ import annotations

import collections
import contextlib
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PINS = ".ci/constraints.txt"  # relative: pip splits the variables below at spaces
UNFINISHED = VENV / "unfinished"  # there while packages are being installed
GLIBC = (2, 34)  # the oldest that Qt's wheels run on

# What Qt loads from the system: library -> package of Debian and Ubuntu, of Fedora, of Arch.
OFFSCREEN = {
    "libGL.so.1": ("libgl1", "mesa-libGL", "libglvnd"),
    "libEGL.so.1": ("libegl1", "mesa-libEGL", "libglvnd"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
}
X11 = {
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
}
WAYLAND = {"libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor", "wayland")}
LIBRARIES = {"offscreen": OFFSCREEN, "x11": {**OFFSCREEN, **X11}, "wayland": {**OFFSCREEN, **X11, **WAYLAND}}
INSTALLERS = {"apt-get": "apt-get install -y", "dnf": "dnf install", "pacman": "pacman -S"}
REPAIR = "The next start repairs what was left unfinished."
QT_STARTS = "from PySide6 import QtSvg, QtWidgets; QtWidgets.QApplication([])"

# The program is started without foreign folders of modules; pip is also told which versions to take.
FOREIGN = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in FOREIGN}
SET_UP = {
    "PIP_CONSTRAINT": PINS,
    "PIP_BUILD_CONSTRAINT": PINS,
    "PIP_USER": "0",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
    "DEBIAN_FRONTEND": "noninteractive",
}


class SetupError(Exception):
    """Why the set-up cannot go on, and what to do about it."""


def main(arguments: list[str]) -> int:
    """Set up, start, and return the exit code."""
    try:
        job, passed_on = read(arguments)
        if job == "help":
            print((__doc__ or "").strip())
            return 0
        refuse_unfit(sys.version_info[:3], glibc_version())
        display = "offscreen" if job == "test" else display_kind()
        set_up(job, display)
        return start(job, passed_on, display)
    except SetupError as error:
        print(f"start.py: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"start.py: the set-up failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nStopped. {REPAIR}")
        return 130


def read(arguments: list[str]) -> tuple[str, list[str]]:
    """Return the job (run, test or help) and the arguments to pass on."""
    first, rest = (arguments[0], arguments[1:]) if arguments else ("run", [])
    if first in ("-h", "--help", "help"):
        return "help", []
    if first == "test":
        return "test", rest
    if first in ("--", "run"):
        return "run", rest[1:] if first == "run" and rest[:1] == ["--"] else rest
    raise SetupError(f"'{first}' is not known here. Arguments for the program follow --; see --help.")


def refuse_unfit(python: tuple[int, ...], glibc: tuple[int, ...]) -> None:
    """Stop before anything is installed where Flowscope cannot run."""
    if not (3, 11) <= python[:2] <= (3, 13):
        found = ".".join(map(str, python))
        others = [name for name in ("python3.13", "python3.12", "python3.11") if shutil.which(name)]
        hint = f"Type: {others[0]} start.py" if others else "Install one of these and start again with it."
        raise SetupError(f"Flowscope needs Python 3.11, 3.12 or 3.13, and this is {found}. {hint}")
    if glibc and glibc < GLIBC:
        raise SetupError(
            f"Qt needs glibc {'.'.join(map(str, GLIBC))} or newer (Debian 12, Ubuntu 22.04, Fedora 35), "
            f"and this system has {'.'.join(map(str, glibc))}. Use a newer system."
        )


def glibc_version() -> tuple[int, ...]:
    """Return the version of the C library, or () where it is another one."""
    try:
        name, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()
    except (AttributeError, ValueError):
        return ()
    return tuple(map(int, version.split("."))) if name == "glibc" else ()


def display_kind() -> str:
    """Return how a window can be shown: offscreen means that there is no display."""
    if not sys.platform.startswith("linux"):
        return "native"
    if os.environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "x11" if os.environ.get("DISPLAY") else "offscreen"


def set_up(job: str, display: str) -> None:
    """Install what is missing; when nothing is, this only reads two small files."""
    steps = [f"packages-{job}", f"libraries-{display}"]
    if all(is_done(step) for step in steps):
        return
    with one_at_a_time():
        if all(is_done(step) for step in steps):
            return  # the set-up that was waited for has done it
        install_libraries(display)
        install_packages(job)
        check_qt(display)
        for step in {*steps, "packages-run"}:  # the tests need what the program needs, and more
            (VENV / step).write_text(fingerprint(), "utf-8")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keep a second start, in another terminal, from changing .venv at the same time."""
    if os.name == "nt":
        yield
        return
    import fcntl  # not on Windows

    with (ROOT / "start.py").open("rb") as this_file:  # the system drops the lock when the process ends
        try:
            fcntl.flock(this_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another set-up in this folder", flush=True)
            fcntl.flock(this_file, fcntl.LOCK_EX)
        yield


def is_done(step: str) -> bool:
    """Tell whether a step was finished for just these sources, this Python and this folder."""
    stamp = VENV / step
    return PYTHON.exists() and stamp.exists() and stamp.read_text("utf-8") == fingerprint()


def fingerprint() -> str:
    """Return a digest of everything that the set-up depends on."""
    digest = hashlib.sha256(f"{sys.version}\n{ROOT}\n".encode())
    for name in ("start.py", "pyproject.toml", PINS):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def install_libraries(display: str) -> None:
    """Install the system libraries that Qt misses, or say which line does it."""
    wanted = LIBRARIES.get(display, {})
    missing = [library for library in wanted if not loads(library)]
    if not missing:
        return
    tool = next((name for name in INSTALLERS if shutil.which(name)), None)
    if tool is None:
        raise SetupError(
            f"Qt needs {', '.join(missing)}. Install the packages that hold them and start again."
        )
    packages = sorted({wanted[library][list(INSTALLERS).index(tool)] for library in missing})
    if tool == "apt-get":
        apt_install(packages, f"Qt needs {', '.join(missing)}")
    else:
        raise SetupError(f"Qt needs {', '.join(missing)}. Type: sudo {INSTALLERS[tool]} {' '.join(packages)}")


def loads(library: str) -> bool:
    """Tell whether the system finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def apt_install(packages: list[str], reason: str) -> None:
    """Install Debian packages when that is allowed; otherwise say which line does it."""
    if os.geteuid() != 0:
        raise SetupError(
            f"{reason}. Type: sudo {INSTALLERS['apt-get']} {' '.join(map(debian_name, packages))}"
        )
    run("Reading the list of system packages", ["apt-get", "update"])
    names = list(map(debian_name, packages))
    run(f"Installing {' '.join(names)}", ["apt-get", "install", "-y", "--no-install-recommends", *names])


def debian_name(package: str) -> str:
    """Return the name that this release uses: newer ones add t64 to libraries rebuilt for 64-bit time."""
    renamed = f"{package}t64"
    return renamed if package == "libglib2.0-0" and succeeds(["apt-cache", "show", renamed]) else package


def install_packages(job: str) -> None:
    """Make .venv fit: the pinned packages in an environment of its own, and Flowscope itself in place."""
    if VENV.exists() and (UNFINISHED.exists() or not is_usable()):
        print("Removing the unfinished or outdated .venv", flush=True)
        shutil.rmtree(VENV)
    fresh = not VENV.exists()
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    if fresh:
        make_environment()
    what = ".[test]" if job == "test" else "."
    size = " (125 MB to fetch the first time)" if fresh else ""
    run(f"Installing the pinned packages{size}", [str(PYTHON), "-m", "pip", "install", "-e", what])
    UNFINISHED.unlink()


def is_usable() -> bool:
    """Tell whether .venv has pip and the same Python as this one."""
    version = f"{sys.version_info.major}, {sys.version_info.minor}"
    return succeeds([str(PYTHON), "-c", f"import pip, sys; sys.exit(sys.version_info[:2] != ({version}))"])


def make_environment() -> None:
    """Make .venv with pip in it; Debian leaves out a part of Python that this usually needs."""
    print("Making .venv", flush=True)
    whole = [sys.executable, "-m", "venv", str(VENV)]
    if succeeds(whole):
        return
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "pip"]
    if succeeds([*whole, "--without-pip"]) and succeeds(pip):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not shutil.which("apt-get"):
        raise SetupError(f"'{' '.join(whole)}' fails. Install Python's venv and ensurepip and start again.")
    apt_install([package], "Python's venv module is not complete")
    run("Making .venv again", whole)


def check_qt(display: str) -> None:
    """Let Qt start once, so that what is missing is said here and not by a crash."""
    platform = {"QT_QPA_PLATFORM": "offscreen"} if display == "offscreen" else {}
    run("Checking that Qt starts", [str(PYTHON), "-c", QT_STARTS], platform)


def succeeds(command: list[str]) -> bool:
    """Run a command without a word and tell whether it worked."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=ENVIRONMENT | SET_UP,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def run(what: str, command: list[str], extra: dict[str, str] | None = None) -> None:
    """Run one step of the set-up, say what it does, and show its last words when it fails."""
    print(what, flush=True)
    lines: collections.deque[str] = collections.deque(maxlen=30)
    over = threading.Event()
    progress = threading.Thread(target=show_progress, args=(lines, over), daemon=True)
    progress.start()
    try:
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=ENVIRONMENT | SET_UP | (extra or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            lines.extend(line.rstrip() for line in process.stdout or ())
    finally:
        over.set()
        progress.join()
    if process.returncode:
        raise SetupError("\n".join([f"this step failed: {what}. Its last words:", *lines, REPAIR]))


def show_progress(lines: collections.deque[str], over: threading.Event) -> None:
    """Keep one line of a terminal up to date while a step runs: the seconds, and its latest words."""
    if not sys.stdout.isatty():
        return
    begin = time.monotonic()
    width = shutil.get_terminal_size().columns - 1
    while not over.wait(0.5):
        latest = lines[-1].strip() if lines else ""
        print(f"  {time.monotonic() - begin:3.0f} s  {latest}"[:width].ljust(width), end="\r", flush=True)
    print(" " * width, end="\r", flush=True)


def start(job: str, arguments: list[str], display: str) -> int:
    """Hand over to the program or to the tests; their exit code becomes ours."""
    command = [str(PYTHON), *words(job, arguments, display)]
    if job == "test":
        os.chdir(ROOT)
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(command[0], command, ENVIRONMENT)
    return subprocess.run(command, env=ENVIRONMENT, check=False).returncode


def words(job: str, arguments: list[str], display: str) -> list[str]:
    """Return what Python is told to run; -P keeps modules in the user's folder from being taken for ours."""
    if job == "test":
        return ["-m", "pytest", *arguments]
    if display == "offscreen" and not arguments:
        print("No display here: training the digits demo in a window that is not shown", flush=True)
        return ["-P", "-m", "app", "--offscreen-demo"]
    return ["-P", "-m", "app", *arguments]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
