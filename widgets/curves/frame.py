"""Where values land on the screen: the ranges of a plot, its rectangle in pixels, and zooming in x."""

import math
from dataclasses import dataclass

import numpy as np

from widgets.curves import ticks
from widgets.curves.looks import CurveSettings, XAxis
from widgets.curves.pyramid import FloatArray
from widgets.curves.series import Picked, Series

LEAD = 0.12
"""Share of the x range left free to the right of the newest point."""


@dataclass(frozen=True)
class Frame:
    """Ranges and rectangle of a plot. With `log_y` the y range is in decimal logarithms."""

    left: float
    right: float
    bottom: float
    top: float
    x0: float
    y0: float
    width: float
    height: float
    log_y: bool = False

    def x_pixels(self, x: FloatArray) -> FloatArray:
        """Return the horizontal positions of x values."""
        return self.x0 + (x - self.left) * (self.width / (self.right - self.left))

    def y_pixels(self, y: FloatArray) -> FloatArray:
        """Return the vertical positions of y values (logarithms under `log_y`), kept near the rectangle."""
        pixels = self.y0 + (self.top - y) * (self.height / (self.top - self.bottom))
        return np.clip(pixels, self.y0 - 2e4, self.y0 + 2e4)

    def x_pixel(self, x: float) -> float:
        """Return the horizontal position of one value."""
        return float(self.x_pixels(np.array(x)))

    def y_pixel(self, y: float) -> float:
        """Return the vertical position of one value (a logarithm under `log_y`)."""
        return float(self.y_pixels(np.array(y)))

    def x_value(self, pixel: float) -> float:
        """Return the x value at a horizontal position."""
        return self.left + (pixel - self.x0) * (self.right - self.left) / self.width

    def level(self, value: float) -> float:
        """Return what `y_pixel` takes for a value: itself, or its logarithm (NaN if there is none)."""
        if not self.log_y:
            return value
        return math.log10(value) if value > 0 else math.nan


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


def zoomed(range_: tuple[float, float], about: float, factor: float) -> tuple[float, float]:
    """Return the range shrunk (factor < 1) or grown about a value, never below what float64 tells apart."""
    left, right = range_
    smallest = max(abs(left), abs(right), 1e-9) * 1e-9
    factor = max(factor, smallest / (right - left))
    return about + (left - about) * factor, about + (right - about) * factor


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


def x_ticks(frame: Frame, settings: CurveSettings) -> tuple[list[float], list[str]]:
    """Return positions and labels of the x axis."""
    most = max(2, int(frame.width // 48))
    if settings.x_axis == "time":
        positions = ticks.time_ticks(frame.left, frame.right, most)
        return positions, [ticks.duration(tick) for tick in positions]
    whole = settings.x_axis == "steps"
    positions = (ticks.whole_ticks if whole else ticks.linear_ticks)(frame.left, frame.right, most)
    return positions, ticks.tick_labels(positions)


def y_ticks(frame: Frame) -> tuple[list[float], list[str]]:
    """Return positions (logarithms under `log_y`) and labels of the y axis."""
    most = tick_count(frame.height)
    if frame.log_y:
        positions = ticks.log_ticks(frame.bottom, frame.top, most)
        return positions, ticks.log_labels(positions)
    positions = ticks.linear_ticks(frame.bottom, frame.top, most)
    return positions, ticks.tick_labels(positions)


def tick_count(height: float) -> int:
    """Return how many steps between ticks a vertical axis has room for."""
    return max(2, int(height // 30))
