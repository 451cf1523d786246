"""The program as a whole: its help, its exit codes, and that it needs no Qt without a window."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import __main__ as program
from app import __version__, preflight
from app.command_line.parser import parser

ROOT = str(Path(__file__).parents[3])
Demo = Callable[[str], Path]


def test_help_shows_examples_and_exit_codes(flowscope: Any) -> None:
    answer = flowscope("--help")
    assert answer.code == 0
    for word in ("examples:", "flowscope check", "flowscope run", "flowscope train", "exit codes:", "130"):
        assert word in answer.out


@pytest.mark.parametrize("command", ["check", "run", "train", "window"])
def test_every_command_explains_itself(flowscope: Any, command: str) -> None:
    answer = flowscope(command, "--help")
    assert answer.code == 0
    assert f"flowscope {command}" in answer.out


def test_every_option_has_a_help() -> None:
    commands = next(a for a in parser()._actions if a.dest == "command")
    for name, command in commands.choices.items():  # type: ignore[union-attr]  # argparse names them so
        assert not [a.dest for a in command._actions if not a.help], name


def test_the_examples_of_the_help_can_be_parsed() -> None:
    lines = [line.strip() for line in parser().format_help().splitlines()]
    examples = [
        line for line in lines if line.startswith(("flowscope check", "flowscope run", "flowscope tr"))
    ]
    assert len(examples) >= 4
    for line in examples:
        words = line.partition("   ")[0].split()[1:]
        parser().parse_args(words)


def test_the_version_is_said(flowscope: Any) -> None:
    answer = flowscope("--version")
    assert answer.code == 0
    assert __version__ in answer.out


def test_an_unknown_option_is_refused(flowscope: Any, demo: Demo) -> None:
    answer = flowscope("check", demo("arithmetic"), "--nonsense")
    assert answer.code == 2
    assert "--nonsense" in answer.err


def test_an_interruption_is_130(flowscope: Any, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "_run", interrupted)
    assert flowscope("check", demo("arithmetic")).code == 130


def test_a_broken_installation_is_said_before_anything(
    flowscope: Any, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "problems", lambda: ["The package 'kernels' is missing."])
    answer = flowscope("check", demo("arithmetic"))
    assert (answer.code, answer.err) == (2, "flowscope: The package 'kernels' is missing.\n")


WITHOUT_QT = """
import sys
from app.__main__ import main
code = main(sys.argv[1:])
heavy = {"PySide6", "shiboken6", "pyqtgraph", "scipy", "sklearn", "numba", "torch"} & set(sys.modules)
sys.exit(f"{sorted(heavy)} were imported" if heavy else code)
"""


@pytest.mark.parametrize("arguments", [("check",), ("run", "--fetch", "result"), ("train", "--epochs", "1")])
def test_commands_need_no_qt(demo: Demo, arguments: tuple[str, ...]) -> None:
    name = "linear-regression" if arguments[0] == "train" else "arithmetic"
    command, *rest = arguments
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_QT, command, str(demo(name)), *rest],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT},
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_pipe_that_closes_early_is_no_error(demo: Demo) -> None:
    """`flowscope run ... | head -1` ends quietly."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "app", "run", str(demo("digits-mlp")), "--fetch", "logits", "--json"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT},
        check=False,
    )
    os.close(write)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
