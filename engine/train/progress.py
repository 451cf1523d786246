"""How far training is, and what has come of it: progress, the result of an epoch, the history of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.telemetry.events import Split


@dataclass(frozen=True)
class Progress:
    """Where training stands after one more step.

    `split` says what the step was for: training, validation at the end of an epoch, or the test at the end.
    `epoch` counts from 1; `step` is the number of training steps done since the run began. `scalars` are the
    numbers that this step computed. `seconds_left` is None as long as there is nothing to estimate it from.
    """

    split: Split
    epoch: int
    epochs: int
    step: int
    steps_total: int
    seconds: float
    seconds_left: float | None
    scalars: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class EpochResult:
    """The means of one epoch, weighted by the number of examples. `epoch` counts from 1."""

    epoch: int
    train: Mapping[str, float]
    validation: Mapping[str, float]


@dataclass(frozen=True)
class History:
    """What a training run gave: the results of its epochs, and the test at its end."""

    epochs: tuple[EpochResult, ...] = ()
    test: Mapping[str, float] = field(default_factory=dict)
    stopped: str = ""
    """Why training ended before its last epoch; empty when it did not."""

    def train(self, name: str) -> list[float]:
        """One number of the training part, epoch by epoch."""
        return [result.train[name] for result in self.epochs]

    def validation(self, name: str) -> list[float]:
        """One number of the validation part, epoch by epoch."""
        return [result.validation[name] for result in self.epochs]


class Means:
    """Means of scalars over the batches seen so far, each weighted by its number of examples."""

    def __init__(self, sums: Mapping[str, tuple[float, float]] | None = None) -> None:
        self.sums: dict[str, tuple[float, float]] = dict(sums or {})

    def add(self, scalars: Mapping[str, float], weight: int) -> None:
        for name, value in scalars.items():
            total, seen = self.sums.get(name, (0.0, 0.0))
            self.sums[name] = (total + value * weight, seen + weight)

    def result(self) -> dict[str, float]:
        return {name: total / seen for name, (total, seen) in self.sums.items()}
