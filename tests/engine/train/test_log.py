"""The log of a run that crashed and went on is the log of one that never crashed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.graph.graph import GraphDef
from engine.project.project import TrainingSettings
from engine.telemetry.reader import RunReader
from engine.telemetry.recorder import Recorder
from engine.telemetry.runs import RunInfo
from engine.telemetry.store import RunWriter
from engine.train.checkpoint import Checkpoints
from engine.train.trainer import Trainer

Classifier = Callable[..., GraphDef]


def curves(folder: Path) -> dict[tuple[str, str], list[tuple[int, float]]]:
    """Every curve of a run, without the times of the clock."""
    reader = RunReader(folder)
    reader.poll()
    assert reader.damage == {}
    series = {key: reader.series(*key) for key in reader.scalars()}
    return {key: list(zip(s.steps.tolist(), s.values.tolist(), strict=True)) for key, s in series.items()}


def train(graph: GraphDef, settings: TrainingSettings, writer: RunWriter, save: int, crash: int) -> None:
    """Train with a log, from the last checkpoint if there is one; `crash` ends it without a word."""
    recorder = Recorder(writer)
    trainer = Trainer(graph, settings, recorder=recorder, checkpoints=Checkpoints(writer.folder / "states"))
    assert trainer.checkpoints is not None
    if resumed := trainer.checkpoints.latest():
        trainer.restore(resumed.state)
    for progress in trainer.steps():
        if progress.split == "train" and progress.step == save:
            trainer.save()
        if progress.step == crash:
            break
    recorder.close()
    writer.close()


@pytest.mark.parametrize(("save", "crash"), [(1, 2), (1, 9), (4, 5), (4, 6), (6, 8), (9, 10)])
def test_no_point_is_missing_or_recorded_twice(
    save: int, crash: int, classifier: Classifier, settings: TrainingSettings, tmp_path: Path
) -> None:
    whole, crashed = tmp_path / "whole", tmp_path / "crashed"
    info = RunInfo("test", {})
    whole.mkdir()
    crashed.mkdir()
    train(classifier(), settings, RunWriter.create(whole, info), save=-1, crash=-1)
    train(classifier(), settings, RunWriter.create(crashed, info), save=save, crash=crash)
    resumed = Checkpoints(crashed / "states").latest()
    assert resumed is not None
    train(classifier(), settings, RunWriter.resume(crashed, resumed.state.step), save=-1, crash=-1)
    assert curves(crashed) == curves(whole)
    assert len(curves(whole)["train", "loss"]) == 10
