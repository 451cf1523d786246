"""The run controller: its states, what it asks of the engine, and what it tells."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.runs.controller import RunController
from engine import registry
from engine.blocks.layers import Dense
from engine.errors import FlowscopeError
from engine.graph.builder import Graph
from engine.project.project import Project, TrainingSettings
from engine.telemetry.runs import RunInfo, read_info, write_info
from engine.worker.client import Died, GaveUp, Unresponsive
from engine.worker.messages import (
    Checkpointed,
    Evaluate,
    Evaluated,
    Failed,
    Finished,
    Interrupted,
    Log,
    Pause,
    Point,
    Problem,
    Progress,
    ReadTile,
    Resume,
    Scalars,
    StateChanged,
    StepOnce,
    Train,
    Wanted,
    Watch,
)
from engine.worker.stored import read_variables

DIED = Died("crashed", "The engine crashed (SIGSEGV).", "training", 5, "checkpoint-5", "")


class FakeClient:
    """Stands in for the engine: remembers what it was asked, and tells what the test wants."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.events: list[Any] = []
        self.stops = 0
        self.starts = 0
        self.busy = False
        self.checkpoint = ""
        self.broken = False
        self.on_wakeup: Callable[[], None] = lambda: None

    @property
    def pending(self) -> bool:
        return bool(self.events)

    def start(self) -> None:
        self.starts += 1
        self.broken = False

    @property
    def running(self) -> bool:
        return not self.broken

    def close(self) -> None:
        self.events.clear()

    def send(self, command: Any) -> None:
        if self.broken:
            raise FlowscopeError("The engine is not running.", hint="Start it again.")
        self.sent.append(command)

    def stop(self) -> None:
        self.stops += 1

    def poll(self, budget: float) -> Iterator[Any]:
        while self.events:
            yield self.events.pop(0)

    def of(self, kind: type) -> list[Any]:
        return [command for command in self.sent if isinstance(command, kind)]


class Setting:
    """A controller, its engine, and what it has told."""

    def __init__(self, qtbot: QtBot, runs_folder: Path) -> None:
        self.qtbot = qtbot
        self.client = FakeClient()
        self.controller = RunController(self.client, runs_folder=runs_folder)  # type: ignore[arg-type]
        self.told: list[tuple[str, Any]] = []
        for name in ("finished", "interrupted", "died", "evaluated", "progress", "gave_up", "unresponsive"):
            getattr(self.controller, name).connect(lambda event, name=name: self.told.append((name, event)))
        self.controller.failed.connect(lambda node, sentence: self.told.append(("failed", (node, sentence))))
        self.controller.state_changed.connect(lambda state: self.told.append(("state", state)))

    def tell(self, *events: Any) -> None:
        """Let the engine tell something, and wait until it was passed on."""
        self.client.events += events
        self.client.on_wakeup()
        self.qtbot.waitUntil(lambda: not self.client.events)

    def names(self) -> list[str]:
        return [name if name != "state" else value for name, value in self.told]


@pytest.fixture
def setting(qtbot: QtBot, tmp_path: Path) -> Iterator[Setting]:
    made = Setting(qtbot, tmp_path)
    yield made
    made.controller.close()


@pytest.fixture
def project() -> Project:
    g = Graph()
    images, labels = g.source(registry.get("Digits")(), name="digits")
    flat = registry.get("Flatten")()(images, name="flatten")
    logits = Dense(units=10)(flat, name="logits")
    g.minimize(registry.get("SparseCategoricalCrossentropy")()(logits, labels, name="loss"), name="adam")
    return Project(g.definition, training=TrainingSettings(epochs=2))


def test_a_run_from_start_to_end(setting: Setting, project: Project, tmp_path: Path) -> None:
    setting.controller.run(project, "My digits")
    (order,) = setting.client.of(Train)
    assert Path(order.run_folder) == setting.controller.folder == tmp_path / "My_digits" / "1"
    assert (order.name, order.checkpoint, order.one_step) == ("My digits 1", "", False)
    setting.tell(
        StateChanged("running"), Progress("train", 1, 9, 1, 1, 0.1), Finished(9, 1.0, {"loss": 0.5}, "c")
    )
    assert setting.names() == ["starting", "running", "progress", "idle", "finished"]
    assert not setting.controller.can_resume


