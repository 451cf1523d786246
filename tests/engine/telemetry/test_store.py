"""Run folders: TensorBoard reads them, a kill loses nothing written, and a resume repeats nothing."""

import errno
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from engine.telemetry.events import Image, Scalar, Text, histogram_of
from engine.telemetry.messages import FILE_VERSION
from engine.telemetry.png import encode_png
from engine.telemetry.reader import RunReader
from engine.telemetry.runs import RunInfo, RunLogError, event_files, read_info
from engine.telemetry.store import RunWriter

Losses = Callable[..., list[Scalar]]


def accumulator(folder: Path) -> EventAccumulator:
    sizes = {"scalars": 0, "histograms": 0, "images": 0, "tensors": 0}
    return EventAccumulator(str(folder), size_guidance=sizes).Reload()


def steps(folder: Path, split: str = "train", tag: str = "loss") -> list[int]:
    reader = RunReader(folder)
    reader.poll()
    assert reader.damage == {}
    return list(map(int, reader.series(split, tag).steps))


def test_tensorboard_reads_scalars_of_both_splits(writer: RunWriter, losses: Losses) -> None:
    writer.write(losses(1, 30))
    writer.write(losses(10, 10, "validation"))
    writer.finish("finished")
    train = accumulator(writer.folder / "train")
    assert [(e.step, e.wall_time) for e in train.Scalars("loss")] == [(s, 1e9 + s) for s in range(1, 31)]
    assert [e.value for e in train.Scalars("loss")] == [np.float32(1 / s) for s in range(1, 31)]
    assert [(e.step, e.value) for e in train.Scalars("epoch")] == [(0, 0.0), (11, 1.0), (21, 2.0)]
    assert [e.step for e in accumulator(writer.folder / "validation").Scalars("loss")] == [10]
    assert train.file_version == float(FILE_VERSION.split(":")[1])


def test_tensorboard_reads_histograms_images_and_texts(writer: RunWriter) -> None:
    values = np.random.default_rng(0).normal(size=1000)
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    writer.write(
        [
            histogram_of(values, tag="kernel", split="train", step=5, epoch=0, wall_time=2.0),
            Image("filters", "train", 6, 0, 3.0, pixels),
            Text("words", "train", 7, 0, 4.0, "**bold** ü"),
        ]
    )
    writer.finish("finished")
    found = accumulator(writer.folder / "train")
    (histogram,) = found.Histograms("kernel")
    assert histogram.step == 5
    assert histogram.histogram_value.num == 1000
    assert sum(histogram.histogram_value.bucket) == 1000
    assert histogram.histogram_value.min == values.min()
    assert histogram.histogram_value.sum == pytest.approx(values.sum())
    (image,) = found.Images("filters")
    assert (image.width, image.height, image.step) == (5, 4, 6)
    assert image.encoded_image_string == encode_png(pixels)
    (text,) = found.Tensors("words")
    assert text.tensor_proto.string_val[0].decode() == "**bold** ü"
    assert found.SummaryMetadata("words").plugin_data.plugin_name == "text"
    assert "flowscope" in found.Tensors("project")[0].tensor_proto.string_val[0].decode()


def test_numbers_beyond_float32_and_none_at_all_are_written(writer: RunWriter) -> None:
    values = [1e300, -1e300, float("inf"), float("nan"), 1e-300]
    writer.write([Scalar("x", "train", i, 0, 0.0, value) for i, value in enumerate(values)])
    writer.close()
    found = [e.value for e in accumulator(writer.folder / "train").Scalars("x")]
    assert found[:3] == [np.inf, -np.inf, np.inf]
    assert np.isnan(found[3]) and found[4] == 0


def test_run_json_tells_how_the_run_ended(writer: RunWriter, info: RunInfo) -> None:
    assert read_info(writer.folder) == info
    writer.finish("failed", message="MatMul 'a': no.", test_results={"accuracy": 0.5})
    found = read_info(writer.folder)
    assert (found.state, found.message, found.test_results) == (
        "failed",
        "MatMul 'a': no.",
        {"accuracy": 0.5},
    )
    assert found.ended is not None and found.ended > info.started
    assert found.project == info.project


