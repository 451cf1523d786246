"""What runs have told so far: points of curves by series, ready to be drawn, and sentences of the log."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.worker.messages import Level, Point

MOST_SENTENCES = 1000
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NewPoints:
    """Points to be added to one curve, in four columns of equal length."""

    run: str
    tag: str
    split: str
    steps: Numbers
    epochs: Numbers
    seconds: Numbers
    values: Numbers


@dataclass(frozen=True)
class Sentence:
    """One line of the log. `at` is seconds since 1970."""

    at: float
    level: Level
    text: str


class Telemetry(QObject):
    """Gathers what is told between two repaints, and passes it on at once."""

    points_came = Signal(object)
    """NewPoints of one curve."""
    run_restarted = Signal(str, int)
    """A run goes on from a step: its points after that step will come again."""
    said = Signal(object)
    """A Sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sentences: deque[Sentence] = deque(maxlen=MOST_SENTENCES)
        self._run = ""
        self._waiting: dict[tuple[str, str], list[Point]] = {}

    def begin(self, run: str, step: int = 0) -> None:
        """Take what comes from now on as points of this run, which begins or goes on at a step."""
        self.flush()
        self._run = run
        if step:
            self.run_restarted.emit(run, step)

    def add(self, points: Iterable[Point]) -> None:
        """Take points in; they are passed on by `flush`."""
        for point in points:
            self._waiting.setdefault((point.tag, point.split), []).append(point)

    def flush(self) -> None:
        """Pass on what has gathered: one signal for each curve."""
        waiting, self._waiting = self._waiting, {}
        for (tag, split), points in waiting.items():
            columns = np.array([(p.step, p.epoch, p.seconds, p.value) for p in points], np.float64).T
            self.points_came.emit(NewPoints(self._run, tag, split, *columns))

    def say(self, level: Level, text: str, at: float | None = None) -> None:
        """Keep a sentence, and pass it on."""
        sentence = Sentence(time.time() if at is None else at, level, text)
        self.sentences.append(sentence)
        self.said.emit(sentence)

    def text(self) -> str:
        """The whole log, one sentence a line."""
        return "\n".join(f"{_clock(sentence.at)}  {sentence.text}" for sentence in self.sentences)


def _clock(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at))
