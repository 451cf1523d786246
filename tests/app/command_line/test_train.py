"""`flowscope train`: to the end, with one JSON object, a run that TensorBoard reads, and kind endings."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from app.command_line import training
from app.document import edits
from engine.project.files import read_project, write_project
from engine.telemetry.runs import read_info

ROOT = str(Path(__file__).parents[3])
Demo = Callable[[str], Path]


def test_one_epoch_as_json(flowscope: Any, demo: Demo, tmp_path: Path) -> None:
    saved = tmp_path / "trained.flowscope"
    answer = flowscope(
        "train", demo("digits-mlp"), "--epochs", 1, "--seed", 3, "--device", "cpu", "--json", "--save", saved
    )
    assert (answer.code, answer.err) == (0, "")
    result = answer.json
    assert set(result) == {"test", "steps", "seconds", "run"}
    assert 0.0 < result["test"]["accuracy"] <= 1.0
    run = Path(result["run"])
    assert run.is_dir()
    assert read_info(run).state == "finished"
    found = EventAccumulator(str(next(run.rglob("*tfevents*")).parent))
    found.Reload()
    assert found.Tags()
    steps = [
        event.step
        for folder in {file.parent for file in run.rglob("*tfevents*")}
        for event in _scalars(folder, "loss")
    ]
    assert max(steps) == result["steps"]
    trained = read_project(saved)
    assert trained.variables
    assert trained.project.training.seed == 3
    fetched = flowscope("run", saved, "--fetch", "accuracy", "--json")
    assert fetched.json["accuracy"] == pytest.approx(result["test"]["accuracy"], abs=1e-6)


def _scalars(folder: Path, tag: str) -> list[Any]:
    """The scalars that TensorBoard itself finds in a folder."""
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0})
    events.Reload()
    tags = events.Tags()
    return [
        *(events.Scalars(tag) if tag in tags["scalars"] else ()),
        *(events.Tensors(tag) if tag in tags["tensors"] else ()),
    ]


def test_people_see_the_result_and_where_it_lies(flowscope: Any, demo: Demo) -> None:
    answer = flowscope("train", demo("linear-regression"), "--epochs", 1)
    assert answer.code == 0
    assert "test " in answer.out
    assert "Run folder: " in answer.out


@pytest.mark.parametrize("option", [("--epochs", 0), ("--epochs", -1), ("--seed", -1)])
def test_a_setting_that_cannot_be_is_refused(flowscope: Any, demo: Demo, option: tuple[str, int]) -> None:
    answer = flowscope("train", demo("digits-mlp"), *option, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert option[0].strip("-") in answer.err


def test_a_graph_with_nothing_to_train_fails(flowscope: Any, demo: Demo) -> None:
    answer = flowscope("train", demo("arithmetic"), "--json")
    assert (answer.code, answer.out) == (1, "")
    assert "nothing to train" in answer.err


def test_a_graph_with_problems_fails_and_names_the_node(flowscope: Any, demo: Demo, tmp_path: Path) -> None:
    project = read_project(demo("digits-mlp")).project
    project = edits.disconnect(project, ("logits", "x"))
    write_project(tmp_path / "a.flowscope", project)
    answer = flowscope("train", tmp_path / "a.flowscope", "--json")
    assert (answer.code, answer.out) == (1, "")
    assert "logits" in answer.err


def test_a_place_that_cannot_be_written_is_said_before_the_training(
    flowscope: Any, demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "_train", lambda *_: pytest.fail("it was trained all the same"))
    where = tmp_path / "no" / "such" / "folder" / "a.flowscope"
    answer = flowscope("train", demo("linear-regression"), "--epochs", 1, "--json", "--save", where)
    assert (answer.code, answer.out) == (2, "")
    assert "folder" in answer.err


def test_what_the_training_found_is_told_although_it_cannot_be_saved(
    flowscope: Any, demo: Demo, tmp_path: Path
) -> None:
    answer = flowscope("train", demo("linear-regression"), "--epochs", 1, "--json", "--save", tmp_path)
    assert answer.code == 1
    assert Path(answer.json["run"]).is_dir()
    assert str(tmp_path) in answer.err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal for one process")
def test_an_interruption_is_kind(demo: Demo, tmp_path: Path) -> None:
    """Ctrl+C ends the training after the present step, keeps what was reached, and says where."""
    child = subprocess.Popen(
        [sys.executable, "-m", "app", "train", str(demo("digits-mlp")), "--epochs", "100000"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": ROOT},
        text=True,
    )
    assert child.stderr is not None and child.stdout is not None
    while "Device" not in child.stderr.readline():
        pass
    child.send_signal(signal.SIGINT)
    out, err = child.communicate()
    assert child.returncode == 130
    assert "Traceback" not in err
    assert "interrupted" in err
    assert out == ""


def test_the_output_of_the_whole_program_is_one_object(demo: Demo) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "train", str(demo("linear-regression")), "--epochs", "1", "--json"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": ROOT},
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(json.loads(done.stdout)["run"]).is_dir()
