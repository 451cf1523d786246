"""A min/max pyramid over growing values: few points that keep every extreme, for any visible range."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_FIRST = 8
_FACTOR = 2


class FloatGrower:
    """A one-dimensional float64 array that grows at its end without copying all of it each time."""

    def __init__(self) -> None:
        self._buffer = np.empty(64)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> FloatArray:
        """A view of what is there now."""
        return self._buffer[: self._size]

    def extend(self, values: FloatArray) -> None:
        """Append `values`."""
        end = self._size + values.size
        if end > self._buffer.size:
            grown = np.empty(max(end, 2 * self._buffer.size))
            grown[: self._size] = self.values
            self._buffer = grown
        self._buffer[self._size : end] = values
        self._size = end

    def truncate(self, size: int) -> None:
        """Forget everything from index `size` on."""
        self._size = min(size, self._size)


class Pyramid:
    """Values with, per level, the indices of the lowest and the highest value of each complete block.

    Level k has blocks of `_FIRST * _FACTOR**k` values. Only complete blocks are stored; the incomplete end is
    read from the level below, so adding a point costs a constant on average. A block without any finite value
    keeps its first index on both sides, and so shows as a gap.
    """

    def __init__(self) -> None:
        self._points = FloatGrower()
        self._levels: list[tuple[FloatGrower, FloatGrower]] = []

    def __len__(self) -> int:
        return len(self._points)

    @property
    def values(self) -> FloatArray:
        """All values."""
        return self._points.values

    def extend(self, values: FloatArray) -> None:
        """Append `values` and complete the blocks that they fill."""
        self._points.extend(values)
        level, size = 0, _FIRST
        while len(self) >= size and self._complete(level, size):
            level, size = level + 1, size * _FACTOR

    def truncate(self, size: int) -> None:
        """Forget the values from index `size` on."""
        self._points.truncate(size)
        block = _FIRST
        for lows, highs in self._levels:
            lows.truncate(size // block)
            highs.truncate(size // block)
            block *= _FACTOR

    def pick(self, start: int, stop: int, limit: int) -> IntArray:
        """Return about `limit` ascending indices in start..stop that keep the extremes and both ends."""
        start, stop = max(start, 0), min(stop, len(self))
        count = stop - start
        if count <= limit:
            return np.arange(start, max(stop, start))
        # Two points a block, and the ragged ends in blocks one level finer each.
        block, level = _FIRST, 0
        while 2 * (count // block) > limit - 2 and level + 1 < len(self._levels):
            block, level = block * _FACTOR, level + 1
        first, last = -(-start // block), stop // block
        lows, highs = (grower.values[first:last].astype(np.int64) for grower in self._levels[level])
        picked = [
            self._edge(start, min(first * block, stop)),
            np.stack([np.minimum(lows, highs), np.maximum(lows, highs)], axis=1).reshape(-1),
            self._edge(max(last * block, start), stop),
        ]
        indices: IntArray = np.sort(np.concatenate([[start], *picked, [stop - 1]]).astype(np.int64))
        return np.asarray(indices[np.append(True, np.diff(indices) > 0)])

    def _complete(self, level: int, size: int) -> bool:
        """Store the blocks of a level that have become complete; False when there were none."""
        if level == len(self._levels):
            self._levels.append((FloatGrower(), FloatGrower()))
        lows, highs = self._levels[level]
        done, ready = len(lows), len(self) // size
        if ready == done:
            return False
        if level == 0:
            base = np.arange(done * size, ready * size, size)
            blocks = self.values[done * size : ready * size].reshape(-1, size)
            finite = np.isfinite(blocks)
            low = base + np.where(finite, blocks, np.inf).argmin(axis=1)
            high = base + np.where(finite, blocks, -np.inf).argmax(axis=1)
        else:
            below = slice(done * _FACTOR, ready * _FACTOR)
            low = self._best(self._levels[level - 1][0].values[below], np.inf)
            high = self._best(self._levels[level - 1][1].values[below], -np.inf)
        lows.extend(low.astype(np.float64))
        highs.extend(high.astype(np.float64))
        return True

    def _best(self, indices: FloatArray, worst: float) -> IntArray:
        """Return, of each group of indices, the one whose value is farthest from `worst`."""
        groups = indices.astype(np.int64).reshape(-1, _FACTOR)
        values = self.values[groups]
        values = np.where(np.isfinite(values), values, worst)
        best = values.argmin(axis=1) if worst > 0 else values.argmax(axis=1)
        return np.asarray(groups[np.arange(len(groups)), best])

    def _edge(self, start: int, stop: int) -> IntArray:
        """Return the lowest and the highest index of a piece shorter than one block."""
        if stop <= start:
            return np.empty(0, np.int64)
        piece = self.values[start:stop]
        finite = np.isfinite(piece)
        if not finite.any():
            return np.array([start])
        low = start + int(np.where(finite, piece, np.inf).argmin())
        high = start + int(np.where(finite, piece, -np.inf).argmax())
        return np.array([low, high])
