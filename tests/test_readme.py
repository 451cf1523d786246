"""The README tells the truth: its examples run, its commands parse, what it names is there."""

import dataclasses
import importlib.util
import json
import os
import re
import shlex
import struct
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import resources
from app.__main__ import main
from app.actions.lists import Doings, all_actions
from app.actions.structure import (
    FindDoings,
    FlowDoings,
    FrameDoings,
    export_actions,
    find_actions,
    flow_actions,
    frame_actions,
)
from app.actions.tidying import TidyDoings, tidy_actions
from app.command_line.parser import EXIT_CODES, parser

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
PROSE = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
INLINE = re.findall(r"`([^`\n]+)`", PROSE)
PICTURES = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
COMMANDS = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()]
COMMANDS += [code for code in INLINE if code.startswith("python3 ")]
LARGEST = 350_000


def section(title: str) -> str:
    """The text below a heading."""
    found = README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    assert found, f"there is no heading {title}"
    return found


def python_blocks(text: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_examples_in_python_run_and_learn(tmp_path: Path) -> None:
    script = tmp_path / "example.py"
    script.write_text("\n".join(python_blocks(section("From Python"))), "utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    test, product = done.stdout.split("\n", 1)
    results = json.loads(test.replace("'", '"'))
    assert set(results) == {"loss", "accuracy"}
    assert results["accuracy"] > 0.85
    slopes = ["[-1.", "1.]", "[3.", "3.]"]
    assert product.split() == ["[[10.]", "[22.]]", "[1.", "3.", "6.]", "8.0", *slopes, "[2.", "4.]"]
    assert "# [[10.] [22.]]" in README and "# [1. 3. 6.] 8.0" in README
    assert "# [-1.  1.] [3. 3.]" in README and "# [2. 4.]" in README


def test_the_worked_operation_is_the_real_one() -> None:
    text = section("Adding an operation: two files")
    op, kernel = python_blocks(text)
    places = [ROOT / path for path in re.findall(r"`([\w/]+/activation\.py)`", text)]
    assert op in places[0].read_text("utf-8")
    assert kernel in places[1].read_text("utf-8")


def test_every_file_that_is_named_exists() -> None:
    tops = {path.name for path in ROOT.iterdir()}
    named = {code for code in INLINE if re.fullmatch(r"\.?[\w.-]+(/[\w.-]*)+", code)}
    named = {code for code in named if code.split("/")[0] in tops} | set(PICTURES)
    assert len(named) > 20
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def start_script() -> ModuleType:
    """The start script, which lies in no package."""
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_understood(command: str) -> None:
    program, *words = shlex.split(command)
    if program == "python3":
        assert words[0] == "start.py"
        job, passed_on = start_script().read(words[1:])
        if job == "run" and passed_on and passed_on != ["--help"]:
            parser().parse_args(passed_on)
        for path in passed_on if job == "test" else ():
            assert path.startswith("-") or not path.startswith("tests") or (ROOT / path).exists()
    elif program == "flowscope":
        parser().parse_args(words)
    elif program == ".venv/bin/python":
        assert (ROOT / words[0]).is_file()
    else:
        assert (program, words[0]) == ("pip", "install")


def test_every_shortcut_is_real() -> None:
    nothing: Any = lambda *_: ""  # noqa: E731 - stands for every doing

    def doing(kind: Any) -> Any:
        return kind(**{field.name: nothing for field in dataclasses.fields(kind)})

    actions = [
        *all_actions(doing(Doings), [], []),
        *frame_actions(doing(FrameDoings)),
        *flow_actions(doing(FlowDoings)),
        *find_actions(doing(FindDoings)),
        *tidy_actions(doing(TidyDoings)),
        *export_actions(nothing),
    ]
    real = {key for action in actions for key in action.shortcut.split(" or ") if key}
    named = {code for code in INLINE if re.fullmatch(r"((Ctrl|Shift|Alt)\+)+\w+|F\d+", code)}
    assert len(named) > 6
    assert named - real == set()


def test_every_demo_and_every_benchmark_is_named() -> None:
    table = section("The demos")
    assert [demo.stem for demo in resources.demo_files() if f"| `{demo.stem}` |" not in table] == []
    benchmarks = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/benchmarks").glob("*.py")]
    assert [path for path in benchmarks if f" {path}\n" not in section("Checks and benchmarks")] == []


def test_json_is_what_the_table_says(capsys: pytest.CaptureFixture[str]) -> None:
    digits, arithmetic = (
        str(ROOT / f"resources/demos/{name}.flowscope") for name in ("digits-mlp", "arithmetic")
    )
    assert main(["check", digits, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"runs": True, "problems": [], "signatures": {}}
    assert main(["run", arithmetic, "--fetch", "result", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"result": 23.0}
    text = section("On the command line")
    for code in re.findall(r"^ +(\d+) ", EXIT_CODES, re.MULTILINE):
        assert re.search(rf"\b{code}\b", text), f"exit code {code}"


def test_the_pictures_are_small_and_made_by_the_program() -> None:
    assert len(PICTURES) == 2
    for picture in PICTURES:
        data = (ROOT / picture).read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", data[16:24]) == (1600, 1000)
        assert len(data) < LARGEST


def test_the_versions_of_python_are_those_of_the_package() -> None:
    wanted = re.search(
        r'requires-python = ">=3\.(\d+),<3\.(\d+)"', (ROOT / "pyproject.toml").read_text("utf-8")
    )
    assert wanted
    for minor in range(int(wanted[1]), int(wanted[2])):
        assert f"3.{minor}" in section("Start")
