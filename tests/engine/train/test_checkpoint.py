"""Checkpoints: two are kept, damage is noticed, and a disk that is full does not end training."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.graph import GraphDef
from engine.project.durable import FileError
from engine.project.project import TrainingSettings
from engine.train import checkpoint
from engine.train.callbacks import Callback
from engine.train.checkpoint import Checkpoints
from engine.train.progress import EpochResult
from engine.train.state import TrainState
from engine.train.trainer import Trainer

STATE = TrainState(
    {"hidden/kernel": np.arange(6, dtype=np.float32).reshape(2, 3), "adam/step": np.array(4.0)},
    seed=3,
    epoch=1,
    batch=2,
    step=7,
    sums={"loss": (float("inf"), 16.0)},
    history=(EpochResult(1, {"loss": 0.1}, {"loss": float("nan")}),),
)


def at_step(step: int) -> TrainState:
    return replace(STATE, step=step)


def test_a_state_comes_back_bit_by_bit(tmp_path: Path) -> None:
    path = Checkpoints(tmp_path).write(STATE)
    found = checkpoint.read(path)
    assert found.digest() == STATE.digest()
    assert found.variables["hidden/kernel"].shape == (2, 3)
    assert found.variables["adam/step"].shape == ()


def test_the_last_two_are_kept(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "new" / "folder")
    paths = [checkpoints.write(at_step(step)) for step in (5, 9, 2)]
    assert checkpoints.paths() == paths[-2:]
    latest = checkpoints.latest()
    assert latest is not None
    assert (latest.state.step, latest.path, latest.warnings) == (2, paths[-1], ())


def test_where_nothing_was_saved_there_is_nothing_to_go_on_from(tmp_path: Path) -> None:
    assert Checkpoints(tmp_path / "nowhere").latest() is None


def test_a_damaged_checkpoint_is_passed_over_and_that_is_said(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    checkpoints.write(at_step(5))
    newest = checkpoints.write(at_step(9))
    newest.write_bytes(newest.read_bytes()[:-1])
    latest = checkpoints.latest()
    assert latest is not None
    assert latest.state.step == 5
    said = " ".join(latest.warnings)
    assert newest.name in said
    assert "damaged" in said
    assert "goes on from the checkpoint before it, at step 5" in said


def test_when_all_are_damaged_that_is_an_error(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    for step in (5, 9):
        checkpoints.write(at_step(step)).write_bytes(b"")
    with pytest.raises(FileError, match="Start the training again"):
        checkpoints.latest()


@given(data=st.data())
def test_any_changed_bit_and_any_lost_byte_is_noticed(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("checkpoints")
    path = Checkpoints(folder).write(STATE)
    content = bytearray(path.read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[position] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[position:]
    path.write_bytes(content)
    with pytest.raises(FileError, match="is damaged"):
        checkpoint.read(path)


@pytest.mark.parametrize("content", [b"", b"\0" * 64, checkpoint.encode(STATE)[:-8]], ids=len)
def test_a_file_that_is_no_checkpoint_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(FileError) as caught:
        checkpoint.decode(content, "The file")
    assert str(caught.value).startswith("The file")


def test_a_file_of_another_name_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(checkpoint.encode(STATE))
    with pytest.raises(FileError, match="not named as a checkpoint is"):
        checkpoint.read(path)
    assert Checkpoints(tmp_path).paths() == []


class Told(Callback):
    def __init__(self) -> None:
        self.saved: list[int] = []
        self.warnings: list[str] = []

    def on_checkpoint(self, trainer: Trainer, path: Path) -> None:
        self.saved.append(checkpoint.read(path).step)

    def on_warning(self, trainer: Trainer, sentence: str) -> None:
        self.warnings.append(sentence)


@pytest.mark.parametrize(("every", "steps"), [(1, [5, 10, 15]), (2, [10, 15]), (0, [15])])
def test_training_saves_as_often_as_wanted_and_at_its_end(
    every: int,
    steps: list[int],
    classifier: Callable[..., GraphDef],
    settings: TrainingSettings,
    tmp_path: Path,
) -> None:
    told = Told()
    settings = replace(settings, epochs=3, checkpoint_every=every)
    Trainer(classifier(), settings, checkpoints=Checkpoints(tmp_path), callbacks=[told]).fit()
    assert told.saved == steps
    assert told.warnings == []


def test_training_goes_on_when_a_checkpoint_cannot_be_written(
    classifier: Callable[..., GraphDef],
    settings: TrainingSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise FileError(
            f"Cannot write '{path}': no space left on device.", hint="Free some space on the disk."
        )

    told = Told()
    trainer = Trainer(classifier(), settings, checkpoints=Checkpoints(tmp_path), callbacks=[told])
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "durable_replace", full)
        history = trainer.fit()
    assert len(history.epochs) == 2
    assert told.saved == []
    assert len(told.warnings) == 2
    assert "no space left on device" in told.warnings[0]
    assert "Training goes on" in told.warnings[0]
    trainer.save()
    assert told.saved == [10]
