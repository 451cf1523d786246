"""The visible ranges of a plot and the ticks along them."""

import math
from dataclasses import dataclass

import numpy as np

from widgets.curves import ticks
from widgets.curves.looks import CurveSettings, XAxis
from widgets.curves.pyramid import FloatArray
from widgets.curves.series import Picked, Series

LEAD = 0.12
"""Share of the x range left free to the right of the newest point."""

_FAR = 50.0


@dataclass(frozen=True)
class Frame:
    """Ranges of a plot. With `log_y` the y range is in decimal logarithms."""

    left: float
    right: float
    bottom: float
    top: float
    log_y: bool = False

    def level(self, value: float) -> float:
        """Return where a value is on the y axis: itself, or its logarithm (NaN if there is none)."""
        if not self.log_y:
            return value
        return math.log10(value) if value > 0 else math.nan

    def heights(self, levels: FloatArray) -> FloatArray:
        """Return levels as shares of the y range, 0 at the bottom, kept near it.

        These are what is drawn: a loss of 1e15 would leave a matrix that Qt takes for singular, and lines
        that run far out of the picture are slow.
        """
        return np.clip((levels - self.bottom) / (self.top - self.bottom), -_FAR, _FAR)

    def height(self, level: float) -> float:
        """Return one level as a share of the y range."""
        return float(self.heights(np.array(level)))


def whole_range(series: list[Series], axis: XAxis) -> tuple[float, float]:
    """Return the x range that shows every point, from 0 where the data starts near it."""
    ends = [(float(x[0]), float(x[-1])) for x in (one.x(axis) for one in series) if x.size]
    if not ends:
        return 0.0, 1.0
    first, last = min(first for first, _ in ends), max(last for _, last in ends)
    if 0 <= first <= 0.1 * last:
        first = 0.0
    span = max(last - first, 1e-9 * max(abs(last), 1.0))
    if last == first:
        return first - 0.5, last + 0.5
    return first, last + LEAD * span


def y_range(drawn: list[Picked], behind: list[Picked], most: int, log_y: bool) -> tuple[float, float]:
    """Return a y range between round ticks around the drawn points.

    Of the faint points behind smoothed curves a few outliers may leave the picture, so that one bad batch
    does not flatten everything else.
    """
    parts = [picked.y for picked in drawn if picked.y.size]
    noisy = [picked.y for picked in behind if picked.y.size]
    parts += [np.percentile(np.concatenate(noisy), (2, 98))] if noisy else []
    if not parts:
        return (-1.0, 0.0) if log_y else (0.0, 1.0)
    low, high = float(min(part.min() for part in parts)), float(max(part.max() for part in parts))
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        pad = 0.5 if log_y else 0.1 * abs(high) or 1.0
        low, high = low - pad, high + pad
    if log_y:
        pad = 0.04 * (high - low)
        return low - pad, high + pad
    step = ticks.round_step(high - low, most)
    return math.floor(low / step + 1e-6) * step, math.ceil(high / step - 1e-6) * step


def x_ticks(frame: Frame, settings: CurveSettings, width: float) -> list[tuple[float, str]]:
    """Return positions and labels of the x axis, `width` px long."""
    most = max(2, int(width // 48))
    if settings.x_axis == "time":
        positions = ticks.time_ticks(frame.left, frame.right, most)
        return [(tick, ticks.duration(tick)) for tick in positions]
    whole = settings.x_axis == "steps"
    positions = (ticks.whole_ticks if whole else ticks.linear_ticks)(frame.left, frame.right, most)
    return list(zip(positions, ticks.tick_labels(positions), strict=True))


def y_ticks(frame: Frame, most: int) -> list[tuple[float, str]]:
    """Return heights and labels of the y axis."""
    if frame.log_y:
        levels = ticks.log_ticks(frame.bottom, frame.top, most)
        labels = ticks.log_labels(levels)
    else:
        levels = ticks.linear_ticks(frame.bottom, frame.top, most)
        labels = ticks.tick_labels(levels)
    return [(frame.height(level), label) for level, label in zip(levels, labels, strict=True)]


def tick_count(height: float) -> int:
    """Return how many steps between ticks a vertical axis has room for."""
    return max(2, int(height // 30))
