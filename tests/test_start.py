"""The start script: what it refuses, what it installs, in which order, and what it starts."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module that believes to lie in a folder of its own."""
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("start.py", "pyproject.toml", module.PINS):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "python")
    monkeypatch.setattr(module, "UNFINISHED", tmp_path / ".venv" / "unfinished")
    return module


class Machine:
    """Stands for the machine: takes down every command, and fails those that hold one of the given words."""

    def __init__(
        self, start: ModuleType, monkeypatch: pytest.MonkeyPatch, failing: tuple[str, ...] = ()
    ) -> None:
        self.start, self.failing = start, failing
        self.commands: list[str] = []
        monkeypatch.setattr(start, "succeeds", self.succeeds)
        monkeypatch.setattr(start, "run", self.run)

    def succeeds(self, command: list[str]) -> bool:
        line = " ".join(command).replace(sys.executable, "python3").replace(str(self.start.ROOT) + os.sep, "")
        self.commands.append(line)
        works = not any(word in line for word in self.failing)
        if works and "-m venv" in line:
            self.start.PYTHON.touch()
        return works

    def run(self, what: str, command: list[str], extra: dict[str, str] | None = None) -> None:
        if not self.succeeds(command):
            raise self.start.SetupError(what)


@pytest.mark.parametrize(
    ("arguments", "job", "passed_on"),
    [
        ([], "run", []),
        (["run"], "run", []),
        (["run", "digits.flowscope"], "run", ["digits.flowscope"]),
        (["run", "--", "--version"], "run", ["--version"]),
        (["--", "--version"], "run", ["--version"]),
        (["test"], "test", []),
        (["test", "-k", "start", "--", "x"], "test", ["-k", "start", "--", "x"]),
        (["--help"], "help", []),
    ],
)
def test_the_command_line_is_read(
    start: ModuleType, arguments: list[str], job: str, passed_on: list[str]
) -> None:
    assert start.read(arguments) == (job, passed_on)


