"""The last values of the watched ports: told to the window at a gentle rate, and kept to be looked into."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.worker import describe
from engine.worker.messages import Message, Observed, ReadPictures, ReadTile, Tile, Wanted

Array = NDArray[Any]

INTERVAL = 0.05
"""Values of watched ports are told twenty times a second at most."""
SHARE = 0.1
"""Watching takes no more than this share of the time, however large the tensors are."""


class Watching:
    """Observes values for the window."""

    def __init__(self, tell: Callable[[Message], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._clock = clock
        self._due = 0.0
        self._revision = 0
        self._kept: dict[str, tuple[int, Array]] = {}

    @property
    def due(self) -> bool:
        """Whether it is time to look again."""
        return self._clock() >= self._due

    def look(self, values: Mapping[str, Array], watched: Mapping[str, Wanted], step: int) -> None:
        """Tell what passed the watched ports. The arrays are copied: the next step overwrites them."""
        start = self._clock()
        for port, wanted in watched.items():
            if port in values:
                self._observe(port, np.array(values[port]), wanted, step)
        end = self._clock()
        self._due = end + max(INTERVAL, (end - start) / SHARE)

    def forget(self) -> None:
        """Drop all values: they belong to another graph."""
        self._kept.clear()
        self._due = 0.0

    def answer(self, query: ReadTile | ReadPictures) -> Tile:
        """A slice of a kept value, or why there is none."""
        if query.port not in self._kept:
            return Tile(query.request, 0, None, f"No value of {query.port} has been observed yet.")
        revision, array = self._kept[query.port]
        try:
            if isinstance(query, ReadTile):
                return Tile(query.request, revision, describe.tile(array, query))
            return Tile(query.request, revision, describe.entries(array, query.first, query.count))
        except ValueError as error:
            return Tile(query.request, revision, None, str(error))

    def _observe(self, port: str, array: Array, wanted: Wanted, step: int) -> None:
        self._revision += 1
        self._kept[port] = (self._revision, array)
        self._tell(
            Observed(
                port,
                self._revision,
                step,
                array.dtype.name,
                array.shape,
                describe.statistics(array) if wanted.statistics else None,
                describe.histogram(array) if wanted.histogram else None,
                describe.sample(array) if wanted.sample else None,
            )
        )
