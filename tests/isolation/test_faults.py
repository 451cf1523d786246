"""Whatever the engine's process dies of: the client says so, and a run goes on from the last checkpoint."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.graph.graph import Node
from engine.project.project import Project
from engine.telemetry.runs import read_info
from engine.worker.client import Died, GaveUp, Unresponsive
from engine.worker.messages import (
    Busy,
    Evaluate,
    Evaluated,
    Failed,
    Finished,
    Interrupted,
    Progress,
    Ready,
    Scalars,
    Stop,
)
from engine.worker.restarts import RestartLimit
from engine.worker.stored import project_to_bytes

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="these faults are made with signals and pipes"
)

Make = Callable[..., Project]

DEATHS = [
    ("segfault", "crashed", "SIGSEGV"),
    ("stack_overflow", "crashed", "SIGSEGV"),
    ("abort", "crashed", "SIGABRT"),
    ("exit", "exited", "exit code 3"),
    ("kill", "memory", "SIGKILL"),
    ("garbage", "garbage", "this is no mess"),
    ("half_frame", "garbage", "broke off"),
]


@pytest.mark.parametrize(("kind", "cause", "word"), DEATHS, ids=[kind for kind, _, _ in DEATHS])
def test_a_death_is_told_and_the_next_run_goes_on(
    talk: Any, digits: Make, with_fault: Make, tmp_path: Path, kind: str, cause: str, word: str
) -> None:
    talk.start()
    talk.train(with_fault(kind), tmp_path)
    died = talk.wait_for(Died)
    assert died.cause == cause
    assert word in died.sentence
    assert died.during == "training"
    assert Path(died.checkpoint).parent.parent == tmp_path
    talk.train(digits(), tmp_path, checkpoint=died.checkpoint)
    assert talk.wait_for(Scalars).points[0].step == 42
    talk.send(Stop())
    assert not talk.wait_for(Interrupted).forced


def test_a_crash_leaves_a_report_that_says_where(talk: Any, with_fault: Make, tmp_path: Path) -> None:
    talk.start()
    talk.train(with_fault("segfault", after=0), tmp_path)
    report = talk.wait_for(Died).report
    assert "Segmentation fault" in report
    assert "faults.py" in report


@pytest.mark.parametrize(("kind", "sign"), [("python_loop", Busy), ("gil_held", Unresponsive)])
def test_what_does_not_react_is_ended_by_force(
    talk: Any, digits: Make, with_fault: Make, tmp_path: Path, kind: str, sign: type
) -> None:
    talk.start()
    talk.train(with_fault(kind), tmp_path)
    talk.wait_for(sign)
    talk.send(Stop())
    stopped = talk.wait_for(Interrupted)
    assert stopped.forced
    talk.train(digits(), tmp_path, checkpoint=stopped.checkpoint)
    assert talk.wait_for(Scalars).points[0].step == 42


def test_a_slow_step_is_not_ended_by_force(talk: Any, with_fault: Make, tmp_path: Path) -> None:
    talk.start()
    talk.train(with_fault("slow", after=3), tmp_path)
    assert talk.wait_for(Busy).seconds >= 1.0
    talk.wait_for(Progress)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_too_little_memory_is_an_answer(talk: Any, digits: Make, with_fault: Make, tmp_path: Path) -> None:
    pid = talk.start().pid
    talk.train(with_fault("memory"), tmp_path)
    failed = talk.wait_for(Failed)
    assert failed.problem.node == "between"
    assert "ran out of memory" in failed.problem.what
    assert failed.checkpoint
    talk.train(digits(), tmp_path, checkpoint=failed.checkpoint)
    assert talk.wait_for(Scalars).points[0].step == 42
    assert talk.client.pids[0] == pid


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_a_tensor_that_is_too_large_is_told_at_its_node(talk: Any, digits: Make, tmp_path: Path) -> None:
    graph = digits().graph
    graph = graph.add(Node("huge", "BroadcastTo", {"shape": [2**30, 2**20]})).connect(
        ("loss", "loss"), ("huge", "x")
    )
    talk.start()
    talk.send(Evaluate(1, project_to_bytes(Project(graph))))
    answer = talk.wait_for(Evaluated)
    assert [problem.node for problem in answer.problems] == ["huge"]
    assert "MiB" in answer.problems[0].what
    assert "loss" in answer.computed


def test_an_op_that_fails_is_named(talk: Any, with_fault: Make, tmp_path: Path) -> None:
    talk.start()
    talk.train(with_fault("error"), tmp_path)
    failed = talk.wait_for(Failed)
    assert failed.problem.node == "between"
    assert "the test says so" in failed.problem.what
    assert read_info(tmp_path).state == "failed"


def test_a_gpu_that_answers_no_more_costs_only_the_process(
    talk: Any, digits: Make, with_fault: Make, tmp_path: Path
) -> None:
    talk.start()
    talk.train(with_fault("device_lost"), tmp_path)
    failed = talk.wait_for(Failed)
    assert "illegal memory access" in failed.problem.what
    assert talk.wait_for(Died).cause == "device"
    talk.train(digits(), tmp_path, checkpoint=failed.checkpoint)
    assert talk.wait_for(Scalars).points[0].step == 42


@pytest.mark.parametrize("kind", ["prints", "flood"])
def test_what_an_op_prints_does_no_harm(talk: Any, with_fault: Make, tmp_path: Path, kind: str) -> None:
    talk.start()
    talk.train(with_fault(kind, epochs=2), tmp_path)
    talk.wait_for(Finished)


def test_no_point_of_a_flood_is_lost(talk: Any, with_fault: Make, tmp_path: Path) -> None:
    talk.start()
    talk.train(with_fault("events", after=0, epochs=1), tmp_path)
    talk.wait_for(Finished)
    points = [point for event in talk.all(Scalars) for point in event.points if point.tag == "flood"]
    assert len(points) % 200_000 == 0
    assert [point.step for point in points[:200_000]] == list(range(200_000))


def test_an_evaluation_that_kills_is_told_too(talk: Any, digits: Make, with_fault: Make) -> None:
    talk.start()
    talk.send(Evaluate(1, project_to_bytes(with_fault("segfault", after=0))))
    assert talk.wait_for(Died).during == "evaluation"
    talk.send(Evaluate(2, project_to_bytes(digits())))
    assert talk.wait_for(Evaluated).request == 2


def test_an_evaluation_that_hangs_is_ended_by_force(talk: Any, digits: Make, with_fault: Make) -> None:
    talk.start()
    talk.send(Evaluate(1, project_to_bytes(with_fault("python_loop", after=0))))
    talk.wait_for(Busy)
    talk.send(Stop())
    answer = talk.wait_for(Evaluated)
    assert "by force" in answer.problems[0].what
    talk.send(Evaluate(2, project_to_bytes(digits())))
    assert talk.wait_for(Evaluated).computed


def test_an_idle_engine_that_dies_is_replaced(talk: Any, digits: Make, tmp_path: Path) -> None:
    pid = talk.start().pid
    os.kill(pid, signal.SIGKILL)
    assert talk.wait_for(Died).during == ""
    talk.train(digits(), tmp_path)
    talk.wait_for(Progress)
    assert pid not in talk.client.pids


def test_a_death_of_both_processes_costs_one_start(talk: Any, digits: Make, tmp_path: Path) -> None:
    talk.start()
    for pid in talk.client.pids:
        os.kill(pid, signal.SIGKILL)
    talk.wait_for(Died)
    talk.train(digits(), tmp_path)
    talk.wait_for(Scalars)
    assert len(talk.all(Died)) == 1


def test_after_three_restarts_the_user_is_asked(conversation: Any, with_fault: Make, tmp_path: Path) -> None:
    talk = conversation(RestartLimit(3, 300.0, clock=lambda: 0.0))
    try:
        talk.start()
        for number in range(4):
            talk.train(with_fault("exit", after=0), tmp_path / str(number))
            talk.wait_for(Died)
        assert "4 times within 5 minutes" in talk.wait_for(GaveUp).sentence
        assert not talk.client.running
        assert talk.client.pids == ()
        talk.client.start()
        talk.wait_for(Ready)
    finally:
        talk.client.close()
