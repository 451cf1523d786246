"""The recorder: it takes everything in without waiting, and all of it reaches the disk in order."""

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from engine.telemetry import recorder as module
from engine.telemetry.events import Scalar
from engine.telemetry.reader import RunReader
from engine.telemetry.recorder import Recorder
from engine.telemetry.runs import RunLogError
from engine.telemetry.store import RunWriter

Losses = Callable[..., list[Scalar]]
NEVER = 1e6


def steps(writer: RunWriter) -> list[int]:
    reader = RunReader(writer.folder)
    reader.poll()
    return list(map(int, reader.series("train", "loss").steps))


def test_all_events_are_on_disk_after_close(writer: RunWriter, losses: Losses) -> None:
    recorder = Recorder(writer, interval=0.001)
    for event in losses(1, 5000):
        recorder.record(event)
    recorder.close()
    writer.finish("finished")
    assert steps(writer) == list(range(1, 5001))
    assert recorder.problem is None and recorder.lost == 0


def test_flush_waits_until_the_disk_has_it(writer: RunWriter, losses: Losses) -> None:
    recorder = Recorder(writer, interval=NEVER)
    for event in losses(1, 10):
        recorder.record(event)
    assert steps(writer) == []
    recorder.flush()
    assert steps(writer) == list(range(1, 11))
    recorder.close()
    writer.close()


def test_events_of_several_threads_all_arrive(writer: RunWriter) -> None:
    recorder = Recorder(writer, interval=0.001)

    def record(tag: str) -> None:
        for step in range(1, 1001):
            recorder.record(Scalar(tag, "train", step, 0, 0.0, 1.0))

    threads = [threading.Thread(target=record, args=(f"t{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.close()
    writer.close()
    reader = RunReader(writer.folder)
    reader.poll()
    for number in range(4):
        assert reader.series("train", f"t{number}").steps.tolist() == list(range(1, 1001))


def test_a_full_disk_does_not_stop_training_and_is_tried_again(
    writer: RunWriter, losses: Losses, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()
    real_write = os.write

    def write(descriptor: int, data: Any) -> int:
        failed.set()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", write)
    recorder = Recorder(writer, interval=0.001)
    for event in losses(1, 10):
        recorder.record(event)
    assert failed.wait(10)
    with pytest.raises(RunLogError, match="no space left on device"):
        recorder.flush()
    monkeypatch.setattr(os, "write", real_write)
    for event in losses(11, 20):
        recorder.record(event)
    recorder.close()
    writer.close()
    assert steps(writer) == list(range(1, 21))


def test_what_cannot_wait_any_more_is_counted(
    writer: RunWriter, losses: Losses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 5)
    recorder = Recorder(writer, interval=NEVER)
    for event in losses(1, 8):
        recorder.record(event)
    assert recorder.lost == 3
    recorder.close()
    writer.close()
    assert steps(writer) == [1, 2, 3, 4, 5]
