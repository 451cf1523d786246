"""Callbacks: what a script or the window wants to do or decide between two steps of training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.errors import FlowscopeError
from engine.train.progress import EpochResult, Progress

if TYPE_CHECKING:
    from engine.train.trainer import Trainer


class Callback:
    """Base of all callbacks; each hook does nothing unless a subclass says otherwise.

    Between two steps, `trainer.state()` is the whole state of the run, and `trainer.stop(reason)` ends it.
    """

    def on_step(self, trainer: Trainer, progress: Progress) -> None:
        """Called after every step, those of validation and test included."""

    def on_epoch(self, trainer: Trainer, result: EpochResult) -> None:
        """Called after every epoch, when it has been validated."""

    def on_checkpoint(self, trainer: Trainer, path: Path) -> None:
        """Called when a checkpoint is safely on the disk."""

    def on_warning(self, trainer: Trainer, sentence: str) -> None:
        """Called with a sentence for the user when something went wrong that does not stop training."""


class EarlyStopping(Callback):
    """End training when a number has not become better for some epochs.

    It keeps no state of its own: all it needs is in the history, so that a resumed run ends where an
    uninterrupted one does.
    """

    def __init__(
        self,
        watch: str = "loss",
        *,
        patience: int = 3,
        min_change: float = 0.0,
        better: Literal["lower", "higher"] = "lower",
        split: Literal["train", "validation"] = "validation",
    ) -> None:
        self.watch = watch
        self.patience = patience
        self.min_change = min_change
        self.better = better
        self.split = split

    def on_epoch(self, trainer: Trainer, result: EpochResult) -> None:
        values = [self._value(found) for found in trainer.history.epochs]
        sign = 1.0 if self.better == "lower" else -1.0
        best, best_epoch = values[0], 0
        for epoch, value in enumerate(values):
            if sign * (best - value) > self.min_change:
                best, best_epoch = value, epoch
        waited = len(values) - 1 - best_epoch
        if waited >= self.patience:
            trainer.stop(
                f"{self.watch} ({self.split}) has not become better than {best:g} for {waited} epochs."
            )

    def _value(self, result: EpochResult) -> float:
        found = result.train if self.split == "train" else result.validation
        if self.watch not in found:
            raise FlowscopeError(
                f"Early stopping watches '{self.watch}' ({self.split}), "
                f"but only {', '.join(found) or 'nothing'} is computed.",
                hint="Watch the name of a loss or a metric.",
            )
        return found[self.watch]
