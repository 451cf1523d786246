"""Events to record, and a run to record them in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.telemetry.events import Scalar, Split
from engine.telemetry.runs import RunInfo
from engine.telemetry.store import RunWriter

Losses = Callable[..., list[Scalar]]


@pytest.fixture
def losses() -> Losses:
    """Scalars of the tag loss for a range of steps, ten steps an epoch."""

    def make(first: int, last: int, split: Split = "train", tag: str = "loss") -> list[Scalar]:
        return [Scalar(tag, split, s, (s - 1) // 10, 1e9 + s, 1.0 / s) for s in range(first, last + 1)]

    return make


@pytest.fixture
def info() -> RunInfo:
    return RunInfo("first try", {"format": "flowscope", "nodes": {}}, seed=3, device="cpu", started=1e9)


@pytest.fixture
def writer(tmp_path: Path, info: RunInfo) -> RunWriter:
    folder = tmp_path / "run"
    folder.mkdir()
    return RunWriter.create(folder, info)
