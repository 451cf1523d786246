"""Does the jobs: trains, evaluates, and answers what is asked in between."""

from __future__ import annotations

import kernels
from engine.worker.desk import Desk, Query
from engine.worker.messages import Evaluate, Train


class Runner:
    """The engine at work for the window."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.device, self.gpu = kernels.choose("auto")

    def train(self, order: Train) -> None:
        """Train until the end, a stop or a failure, and tell which it was."""
        raise NotImplementedError

    def evaluate(self, order: Evaluate) -> None:
        """Compute the wanted nodes."""
        raise NotImplementedError

    def answer(self, query: Query) -> None:
        """Answer a question about values."""
        raise NotImplementedError