def test_a_second_run_waits_for_no_one(setting: Setting, project: Project) -> None:
    setting.controller.run(project)
    setting.controller.run(project)
    assert len(setting.client.of(Train)) == 1
    setting.controller.finished.connect(lambda _: setting.controller.run(project))
    setting.tell(Finished(9, 1.0, {}))
    assert len(setting.client.of(Train)) == 2
    assert setting.controller.state == "starting"


def test_pause_resume_and_step(setting: Setting, project: Project) -> None:
    controller = setting.controller
    controller.pause()
    controller.resume()
    assert not setting.client.sent
    controller.run(project)
    controller.pause()
    setting.tell(StateChanged("paused"))
    controller.pause()
    controller.step(project)
    controller.resume()
    assert [type(command) for command in setting.client.sent] == [Train, Pause, StepOnce, Resume]


def test_a_step_without_a_run_begins_one(setting: Setting, project: Project) -> None:
    setting.controller.step(project)
    (order,) = setting.client.of(Train)
    assert order.one_step


def test_stopping_lasts_until_the_engine_has_stopped(setting: Setting, project: Project) -> None:
    setting.controller.run(project)
    setting.controller.stop()
    setting.tell(StateChanged("running"), StateChanged("stopping"), Interrupted(7, "c"))
    assert setting.names() == ["starting", "stopping", "idle", "interrupted"]
    assert setting.client.stops == 1


def test_after_a_death_the_run_goes_on_from_its_checkpoint(setting: Setting, project: Project) -> None:
    setting.controller.run(project, "digits")
    assert not setting.controller.can_resume
    folder = setting.controller.folder
    assert folder is not None
    write_info(folder, RunInfo("digits 1", {}))
    setting.client.checkpoint = "checkpoint-5"
    restarted: list[tuple[str, int]] = []
    setting.controller.telemetry.run_restarted.connect(lambda run, step: restarted.append((run, step)))
    setting.tell(Checkpointed("checkpoint-5", 5), DIED)
    assert setting.names() == ["starting", "idle", "died"]
    assert (read_info(folder).state, read_info(folder).message) == ("died", DIED.sentence)
    assert setting.controller.can_resume
    setting.controller.resume_run(project)
    order = setting.client.of(Train)[-1]
    assert (order.checkpoint, Path(order.run_folder)) == ("checkpoint-5", folder)
    assert restarted == [("digits 1", 5)]


def test_a_failure_names_its_node(setting: Setting, project: Project) -> None:
    setting.controller.run(project)
    setting.tell(Failed(Problem("hidden", "It is too large.", "Make it smaller."), 3, "c"))
    assert setting.told[-1] == ("failed", ("hidden", "It is too large. Make it smaller."))
    assert setting.controller.state == "idle"


def test_an_engine_that_was_given_up_is_started_by_the_next_run(setting: Setting, project: Project) -> None:
    setting.tell(DIED, GaveUp("The engine has ended 4 times."))
    assert setting.told[-1] == ("gave_up", "The engine has ended 4 times.")
    setting.client.broken = True
    setting.controller.read_tile("x.y", (), (0, 1), (0, 1))
    assert setting.told[-1][0] == "gave_up", "looking at a tensor complains of nothing"
    setting.controller.run(project)
    assert setting.client.starts == 1
    assert setting.controller.state == "starting"
    assert setting.client.of(Train)


def test_silence_is_passed_on(setting: Setting) -> None:
    setting.tell(Unresponsive(4.5))
    assert setting.told == [("unresponsive", 4.5)]


def test_of_many_evaluations_the_newest_is_sent(setting: Setting, project: Project) -> None:
    for epochs in range(1, 6):
        setting.controller.evaluate(Project(project.graph, training=TrainingSettings(epochs=epochs)))
    setting.qtbot.waitUntil(lambda: bool(setting.client.of(Evaluate)))
    (order,) = setting.client.of(Evaluate)
    assert b'"epochs": 5' in order.project


