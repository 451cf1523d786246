"""The same seed gives the same bits: twice, across pauses, and after going on from any state."""

import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.blocks.optimizers import SGD
from engine.errors import FlowscopeError
from engine.graph.graph import GraphDef
from engine.project.project import TrainingSettings
from engine.telemetry.events import Event, Scalar
from engine.train import checkpoint
from engine.train.checkpoint import Checkpoints
from engine.train.state import TrainState
from engine.train.trainer import Trainer

Classifier = Callable[..., GraphDef]


class Log:
    def __init__(self) -> None:
        self.points: list[tuple[str, str, int, float]] = []

    def record(self, event: Event) -> None:
        if isinstance(event, Scalar):
            self.points.append((event.tag, event.split, event.step, event.value))

    def flush(self) -> None:
        """Everything is kept at once."""


def digests(trainer: Trainer) -> list[str]:
    """The hash of the whole state after every step to come."""
    return [trainer.state().digest() for _ in trainer.steps()]


def test_the_same_seed_gives_the_same_bits_at_every_step(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    first = digests(Trainer(classifier(), settings))
    assert digests(Trainer(classifier(), settings)) == first
    assert len(set(first[:5])) == 5, "every training step changes the state"


def test_another_seed_gives_other_bits(classifier: Classifier, settings: TrainingSettings) -> None:
    assert digests(Trainer(classifier(), settings)) != digests(
        Trainer(classifier(), replace(settings, seed=6))
    )


def test_a_pause_between_any_two_steps_changes_nothing(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    expected = digests(Trainer(classifier(), settings))
    paused, seen = Trainer(classifier(), settings), []
    for _ in expected:
        if next(paused.steps(), None) is None:
            break
        seen.append(paused.state().digest())
    # Dropping the iterator within a validation or the test begins that again, and repeats no training step.
    assert list(dict.fromkeys(seen))[:5] == list(dict.fromkeys(expected))[:5]


@pytest.mark.parametrize("network", ["adam", "momentum", "no data"])
def test_going_on_from_the_state_after_any_step_gives_the_same_bits(
    network: str, classifier: Classifier, without_data: GraphDef, settings: TrainingSettings
) -> None:
    graph = {
        "adam": classifier(),
        "momentum": classifier(SGD(learning_rate=0.1, momentum=0.9)),
        "no data": without_data,
    }[network]
    log = Log()
    whole = Trainer(graph, settings, recorder=log)
    states = [(whole.state(), 0)]
    states += [(whole.state(), len(log.points)) for p in whole.steps() if p.split == "train"]
    end = whole.state().digest()
    for state, recorded in states:
        stored = checkpoint.decode(checkpoint.encode(state), "The state")
        assert stored.digest() == state.digest()
        rest = Log()
        resumed = Trainer(graph, settings, recorder=rest)
        resumed.restore(stored)
        resumed.fit()
        assert resumed.state().digest() == end
        assert resumed.history == whole.history
        assert rest.points == log.points[recorded:]


def test_a_state_holds_everything(classifier: Classifier, settings: TrainingSettings) -> None:
    trainer = Trainer(classifier(), settings)
    trainer.fit(epochs=1)
    next(trainer.steps(), None)
    trainer.epochs = 2
    next(trainer.steps())
    state = trainer.state()
    assert set(state.variables) >= {"hidden/kernel", "scaled/count", "adam/step", "adam/hidden_kernel/mean"}
    assert (state.epoch, state.batch, state.step, state.seed) == (1, 1, 6, 5)
    assert len(state.history) == 1
    assert set(state.sums) == {"loss", "accuracy"}


@pytest.mark.parametrize("field", [field.name for field in fields(TrainState)])
def test_every_field_of_a_state_is_saved_and_counts(
    field: str, classifier: Classifier, settings: TrainingSettings
) -> None:
    trainer = Trainer(classifier(), settings)
    for progress in trainer.steps():
        if progress.step == 7:
            break
    state = trainer.state()
    others: dict[str, Any] = {
        "variables": {**state.variables, "adam/step": np.array(99.0)},
        "sums": {"loss": (float("nan"), 8.0)},
        "history": (),
    }
    changed = replace(state, **{field: others.get(field, 1234)})
    assert changed.digest() != state.digest()
    assert checkpoint.decode(checkpoint.encode(changed), "The state").digest() == changed.digest()


def test_a_state_of_another_seed_is_refused(classifier: Classifier, settings: TrainingSettings) -> None:
    state = Trainer(classifier(), replace(settings, seed=6)).state()
    with pytest.raises(FlowscopeError, match="comes from seed 6, and the settings say 5"):
        Trainer(classifier(), settings).restore(state)


def test_a_state_of_another_graph_is_refused(classifier: Classifier, settings: TrainingSettings) -> None:
    state = Trainer(classifier(), settings).state()
    wider = classifier().set_attribute("hidden", "units", 16)
    with pytest.raises(FlowscopeError, match="The graph has changed"):
        Trainer(wider, settings).restore(state)


CHILD = """
    import os
    import signal
    import sys
    from pathlib import Path
    import engine.blocks, engine.ops
    from engine.blocks.layers import Dense, Dropout
    from engine.blocks.losses import BinaryCrossentropy
    from engine.blocks.optimizers import Adam
    from engine.graph.builder import Graph
    from engine.ops.data import Spirals
    from engine.project.project import TrainingSettings
    from engine.train.checkpoint import Checkpoints
    from engine.train.trainer import Trainer

    folder, every, kill_at = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    graph = Graph()
    points, labels = graph.source(Spirals(count=60), name="spirals")
    hidden = Dropout(rate=0.1)(Dense(units=6, activation="tanh")(points, name="hidden"))
    graph.minimize(BinaryCrossentropy()(Dense(units=1)(hidden, name="logits"), labels, name="loss"), Adam())
    settings = TrainingSettings(epochs=6, batch_size=8, seed=9, device="cpu", checkpoint_every=0)
    trainer = Trainer(graph, settings, checkpoints=Checkpoints(folder))
    resumed = trainer.checkpoints.latest()
    if resumed:
        trainer.restore(resumed.state)
    for progress in trainer.steps():
        if progress.split == "train" and progress.step % every == 0:
            trainer.save()
        if progress.split == "train":
            print(progress.step, trainer.state().digest(), flush=True)
        if progress.step == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
"""


def run_child(folder: Path, every: int, kill_at: int = -1) -> dict[int, str]:
    """Train in a process of its own, which kills itself after a step; returns the hash after each step."""
    command = [sys.executable, "-c", textwrap.dedent(CHILD), str(folder), str(every), str(kill_at)]
    root = Path(checkpoint.__file__).parents[2]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)
    assert ended.returncode == (0 if kill_at < 0 else -signal.SIGKILL), ended.stderr
    return {int(step): digest for step, digest in map(str.split, ended.stdout.splitlines())}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes cannot be killed at once here")
@pytest.mark.parametrize(("every", "kill_at"), [(1, 5), (3, 16), (7, 29)])
def test_a_process_killed_at_any_step_goes_on_from_its_checkpoint_with_the_same_bits(
    tmp_path: Path, every: int, kill_at: int
) -> None:
    whole = run_child(tmp_path / "whole", every)
    killed = run_child(tmp_path / "killed", every, kill_at)
    resumed = run_child(tmp_path / "killed", every)
    assert max(killed) == kill_at
    assert min(resumed) == kill_at - kill_at % every + 1
    assert {**killed, **resumed} == whole


def test_a_run_that_is_complete_only_tests_again(
    classifier: Classifier, settings: TrainingSettings, tmp_path: Path
) -> None:
    first = Trainer(classifier(), settings, checkpoints=Checkpoints(tmp_path))
    history = first.fit()
    again = Trainer(classifier(), settings)
    resumed = Checkpoints(tmp_path).latest()
    assert resumed is not None
    again.restore(resumed.state)
    assert again.fit() == history
    assert again.state().digest() == first.state().digest()
