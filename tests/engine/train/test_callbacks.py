"""Callbacks: they are told of every step and epoch, and may end training."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.errors import FlowscopeError
from engine.graph.graph import GraphDef
from engine.project.project import TrainingSettings
from engine.train.callbacks import Callback, EarlyStopping
from engine.train.progress import EpochResult, Progress
from engine.train.trainer import Trainer

Classifier = Callable[..., GraphDef]


class Diary(Callback):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def on_step(self, trainer: Trainer, progress: Progress) -> None:
        self.lines.append(f"{progress.split} {progress.step}")

    def on_epoch(self, trainer: Trainer, result: EpochResult) -> None:
        self.lines.append(f"epoch {result.epoch}")


def test_every_step_and_epoch_is_told_in_order(classifier: Classifier, settings: TrainingSettings) -> None:
    diary = Diary()
    Trainer(classifier(), replace(settings, epochs=1, batch_size=20), callbacks=[diary]).fit()
    assert diary.lines == ["train 1", "train 2", "validation 2", "epoch 1", "test 2"]


def test_stopping_ends_the_epoch_at_once_and_tests(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    class StopAtSeven(Callback):
        def on_step(self, trainer: Trainer, progress: Progress) -> None:
            if progress.step == 7:
                trainer.stop("Seven steps are enough.")

    trainer = Trainer(classifier(), settings, callbacks=[StopAtSeven()])
    history = trainer.fit()
    assert history.stopped == "Seven steps are enough."
    assert trainer.state().step == 7
    assert len(history.epochs) == 1
    assert history.test


def test_early_stopping_ends_training_that_no_longer_gets_better(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    patient = EarlyStopping("loss", patience=3)
    history = Trainer(classifier(), replace(settings, epochs=500), callbacks=[patient]).fit()
    losses = history.validation("loss")
    assert len(losses) < 500
    assert losses.index(min(losses)) == len(losses) - 4
    assert "has not become better" in history.stopped


@pytest.mark.parametrize(
    ("better", "epochs"), [("lower", 2), ("higher", 2)], ids=["lower is better", "higher is better"]
)
def test_a_change_that_is_too_small_does_not_count(
    better: str, epochs: int, classifier: Classifier, settings: TrainingSettings
) -> None:
    strict = EarlyStopping("accuracy", patience=1, min_change=2.0, better=better)  # type: ignore[arg-type]  # a str
    history = Trainer(classifier(), replace(settings, epochs=9), callbacks=[strict]).fit()
    assert len(history.epochs) == epochs


def test_a_resumed_run_stops_early_where_an_uninterrupted_one_does(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    settings = replace(settings, epochs=500)
    whole = Trainer(classifier(), settings, callbacks=[EarlyStopping()])
    whole.fit()
    first = Trainer(classifier(), settings, callbacks=[EarlyStopping()])
    for progress in first.steps():
        if progress.step == 33:
            break
    resumed = Trainer(classifier(), settings, callbacks=[EarlyStopping()])
    resumed.restore(first.state())
    resumed.fit()
    assert resumed.history == whole.history


def test_watching_what_is_not_computed_is_refused(classifier: Classifier, settings: TrainingSettings) -> None:
    with pytest.raises(FlowscopeError, match="only loss, accuracy is computed"):
        Trainer(classifier(), settings, callbacks=[EarlyStopping("error")]).fit()