def test_an_evaluation_waits_until_the_run_has_ended(setting: Setting, project: Project) -> None:
    setting.controller.run(project)
    setting.controller.run_to(project, "logits")
    assert not setting.client.of(Evaluate)
    setting.client.checkpoint = "checkpoint-9"
    setting.tell(Finished(9, 1.0, {}, "checkpoint-9"))
    setting.qtbot.waitUntil(lambda: bool(setting.client.of(Evaluate)))
    (order,) = setting.client.of(Evaluate)
    assert (order.targets, order.variables) == (("logits",), "checkpoint-9")


def test_points_come_as_columns_once_for_each_curve(setting: Setting, project: Project) -> None:
    came: list[Any] = []
    setting.controller.telemetry.points_came.connect(came.append)
    setting.controller.run(project, "digits")
    points = [Point("loss", "train", step, 1, step / 10, 1 / step) for step in range(1, 4)]
    setting.tell(Scalars(points[:2]), Scalars([*points[2:], Point("loss", "validation", 3, 1, 0.3, 0.4)]))
    assert [(new.run, new.tag, new.split) for new in came] == [
        ("digits 1", "loss", "train"),
        ("digits 1", "loss", "validation"),
    ]
    assert came[0].steps.tolist() == [1, 2, 3]
    assert came[0].values.tolist() == [1.0, 0.5, 1 / 3]


def test_sentences_are_kept(setting: Setting) -> None:
    setting.tell(Log("warning", "The disk is full."))
    assert setting.controller.telemetry.sentences[-1].text == "The disk is full."
    assert setting.controller.telemetry.text().endswith("The disk is full.")


def test_requests_have_numbers(setting: Setting) -> None:
    first = setting.controller.read_tile("a.y", (1,), (0, 4), (0, 8))
    second = setting.controller.read_pictures("a.y", 0, 9)
    assert first != second
    assert setting.client.of(ReadTile)[0] == ReadTile(first, "a.y", (1,), 0, 4, 0, 8)


def test_the_variables_of_an_opened_project_reach_the_engine(setting: Setting, project: Project) -> None:
    values = {"logits/kernel": np.ones((64, 10), np.float32)}
    setting.controller.use_variables(values)
    setting.controller.run(project)
    (order,) = setting.client.of(Train)
    assert read_variables(Path(order.variables))["logits/kernel"].sum() == 640
    assert setting.controller.variables()["logits/kernel"].sum() == 640
    setting.controller.use_variables({})
    assert setting.controller.variables() == {}


def test_with_a_real_engine(qtbot: QtBot, project: Project, tmp_path: Path) -> None:
    controller = RunController(runs_folder=tmp_path)
    seen: list[Any] = []
    controller.observed.connect(seen.append)
    try:
        with qtbot.waitSignal(controller.engine_ready, timeout=30_000):
            controller.start_engine()
        with qtbot.waitSignal(controller.finished, timeout=30_000) as finished:
            controller.watch({"logits.y": Wanted()})
            controller.run(project, "digits")
        assert finished.args is not None
        assert finished.args[0].step == 82
        assert seen[-1].shape == (32, 10)
        assert controller.variables()["logits/kernel"].shape == (64, 10)
        with qtbot.waitSignal(controller.evaluated, timeout=30_000) as evaluated:
            controller.evaluate(project)
        assert evaluated.args is not None
        assert isinstance(evaluated.args[0], Evaluated)
        assert not evaluated.args[0].problems
    finally:
        controller.close()


def test_watching_before_the_start_is_remembered(qtbot: QtBot, project: Project, tmp_path: Path) -> None:
    controller = RunController(runs_folder=tmp_path)
    failures: list[str] = []
    controller.failed.connect(lambda _, sentence: failures.append(sentence))
    try:
        controller.watch({"flatten.y": Wanted()})
        controller.start_engine()
        with qtbot.waitSignal(controller.observed, timeout=30_000):
            controller.evaluate(project)
        assert not failures
    finally:
        controller.close()


def test_watch_orders_are_plain(setting: Setting) -> None:
    setting.controller.watch({"a.y": Wanted(histogram=True)})
    assert setting.client.of(Watch)[0].ports == {"a.y": Wanted(histogram=True)}