def test_an_unknown_word_is_refused_with_a_hint(
    start: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.main(["tset"]) == 1
    assert "'tset'" in (said := capsys.readouterr().err)
    assert "--help" in said


def test_help_explains_each_way_to_start(start: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert start.main(["--help"]) == 0
    assert "start.py test" in capsys.readouterr().out


@pytest.mark.parametrize("python", [(3, 10, 14), (3, 14, 0), (2, 7, 18)])
def test_other_pythons_are_refused_in_a_sentence(start: ModuleType, python: tuple[int, ...]) -> None:
    with pytest.raises(
        start.SetupError, match=r"needs Python 3\.11, 3\.12 or 3\.13, and this is " + str(python[0])
    ):
        start.refuse_unfit(python, ())


def test_an_old_c_library_is_refused(start: ModuleType) -> None:
    with pytest.raises(start.SetupError, match=r"glibc 2\.34 or newer .* has 2\.31"):
        start.refuse_unfit((3, 11, 2), (2, 31))


@pytest.mark.parametrize("python", [(3, 11, 0), (3, 12, 1), (3, 13, 9)])
def test_fitting_systems_are_not_refused(start: ModuleType, python: tuple[int, ...]) -> None:
    start.refuse_unfit(python, (2, 36))
    start.refuse_unfit(python, ())


def test_the_first_start_makes_an_environment_and_the_second_runs_nothing(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "loads", lambda library: True)
    machine = Machine(start, monkeypatch)
    start.set_up("run", "offscreen")
    assert machine.commands[0] == "python3 -m venv .venv"
    assert machine.commands[1].endswith("-m pip install -e .")
    assert not start.UNFINISHED.exists()
    machine.commands.clear()
    start.set_up("run", "offscreen")
    assert machine.commands == []


def test_the_tests_need_what_the_program_needs_and_more(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "loads", lambda library: True)
    machine = Machine(start, monkeypatch)
    start.set_up("test", "offscreen")
    assert any(line.endswith("pip install -e .[test]") for line in machine.commands)
    machine.commands.clear()
    start.set_up("run", "offscreen")
    assert machine.commands == []


@pytest.mark.parametrize("changed", ["start.py", "pyproject.toml", ".ci/constraints.txt"])
def test_a_change_of_what_is_needed_is_installed(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    monkeypatch.setattr(start, "loads", lambda library: True)
    machine = Machine(start, monkeypatch)
    start.set_up("run", "offscreen")
    (start.ROOT / changed).write_text("newer")
    machine.commands.clear()
    start.set_up("run", "offscreen")
    assert any("pip install" in line for line in machine.commands)
    assert not any("-m venv" in line for line in machine.commands)


def test_an_interrupted_set_up_is_repaired(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "loads", lambda library: True)
    Machine(start, monkeypatch, failing=("pip install",))
    with pytest.raises(start.SetupError):
        start.set_up("run", "offscreen")
    half = start.VENV / "half-written"
    half.touch()
    Machine(start, monkeypatch)
    start.set_up("run", "offscreen")
    assert start.is_done("packages-run")
    assert not half.exists()


def test_an_environment_is_made_even_without_ensurepip(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's python3 has venv but no ensurepip: then the pip of the system fills the environment."""
    machine = Machine(start, monkeypatch)
    monkeypatch.setattr(
        start, "succeeds", lambda command: machine.succeeds(command) and command[-1] != str(start.VENV)
    )
    start.VENV.mkdir()
    start.make_environment()
    expected = ["-m venv .venv", "-m venv .venv --without-pip", "-m pip --python .venv/python install pip"]
    assert machine.commands == [f"python3 {line}" for line in expected]


def test_as_root_debian_gets_the_missing_part_of_python(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(start, monkeypatch, failing=("-m pip", "venv .venv"))
    monkeypatch.setattr(start.shutil, "which", lambda name: name)
    monkeypatch.setattr(start.os, "geteuid", lambda: 0)
    with pytest.raises(start.SetupError):
        start.make_environment()
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    assert f"apt-get install -y --no-install-recommends {package}" in machine.commands


def test_missing_libraries_are_installed_as_root(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(start, monkeypatch, failing=("apt-cache show",))
    monkeypatch.setattr(start, "loads", lambda library: library not in ("libEGL.so.1", "libxkbcommon.so.0"))
    monkeypatch.setattr(start.shutil, "which", lambda name: name)
    monkeypatch.setattr(start.os, "geteuid", lambda: 0)
    start.install_libraries("offscreen")
    assert machine.commands == [
        "apt-get update",
        "apt-get install -y --no-install-recommends libegl1 libxkbcommon0",
    ]


@pytest.mark.parametrize(
    ("tool", "line"),
    [
        ("apt-get", "sudo apt-get install -y libegl1 libglib2.0-0t64"),
        ("dnf", "sudo dnf install glib2 mesa-libEGL"),
        ("pacman", "sudo pacman -S glib2 libglvnd"),
    ],
)
def test_without_rights_the_exact_line_is_said(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, tool: str, line: str
) -> None:
    Machine(start, monkeypatch)  # here `apt-cache show libglib2.0-0t64` finds it
    monkeypatch.setattr(start, "loads", lambda library: library not in ("libEGL.so.1", "libglib-2.0.so.0"))
    monkeypatch.setattr(start.shutil, "which", lambda name: name if name == tool else None)
    monkeypatch.setattr(start.os, "geteuid", lambda: 1000)
    with pytest.raises(start.SetupError) as caught:
        start.install_libraries("offscreen")
    assert line in str(caught.value)


def test_a_display_needs_more_libraries_than_none(start: ModuleType) -> None:
    libraries = start.LIBRARIES
    assert set(libraries["offscreen"]) < set(libraries["x11"]) < set(libraries["wayland"])


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        ({}, "offscreen"),
        ({"DISPLAY": ":0"}, "x11"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
    ],
)
def test_the_display_is_found(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], kind: str
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert start.display_kind() == kind


@pytest.mark.parametrize(
    ("job", "arguments", "display", "expected"),
    [
        ("run", [], "x11", ["-P", "-m", "app"]),
        ("run", [], "offscreen", ["-P", "-m", "app", "--offscreen-demo"]),
        ("run", ["--version"], "offscreen", ["-P", "-m", "app", "--version"]),
        ("test", ["-x"], "offscreen", ["-m", "pytest", "-x"]),
    ],
)
def test_what_is_started(
    start: ModuleType, job: str, arguments: list[str], display: str, expected: list[str]
) -> None:
    assert start.words(job, arguments, display) == expected


def test_a_failing_step_shows_its_last_words(start: ModuleType) -> None:
    with pytest.raises(start.SetupError, match="disk is full"):
        start.run("Installing", [sys.executable, "-c", "print('disk is full'); raise SystemExit(3)"])


def test_an_interruption_ends_quietly(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(job: str, display: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "set_up", interrupted)
    assert start.main([]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_every_requirement_is_pinned_once_and_by_version_only() -> None:
    lines = (ROOT / ".ci" / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    names = [pin.partition("==")[0] for pin in pins]
    assert all(pin.count("==") == 1 and "/" not in pin and "@" not in pin for pin in pins)
    assert len(names) == len(set(names))


def test_what_is_installed_here_is_what_is_pinned() -> None:
    """Only where start.py made the environment: another one may hold other versions."""
    if not (Path(sys.prefix) / "packages-test").exists():
        pytest.skip("this environment was not made by start.py")
    command = [sys.executable, "-m", "pip", "freeze", "--exclude-editable"]
    frozen = (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout.lower().replace("_", "-")
    )
    lines = (ROOT / ".ci" / "constraints.txt").read_text().splitlines()
    pins = {line for line in lines if line and not line.startswith("#")}
    installed = {line.split("+")[0] for line in frozen.splitlines()}
    assert installed - pins == set()
