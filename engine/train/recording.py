"""What training writes into the log of a run: points of curves, and how the variables are spread."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from engine.project.project import TrainingSettings
from engine.telemetry.events import Event, Scalar, Split, histogram_of


class Recorder(Protocol):
    """The log of a run, as training sees it."""

    def record(self, event: Event) -> None:
        """Take one event in."""

    def flush(self) -> None:
        """Bring everything that was taken in to the disk."""


class Recording:
    """Decides what of a run is recorded; without a recorder, nothing is."""

    def __init__(
        self,
        recorder: Recorder | None,
        settings: TrainingSettings,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._recorder = recorder
        self._settings = settings
        self._wall_clock = wall_clock

    def step(self, scalars: Mapping[str, float], step: int, epoch: int) -> None:
        """Record the scalars of a training step, if it is one of those whose points are kept."""
        if step % self._settings.record_every == 0:
            self.scalars(scalars, "train", step, epoch)

    def scalars(self, scalars: Mapping[str, float], split: Split, step: int, epoch: int) -> None:
        if self._recorder is not None:
            now = self._wall_clock()
            for tag, value in scalars.items():
                self._recorder.record(Scalar(tag, split, step, epoch, now, value))

    def wants_histograms(self, epoch: int) -> bool:
        every = self._settings.histograms_every
        return self._recorder is not None and every > 0 and epoch % every == 0

    def histograms(self, variables: Mapping[str, NDArray[Any]], step: int, epoch: int) -> None:
        if self._recorder is not None:
            now = self._wall_clock()
            for tag, array in variables.items():
                self._recorder.record(
                    histogram_of(array, tag=tag, split="train", step=step, epoch=epoch, wall_time=now)
                )

    def flush(self) -> None:
        if self._recorder is not None:
            self._recorder.flush()