@pytest.mark.parametrize("checkpoint", [0, 1, 9, 10, 11, 25, 30, 99])
def test_a_resumed_run_equals_one_that_was_never_interrupted(
    tmp_path: Path, info: RunInfo, losses: Losses, checkpoint: int
) -> None:
    contents = []
    for name in ("whole", "resumed"):
        folder = tmp_path / name
        folder.mkdir()
        writer = RunWriter.create(folder, info)
        writer.write(losses(1, 30))
        writer.write(losses(10, 10, "validation"))
        if name == "resumed":
            writer.close()
            writer = RunWriter.resume(folder, checkpoint)
            writer.write(losses(checkpoint + 1, 30))
            if checkpoint < 10:
                writer.write(losses(10, 10, "validation"))
        writer.finish("finished")
        contents.append([event_files(folder / s)[0].read_bytes() for s in ("train", "validation")])
    assert contents[0] == contents[1]


def test_a_file_cut_off_anywhere_is_mended_by_the_resume(writer: RunWriter, losses: Losses) -> None:
    writer.write(losses(1, 12))
    writer.close()
    (path,) = event_files(writer.folder / "train")
    whole = path.read_bytes()
    for length in range(len(whole) - 150, len(whole)):
        path.write_bytes(whole[:length])
        kept = steps(writer.folder)
        assert kept == list(range(1, len(kept) + 1))
        resumed = RunWriter.resume(writer.folder, 12)
        resumed.write(losses(len(kept) + 1, 12))
        resumed.close()
        assert path.read_bytes() == whole


def test_a_damaged_record_is_mended_by_the_resume(writer: RunWriter, losses: Losses) -> None:
    writer.write(losses(1, 12))
    writer.close()
    (path,) = event_files(writer.folder / "train")
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    resumed = RunWriter.resume(writer.folder, 11)
    resumed.write(losses(12, 15))
    resumed.close()
    assert steps(writer.folder) == list(range(1, 16))
    assert read_info(writer.folder).state == "running"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("written", [0, 1, 50, 200])
def test_a_full_disk_loses_and_repeats_nothing(
    writer: RunWriter, losses: Losses, monkeypatch: pytest.MonkeyPatch, code: int, written: int
) -> None:
    writer.write(losses(1, 5))
    real_write = os.write
    left = written

    def write(descriptor: int, data: Any) -> int:
        nonlocal left
        if not left:
            raise OSError(code, os.strerror(code))
        count = real_write(descriptor, data[:left])
        left -= count
        return count

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write)
        with pytest.raises(RunLogError) as caught:
            writer.write(losses(6, 20))
        assert os.strerror(code).lower() in caught.value.what
        with pytest.raises(RunLogError):
            writer.write(losses(21, 25))
    writer.flush()
    writer.write(losses(26, 30))
    writer.close()
    assert steps(writer.folder) == list(range(1, 31))


RECORDS_WITHOUT_END = """
import os, sys
from pathlib import Path
from engine.telemetry.events import Scalar
from engine.telemetry.recorder import Recorder
from engine.telemetry.store import RunWriter

for line in sys.stdin:
    first = int(line) + 1
    child = os.fork()
    if child == 0:
        print(os.getpid(), flush=True)
        recorder = Recorder(RunWriter.resume(Path(sys.argv[1]), first - 1), interval=0.0005)
        for step in range(first, 1_000_000):
            recorder.record(Scalar("loss", "train", step, (step - 1) // 10, 1e9 + step, 1.0 / step))
            if step % 50 == 0:
                recorder.flush()
                print(step, flush=True)
    os.waitpid(child, 0)
    print("dead", flush=True)
"""


def test_killed_again_and_again_a_run_misses_and_repeats_no_step(writer: RunWriter) -> None:
    """Thirty times: a process goes on from its last checkpoint, and is killed while it records."""
    writer.close()
    chance = random.Random(8)
    checkpoint = 0
    command = [sys.executable, "-c", RECORDS_WITHOUT_END, str(writer.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None and server.stdout is not None
        for _ in range(30):
            print(checkpoint, file=server.stdin, flush=True)
            child = int(server.stdout.readline())
            for _ in range(chance.randrange(3)):
                checkpoint = int(server.stdout.readline())
            for _ in range(chance.randrange(50_000)):
                pass
            os.kill(child, signal.SIGKILL)
            while (word := server.stdout.readline().strip()) != "dead":
                checkpoint = int(word)
            found = steps(writer.folder)
            assert found == list(range(1, len(found) + 1))
            assert len(found) >= checkpoint
    assert checkpoint > 500
