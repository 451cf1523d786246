"""The life of the engine's process: jobs one after another, pauses and stops, and nothing stays behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.project.project import Project
from engine.telemetry.runs import read_info
from engine.worker.messages import (
    Boundary,
    Checkpointed,
    Evaluate,
    Evaluated,
    Failed,
    Finished,
    Interrupted,
    NodeTimes,
    Observed,
    Pause,
    Progress,
    ReadPictures,
    ReadTile,
    ReadVariables,
    Resume,
    Scalars,
    StateChanged,
    StepOnce,
    Stop,
    Tile,
    Variables,
    Wanted,
    Watch,
)
from engine.worker.stored import project_to_bytes, read_variables

Make = Callable[..., Project]
FAULTS = Path(__file__).with_name("faults.py")


def test_a_training_comes_to_its_end(talk: Any, digits: Make, tmp_path: Path) -> None:
    talk.start()
    talk.train(digits(epochs=2), tmp_path, name="digits 1")
    finished = talk.wait_for(Finished)
    assert finished.step == 82
    assert finished.results["loss"] > 0
    assert Path(finished.checkpoint).exists()
    info = read_info(tmp_path)
    assert (info.name, info.state) == ("digits 1", "finished")
    points = [point for event in talk.all(Scalars) for point in event.points]
    assert [p.step for p in points if (p.tag, p.split) == ("loss", "train")] == list(range(1, 83))
    assert [p.step for p in points if (p.tag, p.split) == ("loss", "validation")] == [41, 82]
    assert talk.all(NodeTimes)[-1].seconds["hidden"] > 0


def test_pause_step_and_resume(talk: Any, digits: Make, tmp_path: Path) -> None:
    talk.start()
    talk.train(digits(), tmp_path, start_paused=True)
    talk.wait_for(StateChanged, lambda event: event.state == "paused")
    assert not talk.all(Progress)
    for step in (1, 2):
        talk.send(StepOnce())
        assert talk.wait_for(Progress).step == step
        talk.wait_for(StateChanged, lambda event: event.state == "paused")
    talk.send(Resume())
    talk.wait_for(Progress, lambda event: event.step > 10)
    talk.send(Pause())
    talk.wait_for(StateChanged, lambda event: event.state == "paused")
    talk.send(Stop())
    assert not talk.wait_for(Interrupted).forced


def test_one_step_only(talk: Any, digits: Make, tmp_path: Path) -> None:
    talk.start()
    talk.train(digits(), tmp_path, one_step=True)
    assert talk.wait_for(Progress).step == 1
    talk.wait_for(StateChanged, lambda event: event.state == "paused")
    talk.send(Stop())
    assert talk.wait_for(Interrupted).step == 1


def test_stop_keeps_what_was_reached(talk: Any, digits: Make, tmp_path: Path) -> None:
    talk.start()
    talk.train(digits(), tmp_path)
    talk.wait_for(Progress, lambda event: event.step > 20)
    talk.send(Stop())
    stopped = talk.wait_for(Interrupted)
    assert not stopped.forced
    assert stopped.checkpoint == talk.all(Checkpointed)[-1].path
    assert read_info(tmp_path).state == "interrupted"
    talk.train(digits(), tmp_path, checkpoint=stopped.checkpoint)
    # Stopped behind the last step of an epoch, it goes on with the validation of that epoch.
    scalars = talk.wait_for(Scalars, lambda event: any(p.split == "train" for p in event.points))
    assert next(p.step for p in scalars.points if p.split == "train") == stopped.step + 1


def test_a_stop_right_after_the_order_ends_it(talk: Any, digits: Make, tmp_path: Path) -> None:
    talk.start()
    talk.train(digits(), tmp_path)
    talk.send(Stop())
    assert talk.wait_for(Interrupted).step < 1000


def test_a_stop_does_not_outlast_its_run(talk: Any, digits: Make, tmp_path: Path) -> None:
    talk.start()
    talk.train(digits(), tmp_path / "1")
    talk.send(Stop())
    talk.send(Stop())
    talk.wait_for(Interrupted)
    talk.train(digits(epochs=1), tmp_path / "2")
    talk.wait_for(Finished)


def test_what_cannot_be_trained_is_a_sentence(talk: Any, digits: Make, tmp_path: Path) -> None:
    project = digits()
    talk.start()
    talk.train(Project(project.graph.remove(["adam"]), training=project.training), tmp_path)
    failed = talk.wait_for(Failed)
    assert "nothing to train" in failed.problem.what
    assert "optimizer" in failed.problem.hint


def test_a_damaged_checkpoint_is_passed_over(talk: Any, digits: Make, tmp_path: Path) -> None:
    talk.start()
    talk.train(digits(epochs=3), tmp_path)
    newest = Path(talk.wait_for(Finished).checkpoint)
    newest.write_bytes(newest.read_bytes()[:-1] + b"?")
    talk.train(digits(epochs=4), tmp_path, checkpoint=str(newest))
    assert talk.wait_for(Scalars).points[0].step == 83
    assert any("damaged" in event.text for event in talk.events if hasattr(event, "text"))
    talk.send(Stop())
    talk.wait_for(Interrupted)


def test_watched_ports_are_told_and_can_be_looked_into(talk: Any, digits: Make, tmp_path: Path) -> None:
    talk.start()
    talk.send(Watch({"hidden.y": Wanted(histogram=True), "digits.images": Wanted(), "no.such": Wanted()}))
    talk.train(digits(), tmp_path)
    seen = talk.wait_for(Observed, lambda event: event.port == "hidden.y")
    assert (seen.dtype, seen.shape) == ("float32", (32, 16))
    assert seen.statistics.size == sum(seen.histogram.counts) == 32 * 16
    assert seen.sample.shape == (32, 16)
    talk.send(Pause())
    talk.wait_for(StateChanged, lambda event: event.state == "paused")
    images = [event for event in talk.all(Observed) if event.port == "digits.images"][-1].sample
    talk.send(ReadTile(7, "digits.images", (3,), 2, 6, 0, 8))
    tile = talk.wait_for(Tile)
    assert tile.request == 7
    np.testing.assert_array_equal(tile.values, images[3, 2:6])
    talk.send(ReadPictures(8, "digits.images", 30, 10))
    np.testing.assert_array_equal(talk.wait_for(Tile).values, images[30:])
    talk.send(ReadTile(9, "loss.loss", (), 0, 1, 0, 1))
    assert "has been observed" in talk.wait_for(Tile).problem


def test_a_port_that_is_watched_during_a_pause_is_told_at_once(
    talk: Any, digits: Make, tmp_path: Path
) -> None:
    talk.start()
    talk.train(digits(), tmp_path, one_step=True)
    talk.wait_for(StateChanged, lambda event: event.state == "paused")
    talk.send(Watch({"logits.y": Wanted()}))
    assert talk.wait_for(Observed).shape == (32, 10)


def test_tensors_inside_a_block_can_be_watched(talk: Any, digits: Make, tmp_path: Path) -> None:
    talk.start()
    talk.send(Watch({"hidden/kernel": Wanted()}))
    talk.train(digits(), tmp_path)
    assert talk.wait_for(Observed).shape == (64, 16)


def test_evaluation_computes_what_is_drawn(talk: Any, digits: Make) -> None:
    project = digits()
    talk.start()
    talk.send(Watch({"logits.y": Wanted()}))
    talk.send(Evaluate(1, project_to_bytes(project)))
    assert talk.wait_for(Observed).shape == (32, 10)
    assert set(talk.wait_for(Evaluated).computed) == set(project.graph.nodes) - {"adam"}
    talk.send(Evaluate(2, project_to_bytes(project), targets=("between",)))
    assert talk.wait_for(Evaluated).computed == ("digits", "flatten", "between")
    talk.send(Watch({"flatten.y": Wanted()}))
    assert talk.wait_for(Observed).shape == (32, 64)


def test_only_the_newest_evaluation_is_answered_for_sure(talk: Any, digits: Make) -> None:
    talk.start()
    content = project_to_bytes(digits())
    for request in range(50):
        talk.send(Evaluate(request, content))
    talk.wait_for(Evaluated, lambda event: event.request == 49)


def test_evaluation_uses_what_training_made(talk: Any, digits: Make, tmp_path: Path) -> None:
    content = project_to_bytes(digits())
    talk.start()
    talk.send(Watch({"loss.loss": Wanted()}))
    talk.send(Evaluate(1, content))
    before = talk.wait_for(Observed).statistics.mean
    talk.train(digits(epochs=3), tmp_path)
    checkpoint = talk.wait_for(Finished).checkpoint
    talk.send(Evaluate(2, content, variables=checkpoint))
    after = talk.wait_for(Observed).statistics.mean
    assert after < before
    talk.send(Evaluate(3, content))
    assert talk.wait_for(Observed).statistics.mean == before


def test_variables_are_written_where_they_are_wanted(talk: Any, digits: Make, tmp_path: Path) -> None:
    talk.start()
    talk.train(digits(epochs=1), tmp_path)
    checkpoint = talk.wait_for(Finished).checkpoint
    path = tmp_path / "variables.safetensors"
    talk.send(ReadVariables(1, str(path), checkpoint))
    assert not talk.wait_for(Variables).problem
    assert read_variables(path)["hidden/kernel"].shape == (64, 16)
    talk.send(ReadVariables(2, str(tmp_path / "none" / "v.safetensors"), checkpoint))
    assert "Cannot write" in talk.wait_for(Variables).problem


def test_a_plane_that_cannot_be_shown_is_explained(talk: Any, digits: Make, tmp_path: Path) -> None:
    talk.start()
    talk.send(Boundary(True))
    talk.train(digits(epochs=1), tmp_path)
    talk.wait_for(Finished)
    assert any("two features" in event.text for event in talk.events if hasattr(event, "text"))


PARENT = """
import sys, threading
from pathlib import Path
from engine.worker.client import WorkerClient
from engine.worker.messages import Train
project, folder, faults = map(Path, sys.argv[1:])
told = threading.Event()
client = WorkerClient(told.set, preload=[faults])
client.start()
while len(client.pids) < 2:
    list(client.poll())
    told.wait(0.01)
client.send(Train(project.read_bytes(), str(folder)))
print(*client.pids, flush=True)
threading.Event().wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("kind", ["", "gil_held", "python_loop"])
def test_no_process_outlives_its_parent(digits: Make, with_fault: Make, tmp_path: Path, kind: str) -> None:
    content, run = tmp_path / "project.json", tmp_path / "run"
    run.mkdir()
    content.write_bytes(project_to_bytes(with_fault(kind, after=0) if kind else digits()))
    root = str(Path(__file__).parents[2])
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(content), str(run), str(FAULTS)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
        text=True,
    )
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 30
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "the engine outlives its parent"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
