"""Read the event files of a run, ours or TensorBoard's own, and follow them while they grow."""

from __future__ import annotations

import os
from array import array
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.telemetry import messages
from engine.telemetry.frames import unframe
from engine.telemetry.messages import Number, Point
from engine.telemetry.runs import event_files, event_folders
from engine.telemetry.store import EPOCH_TAG

_PIECE = 8 * 1024 * 1024

Key = tuple[str, str]
"""A split (the name of the folder in the run) and a tag."""


@dataclass(frozen=True, eq=False)
class Series:
    """The points of one curve, in the order in which they were recorded."""

    steps: NDArray[np.int64]
    wall_times: NDArray[np.float64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.steps)


class RunReader:
    """What a run has recorded so far; `poll` reads what has come since.

    `generation` counts how often a file was found replaced or shortened (the run was resumed from a
    checkpoint): all that was read of the run was then read again. `damage` names files with a record that
    cannot be read, and where; what precedes it was read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.generation = 0
        self._forget()

    def poll(self, most_bytes: int | None = None) -> set[Key]:
        """Read what is new, at most about so many bytes; returns which series have got new points."""
        changed: set[Key] = set()
        for folder in event_folders(self.folder).values():
            for path in event_files(folder):
                if path not in self._files:
                    self._files[path] = _Followed(path)
        if any(file.was_replaced() for file, _ in self._with_splits()):
            self._forget()
            self.generation += 1
            return self.poll(most_bytes)
        left = most_bytes
        for file, split in self._with_splits():
            before = file.position
            for point in file.read(left):
                self._add((split, point.tag), point)
                changed.add((split, point.tag))
            if left is not None:
                left -= file.position - before
                if left <= 0:
                    break
        return changed

    @property
    def damage(self) -> dict[Path, str]:
        return {file.path: file.damage for file, _ in self._with_splits() if file.damage}

    def scalars(self) -> list[Key]:
        """The curves, sorted."""
        return sorted(self._steps)

    def others(self) -> list[Key]:
        """The series of histograms, images and texts, sorted."""
        return sorted(self._others)

    def series(self, split: str, tag: str, start: int = 0) -> Series:
        """The points of a curve from number `start` on; empty where there is no such curve."""
        key = (split, tag)
        if key not in self._steps:
            return Series(np.empty(0, np.int64), np.empty(0), np.empty(0))
        return Series(
            np.array(self._steps[key][start:], dtype=np.int64),
            np.array(self._times[key][start:], dtype=np.float64),
            np.array(self._values[key][start:], dtype=np.float64),
        )

    def points(self, split: str, tag: str, start: int = 0) -> list[Point]:
        """The histograms, images or texts of a tag from number `start` on."""
        return self._others.get((split, tag), [])[start:]

    def epochs(self, split: str, steps: NDArray[np.int64]) -> NDArray[np.int64]:
        """In which epoch each step lies; -1 where the run does not say."""
        known = self.series(split, EPOCH_TAG)
        if not len(known):
            return np.full(len(steps), -1, dtype=np.int64)
        index = np.searchsorted(known.steps, steps, side="right") - 1
        return np.where(index < 0, -1, known.values[index].astype(np.int64))

    def _forget(self) -> None:
        self._files: dict[Path, _Followed] = {}
        self._steps: dict[Key, array[int]] = {}
        self._times: dict[Key, array[float]] = {}
        self._values: dict[Key, array[float]] = {}
        self._others: dict[Key, list[Point]] = {}

    def _with_splits(self) -> list[tuple[_Followed, str]]:
        """The files in order, each with the name of the split that its folder stands for."""
        files = sorted(self._files.values(), key=lambda file: file.path)
        return [(file, "" if file.path.parent == self.folder else file.path.parent.name) for file in files]

    def _add(self, key: Key, point: Point) -> None:
        if not isinstance(point.value, Number):
            self._others.setdefault(key, []).append(point)
            return
        if key not in self._steps:
            self._steps[key], self._times[key], self._values[key] = array("q"), array("d"), array("d")
        self._steps[key].append(point.step)
        self._times[key].append(point.wall_time)
        self._values[key].append(point.value.value)


class _Followed:
    """One event file, and how far it was read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0
        self.damage = ""
        self._identity: tuple[int, int] | None = None
        self._plugins: dict[str, str] = {}

    def was_replaced(self) -> bool:
        """Whether another file has taken the name, or this one has lost what was read of it already."""
        try:
            found = self.path.stat()
        except OSError:
            return False
        identity = (found.st_dev, found.st_ino)
        return self._identity is not None and (identity != self._identity or found.st_size < self.position)

    def read(self, most_bytes: int | None) -> list[Point]:
        """The points that came since the last call."""
        points: list[Point] = []
        if self.damage:
            return points
        try:
            with self.path.open("rb") as file:
                found = os.fstat(file.fileno())
                self._identity = (found.st_dev, found.st_ino)
                portion = _PIECE if most_bytes is None else min(_PIECE, most_bytes)
                stop = found.st_size if most_bytes is None else self.position + most_bytes
                wanted = portion
                while self.position < stop:
                    file.seek(self.position)
                    data = file.read(wanted)
                    consumed = self._take(data, points)
                    if self.damage or (not consumed and len(data) < wanted):
                        break
                    # A record longer than a portion needs a larger one.
                    wanted = portion if consumed else 2 * wanted
        except OSError as error:
            self.damage = f"cannot be read: {(error.strerror or str(error)).lower()}"
        return points

    def _take(self, data: bytes, points: list[Point]) -> int:
        found = unframe(data)
        for payload in found.payloads:
            try:
                points.extend(messages.decode(payload, self._plugins))
            except ValueError as error:
                self.damage = f"{error}, near byte {self.position:,}"
                return 0
        self.position += found.consumed
        if found.damage:
            self.damage = f"{found.damage}, at byte {self.position:,}"
        return found.consumed
