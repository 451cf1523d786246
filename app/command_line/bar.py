"""The progress bar of a training on the terminal."""

from __future__ import annotations

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from engine.worker import messages


class TrainingBar:
    """Shows where training stands, and the last value that was measured."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[step]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[last]}"),
            console=console,
        )
        self._task = self._bar.add_task("Starting", total=None, step="", last="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def tell_device(self, device: str, gpu: str) -> None:
        """Say where it runs, and why the GPU is off."""
        self._console.print(f"Device: {device}. {gpu}", soft_wrap=True)

    def advance(self, event: messages.Progress) -> None:
        """Show the epoch and the step."""
        self._bar.update(
            self._task,
            description=f"Epoch {event.epoch} of {event.epochs}",
            completed=event.step,
            total=event.steps,
            step=f"step {event.step:,} of {event.steps:,}",
        )

    def tell_last(self, event: messages.Scalars) -> None:
        """Show the newest point of a curve."""
        last = event.points[-1]
        self._bar.update(self._task, last=f"{last.split} {last.tag} {last.value:.4f}")
