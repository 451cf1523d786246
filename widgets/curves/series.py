"""All points of one curve: x values of three kinds, measured and smoothed values, thinned for the screen."""

from dataclasses import dataclass

import numpy as np

from widgets.curves.looks import XAxis
from widgets.curves.pyramid import BoolArray, FloatArray, FloatGrower, Pyramid
from widgets.curves.smoothing import MovingAverage


@dataclass(frozen=True, eq=False)
class Picked:
    """Points to draw: finite only; `joined[i]` says whether point i is connected with point i + 1."""

    x: FloatArray
    y: FloatArray
    joined: BoolArray


class Series:
    """The growing points of one curve.

    Steps ascend. Points that come with a step already passed replace everything from that step on: the run
    has gone back to a checkpoint.
    """

    def __init__(self, smoothing: float = 0.0) -> None:
        self._x: dict[XAxis, FloatGrower] = {
            "steps": FloatGrower(),
            "epochs": FloatGrower(),
            "time": FloatGrower(),
        }
        self._measured = Pyramid()
        self._smoothed = Pyramid()
        self._average = MovingAverage(smoothing)

    def __len__(self) -> int:
        return len(self._measured)

    @property
    def smoothing(self) -> float:
        """The weight of the moving average; 0 means that only the measured values exist."""
        return self._average.weight

    @property
    def measured(self) -> FloatArray:
        """All values as they came."""
        return self._measured.values

    @property
    def smoothed(self) -> FloatArray:
        """All values after smoothing."""
        return self._smoothed.values if self.smoothing else self._measured.values

    def x(self, axis: XAxis) -> FloatArray:
        """All x values of one kind, ascending."""
        return self._x[axis].values

    def extend(self, steps: FloatArray, epochs: FloatArray, seconds: FloatArray, values: FloatArray) -> None:
        """Append points; the four arrays are equally long."""
        arrays = [np.atleast_1d(np.asarray(a, np.float64)) for a in (steps, epochs, seconds, values)]
        if len({array.shape for array in arrays}) != 1 or arrays[0].ndim != 1:
            found = ", ".join(str(array.shape) for array in arrays)
            raise ValueError(
                f"Points of a curve: steps, epochs, seconds and values have the shapes {found}. "
                "Give four vectors of one length."
            )
        steps, epochs, seconds, values = _newest_of_each_step(*arrays)
        if not steps.size:
            return
        self._go_back_to(float(steps[0]))
        for axis, fresh in zip(self._x, (steps, epochs, seconds), strict=True):
            grower = self._x[axis]
            before = grower.values[-1:] if len(grower) else fresh[:1]
            grower.extend(np.maximum.accumulate(np.concatenate([before, fresh]))[1:])
        self._measured.extend(values)
        if self.smoothing:
            self._smoothed.extend(self._average.extend(values))

    def smooth(self, weight: float) -> None:
        """Smooth all points anew with another weight."""
        if weight == self.smoothing:
            return
        self._average = MovingAverage(weight)
        self._smoothed = Pyramid()
        if weight:
            self._smoothed.extend(self._average.extend(self.measured))

    def pick(self, axis: XAxis, left: float, right: float, limit: int, smoothed: bool, log_y: bool) -> Picked:
        """Return at most about `limit` points between left and right, with one more on each side.

        Every extreme of the range and the newest point within it are among them. With `log_y` the values are
        decimal logarithms, and values that have none are gaps.
        """
        pyramid = self._smoothed if smoothed and self.smoothing else self._measured
        x = self.x(axis)
        start = int(np.searchsorted(x, left, side="left")) - 1
        stop = int(np.searchsorted(x, right, side="right")) + 1
        indices = pyramid.pick(start, stop, limit)
        return _finite(x[indices], pyramid.values[indices], log_y)

    def nearest(self, axis: XAxis, x: float) -> int | None:
        """Return the index of the point nearest to x, or None where this curve has no point there."""
        xs = self.x(axis)
        if not xs.size:
            return None
        after = int(np.clip(np.searchsorted(xs, x), 0, xs.size - 1))
        before = max(after - 1, 0)
        nearest = before if abs(xs[before] - x) <= abs(xs[after] - x) else after
        spacing = (xs[-1] - xs[0]) / max(xs.size - 1, 1)
        beyond = x > xs[-1] + spacing or x < xs[0] - spacing
        return None if beyond else nearest

    def newest(self, smoothed: bool) -> int | None:
        """Return the index of the newest point that can be drawn, or None without one."""
        values = self.smoothed if smoothed else self.measured
        # The end is looked at first, so that a long curve is not searched through at each refresh.
        for tail in (values[-64:], values):
            finite = np.flatnonzero(np.isfinite(tail))
            if finite.size:
                return int(values.size - tail.size + finite[-1])
        return None

    def _go_back_to(self, step: float) -> None:
        keep = int(np.searchsorted(self.x("steps"), step, side="left"))
        if keep == len(self):
            return
        for grower in self._x.values():
            grower.truncate(keep)
        self._measured.truncate(keep)
        if self.smoothing:
            self._average = MovingAverage(self.smoothing)
            self._smoothed = Pyramid()
            self._smoothed.extend(self._average.extend(self.measured))


def _newest_of_each_step(*arrays: FloatArray) -> list[FloatArray]:
    """Drop points without a step, and points whose step a later point of the batch repeats or undercuts."""
    steps = np.asarray(arrays[0])
    later = np.append(np.minimum.accumulate(np.where(np.isnan(steps), np.inf, steps)[::-1])[::-1][1:], np.inf)
    keep = np.isfinite(steps) & (steps < later)
    return [np.asarray(array)[keep] for array in arrays]


def _finite(x: FloatArray, y: FloatArray, log_y: bool) -> Picked:
    if log_y:
        y = np.where(y > 0, np.log10(np.where(y > 0, y, 1.0)), np.nan)
    finite = np.isfinite(y) & np.isfinite(x)
    kept = np.flatnonzero(finite)
    joined = np.append(np.diff(kept) == 1, True) if kept.size else np.empty(0, np.bool_)
    return Picked(x[kept], y[kept], joined)
