"""The command line as a user types it, in this process; and projects to give it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import resources
from app.__main__ import main

DEMOS = {demo.stem: demo for demo in resources.demo_files()}


@dataclass(frozen=True)
class Answer:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on the output, and nothing else beside it."""
        assert self.out.count("\n") == 1
        return json.loads(self.out)


Flowscope = Callable[..., Answer]


@pytest.fixture
def flowscope(capsys: pytest.CaptureFixture[str]) -> Flowscope:
    """Runs the program with these arguments."""

    def run(*arguments: object) -> Answer:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            assert isinstance(end.code, int)
            code = end.code
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    return run


@pytest.fixture
def demo() -> Callable[[str], Path]:
    return lambda name: DEMOS[name]
