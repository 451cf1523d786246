"""Write a run to its folder: one growing event file for each split, and `run.json`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from engine.project.durable import durable_replace, reason
from engine.telemetry import messages
from engine.telemetry.events import SPLITS, Event, Scalar, Split, Text
from engine.telemetry.frames import frame, unframe
from engine.telemetry.runs import RunInfo, RunLogError, State, event_files, read_info, write_info

EPOCH_TAG = "epoch"
"""The curve that says in which epoch a step lies: TensorBoard's events know only steps."""
PROJECT_TAG = "project"


class RunWriter:
    """Appends events to a run. Not for use by several threads at once: see `Recorder`.

    A write that fails is undone, and what it held stays queued: `flush` tries again.
    """

    def __init__(self, folder: Path, info: RunInfo, files: Mapping[Split, _EventFile]) -> None:
        self.folder = folder
        self.info = info
        self._files = dict(files)

    @classmethod
    def create(cls, folder: Path, info: RunInfo) -> RunWriter:
        """Begin a run in an empty folder."""
        write_info(folder, info)
        writer = cls(folder, info, {})
        document = json.dumps(info.project, indent=2, ensure_ascii=False)
        text = f"```json\n{document}\n```"
        writer.write([Text(PROJECT_TAG, "train", 0, 0, info.started, text)])
        return writer

    @classmethod
    def resume(cls, folder: Path, step: int) -> RunWriter:
        """Go on with a run from a checkpoint of `step`: what was recorded after that step is taken away.

        So no step is recorded twice, and what a crash cut off is mended.
        """
        files: dict[Split, _EventFile] = {}
        for split in SPLITS:
            for path in event_files(folder / split):
                files[split] = _EventFile.reopen(path, step)
        writer = cls(folder, replace(read_info(folder), state="running", ended=None, message=""), files)
        write_info(folder, writer.info)
        return writer

    def write(self, events: Iterable[Event]) -> None:
        """Queue events and write all that is queued; raises RunLogError when the disk does not take it."""
        for event in events:
            if event.split not in self._files:
                self._files[event.split] = _EventFile.create(self.folder / event.split, event.wall_time)
            self._files[event.split].queue(event)
        self.flush()

    def flush(self) -> None:
        """Write what is queued."""
        for file in self._files.values():
            file.flush()

    def sync(self) -> None:
        """Write what is queued and wait until the disk has it: call this before a checkpoint is saved."""
        for file in self._files.values():
            file.sync()

    def finish(
        self, state: State, *, message: str = "", test_results: Mapping[str, float] | None = None
    ) -> None:
        """End the run: write down how, and close the files."""
        self.info = replace(
            self.info,
            state=state,
            ended=time.time(),
            message=message,
            test_results=dict(test_results or self.info.test_results),
        )
        try:
            write_info(self.folder, self.info)
            self.sync()
        finally:
            self.close()

    def close(self) -> None:
        """Close the files without a word on how the run ended."""
        for file in self._files.values():
            file.close()
        self._files.clear()


class _EventFile:
    """One event file that grows by whole frames."""

    def __init__(self, path: Path, last_epoch: int | None = None) -> None:
        self._path = path
        self._last_epoch = last_epoch
        self._queued: list[bytes] = []
        self._ready = b""
        self._descriptor: int | None = None
        self._size = 0
        self._torn = False

    @classmethod
    def create(cls, folder: Path, wall_time: float) -> _EventFile:
        """A new file, which appears on the disk with its first events."""
        # TensorBoard knows event files by the middle of the name, and sorts them by the number.
        file = cls(folder / f"events.out.tfevents.{int(wall_time):010d}.flowscope")
        file._queued.append(messages.version_message(wall_time))
        return file

    @classmethod
    def reopen(cls, path: Path, step: int) -> _EventFile:
        """Keep the whole events up to a step, and open the file to append to it."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise RunLogError(f"Cannot read '{path}': {reason(error)}.") from error
        kept = [payload for payload in unframe(content).payloads if messages.step_of(payload) <= step]
        framed = frame(kept)
        if framed != content:
            durable_replace(path, framed)
        return cls(path, _last_epoch(kept))

    def queue(self, event: Event) -> None:
        """Take an event in; where a new epoch begins, the step at which it does is recorded as well."""
        if event.epoch != self._last_epoch:
            self._last_epoch = event.epoch
            epoch = Scalar(EPOCH_TAG, event.split, event.step, event.epoch, event.wall_time, event.epoch)
            self._queued.append(messages.encode(epoch))
        self._queued.append(messages.encode(event))

    def flush(self) -> None:
        """Append what is queued; if that fails, all of it is written again by the next call."""
        self._ready += frame(self._queued)
        self._queued.clear()
        if not self._ready:
            return
        try:
            descriptor = self._opened()
            if self._torn:
                os.ftruncate(descriptor, self._size)
            self._torn = True
            rest = memoryview(self._ready)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            self._torn = False
        except OSError as error:
            raise self._error(error) from error
        self._size += len(self._ready)
        self._ready = b""

    def sync(self) -> None:
        """Append what is queued, and wait until the disk has it."""
        self.flush()
        try:
            if self._descriptor is not None:
                os.fsync(self._descriptor)
        except OSError as error:
            raise self._error(error) from error

    def close(self) -> None:
        """Close the file; what is still queued is given up."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _opened(self) -> int:
        if self._descriptor is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(self._path, flags, 0o644)
            self._size = os.fstat(self._descriptor).st_size
        return self._descriptor

    def _error(self, error: OSError) -> RunLogError:
        return RunLogError(
            f"Cannot write '{self._path}': {reason(error)}.",
            hint="What was recorded is kept for another try.",
        )


def _last_epoch(payloads: list[bytes]) -> int | None:
    """The epoch that was recorded last."""
    tag = EPOCH_TAG.encode()
    for payload in reversed(payloads):
        if tag in payload:
            for point in messages.decode(payload, {}):
                if point.tag == EPOCH_TAG and isinstance(point.value, messages.Number):
                    return int(point.value.value)
    return None
