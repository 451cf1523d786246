"""The decision boundary: what a model of two features answers to every point of the plane."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import kernels
from engine.blocks.metrics import DecisionBoundary
from engine.errors import FlowscopeError
from engine.op import DataSource
from engine.spec import Spec
from engine.train.trainer import Trainer
from engine.worker.messages import Plane

MARGIN = 0.1
MOST_POINTS = 2000
"""So many examples of each part are told for the picture; more would hide what lies under them."""


class Answers:
    """Where a graph takes two features in, and what it answers before its loss."""

    def __init__(self, trainer: Trainer) -> None:
        self._session = trainer.session
        self.port, self._feed = _ends(trainer)
        columns: NDArray[Any] = trainer.examples.train[self._feed]
        low, high = columns.min(axis=0).astype(np.float64), columns.max(axis=0).astype(np.float64)
        room = MARGIN * np.maximum(high - low, 1e-6)
        self._low, self._high, self._dtype = low - room, high + room, columns.dtype
        self._points, self._labels, self._held_out = _examples(trainer, self._feed)

    def plane(self, resolution: int, step: int) -> Plane:
        """Ask the model about a grid of points."""
        across = np.linspace(self._low[0], self._high[0], resolution)
        up = np.linspace(self._low[1], self._high[1], resolution)
        points = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2).astype(self._dtype)
        prepared = self._session.prepare((self.port,), {self._feed: Spec(points.dtype.name, points.shape)})
        answers = kernels.to_host(prepared({self._feed: points}, peek=True)[self.port])
        return Plane(
            self.port,
            step,
            (float(self._low[0]), float(self._low[1])),
            (float(self._high[0]), float(self._high[1])),
            np.array(answers, np.float32).reshape(resolution, resolution, -1),
            self._points,
            self._labels,
            self._held_out,
        )


def _ends(trainer: Trainer) -> tuple[str, str]:
    """The port to ask, and the column of two features that it follows from.

    A drawn DecisionBoundary says which port; without one it is what enters the first loss.
    """
    graph, checked = trainer.graph, trainer.objective.checked
    marked = [(name, "logits") for name, op in checked.ops.items() if isinstance(op, DecisionBoundary)]
    losses = [(n, op.input_ports[0].name) for n, op in checked.ops.items() if op.category == "Loss"]
    for target in [*marked, *losses]:
        source = graph.wires.get(target)
        if source is None:
            continue
        upstream = graph.upstream([source[0]])
        feeds = [f for f in trainer.examples.feeds if f.partition(".")[0] in upstream]
        wanted = [f for f in feeds if trainer.examples.train[f].shape[1:] == (2,)]
        drawn = [n for n in upstream if isinstance(checked.ops.get(n), DataSource)]
        if len(wanted) == 1 and len(drawn) == 1:
            return ".".join(source), wanted[0]
    raise FlowscopeError(
        "There is no plane to show: the network does not take two numbers in, or has no loss.",
        hint="Use a data set with two features, such as Spirals.",
    )


def _examples(trainer: Trainer, feed: str) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Points, their labels, and which of them training does not see."""
    node = feed.partition(".")[0]
    parts = (trainer.examples.train, trainer.examples.test)
    labels = next(
        (
            f
            for f, c in parts[0].items()
            if f.partition(".")[0] == node and c.ndim == 1 and c.dtype.kind in "iub"
        ),
        None,
    )
    points = [part[feed][:MOST_POINTS] for part in parts]
    found = [
        np.zeros(len(p), np.int64) if labels is None else part[labels][:MOST_POINTS].astype(np.int64)
        for p, part in zip(points, parts, strict=True)
    ]
    held_out = np.repeat([False, True], [len(p) for p in points])
    return np.concatenate(points).astype(np.float32), np.concatenate(found), held_out
