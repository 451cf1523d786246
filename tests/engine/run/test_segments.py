"""Compiled code in the place of NumPy's: the same numbers, errors, times; taken over between two steps."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.layers import Dense, Dropout
from engine.blocks.losses import SparseCategoricalCrossentropy
from engine.blocks.optimizers import SGD, Adam, Optimizer
from engine.data.dataset import take
from engine.errors import Interrupted, KernelError
from engine.ops.activation import Relu
from engine.ops.ordering import Sort
from engine.project.files import read_project
from engine.run import segments
from engine.run.executor import Executor
from engine.run.session import Step
from engine.spec import spec_of
from engine.train.trainer import Trainer
from kernels.cpu.tier import Compiled, bring, tier

DEMOS = Path(__file__).parents[3] / "resources" / "demos"
Feeds = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return bring()


@pytest.fixture(autouse=True)
def numpy_at_first() -> Iterator[None]:
    """Each test begins without compiled code, and leaves the process as it was."""
    before, tier.current = tier.current, None
    yield
    tier.current = before


def training(optimizer: Optimizer) -> tuple[Session, Step, Feeds]:
    g = Graph()
    x, labels = g.placeholder("x", ("batch", 50)), g.placeholder("labels", ("batch",), "int64")
    hidden = Dropout(rate=0.3)(Dense(units=70, activation="relu")(x, name="hidden"))
    loss = SparseCategoricalCrossentropy()(Dense(units=10)(hidden, name="logits"), labels, name="loss")
    g.minimize(loss, optimizer)
    session = Session(g, seed=3, device="cpu")
    random = np.random.default_rng(0)
    feeds: Feeds = {"x": random.random((24, 50), np.float32), "labels": random.integers(0, 10, 24)}
    specs = {name: spec_of(array) for name, array in feeds.items()}
    return session, session.prepare(["loss"], specs, training=True, effects=True), feeds


@pytest.mark.parametrize("optimizer", [Adam(), SGD(learning_rate=0.1, momentum=0.9)])
def test_training_goes_the_same_way(compiled: Compiled, optimizer: Optimizer) -> None:
    found = []
    for used in (None, compiled):
        tier.current = used
        session, step, feeds = training(optimizer)
        losses = [float(step(feeds)["loss"]) for _ in range(10)]
        found.append((losses, session.values()))
    (losses, values), (other_losses, other_values) = found
    np.testing.assert_allclose(losses, other_losses, rtol=1e-4)
    for path, value in values.items():
        np.testing.assert_allclose(other_values[path], value, rtol=2e-3, atol=2e-5, err_msg=path)


def test_a_whole_training_step_is_one_call(compiled: Compiled) -> None:
    tier.current = compiled
    _, step, feeds = training(Adam())
    step(feeds)
    assert isinstance(step.executor, Executor)
    assert len(step.executor.present_calls) == 1


def test_the_same_bits_come_again(compiled: Compiled) -> None:
    tier.current = compiled
    runs = []
    for _ in range(2):
        session, step, feeds = training(Adam())
        for _ in range(20):
            step(feeds)
        runs.append(session.values())
    for path, value in runs[0].items():
        np.testing.assert_array_equal(value, runs[1][path])


def test_it_takes_over_between_two_steps(compiled: Compiled) -> None:
    _, step, feeds = training(SGD(learning_rate=0.1))
    first = float(step(feeds)["loss"])
    assert isinstance(step.executor, Executor)
    before = len(step.executor.present_calls)
    tier.current = compiled
    second = float(step(feeds)["loss"])
    assert len(step.executor.present_calls) < before
    assert second < first


def test_what_compiled_code_does_not_know_runs_between(compiled: Compiled) -> None:
    tier.current = compiled
    g = Graph()
    x = g.placeholder("x", (40, 40))
    Relu()(Sort()(x * 2.0 - 1.0) + x, name="out")
    given = np.random.default_rng(0).random((40, 40), np.float32)
    found = Session(g, device="cpu").run("out", {"x": given})
    np.testing.assert_allclose(found, np.maximum(np.sort(given * 2 - 1) + given, 0), rtol=1e-6, atol=1e-6)


def test_a_refused_value_is_told_as_ever(compiled: Compiled) -> None:
    tier.current = compiled
    _, step, feeds = training(SGD())
    step(feeds)
    wrong = {**feeds, "labels": np.full(24, 11)}
    with pytest.raises(KernelError, match=r"SparseSoftmaxCrossEntropy 'loss/.*index 11 lies outside 0 to 9"):
        step(wrong)
    assert np.isfinite(step(feeds)["loss"]), "the next step is a step like others"


def test_no_variable_changes_where_a_value_is_refused(compiled: Compiled) -> None:
    tier.current = compiled
    session, step, feeds = training(Adam())
    step(feeds)
    before = session.values()
    for _ in range(50):  # a thread that comes late finds nothing to do
        with pytest.raises(KernelError):
            step({**feeds, "labels": np.full(24, -1)})
    for path, value in session.values().items():
        np.testing.assert_array_equal(value, before[path])


def test_a_look_changes_no_variable(compiled: Compiled) -> None:
    tier.current = compiled
    session, step, feeds = training(Adam())
    first = float(step(feeds, peek=True)["loss"])
    before = session.values()
    assert float(step(feeds, peek=True)["loss"]) == first
    for path, value in session.values().items():
        np.testing.assert_array_equal(value, before[path])


def test_a_long_run_of_steps_can_be_stopped(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "LONGEST", 1)
    tier.current = compiled
    session, step, feeds = training(Adam())
    expected = float(step(feeds, peek=True)["loss"])
    assert isinstance(step.executor, Executor)
    assert len(step.executor.present_calls) > 10
    before, asked = session.values(), iter(range(100))
    with pytest.raises(Interrupted):
        step(feeds, interrupt=lambda: next(asked) == 5)
    for path, value in session.values().items():
        np.testing.assert_array_equal(value, before[path])
    assert float(step(feeds)["loss"]) == expected


def test_a_batch_may_be_gathered_where_it_is_read(compiled: Compiled) -> None:
    for used in (None, compiled):
        tier.current = used
        _, step, feeds = training(SGD())
        order = np.random.default_rng(1).permutation(24)
        expected = float(step(take(feeds, order), peek=True)["loss"])
        gathered = take(feeds, order, step.places)
        assert all(gathered[name] is step.places[name] for name in feeds)
        assert float(step(gathered, peek=True)["loss"]) == expected


def test_each_step_is_timed_by_its_path(compiled: Compiled) -> None:
    found = []
    for used in (None, compiled):
        tier.current = used
        _, step, feeds = training(Adam())
        timings: dict[str, float] = {}
        step(feeds, timings=timings)
        found.append(set(timings))
    assert found[0] == found[1]


@pytest.mark.parametrize("demo", ["digits-mlp", "spiral"])
def test_a_demo_learns_the_same(compiled: Compiled, demo: str) -> None:
    project = read_project(DEMOS / f"{demo}.flowscope").project
    found = []
    for used in (None, compiled):
        tier.current = used
        trainer = Trainer(project.graph, project.training)
        steps = trainer.steps()
        found.append([next(steps).scalars for _ in range(8)])
    for scalars, others in zip(*found, strict=True):
        for name, value in scalars.items():
            assert others[name] == pytest.approx(value, rel=1e-2, abs=1e-3)
