"""What one plot shows right now, worked out before anything is painted."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from widgets.curves import ticks
from widgets.curves.frame import LEAD, Frame, tick_count, whole_range, x_ticks, y_range, y_ticks
from widgets.curves.lines import CurveLine
from widgets.curves.looks import CurveSettings
from widgets.curves.pyramid import BoolArray, FloatArray
from widgets.curves.series import Picked
from widgets.curves.spread import spread

LABEL_HEIGHT = 17
LABEL_GAP = 9
LONGEST_NAME = 96.0
MOST_POINTS = 2000
_EDGE = 8
_TICK_GAP = 8

Measure = Callable[[str, str], float]
"""The width of a text in the font of a role."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """A curve: x values, and heights as shares of the y range; `faint` is the unsmoothed one behind."""

    line: CurveLine
    x: FloatArray
    y: FloatArray
    joined: BoolArray
    faint: bool


@dataclass(frozen=True)
class End:
    """The newest point of a curve, and its value in words."""

    line: CurveLine
    x: float
    y: float
    value: str


@dataclass(frozen=True)
class Drawing:
    """Everything of a plot but the colours. Left of it are `axis` px, right of it `margin` px for labels."""

    frame: Frame
    axis: int
    margin: int
    x_ticks: list[tuple[float, str]]
    y_ticks: list[tuple[float, str]]
    strokes: tuple[Stroke, ...]
    ends: tuple[End, ...]
    newest: float | None


@dataclass(frozen=True)
class Reading:
    """One row of the values under the cursor. `y` is NaN where the curve has a gap."""

    line: CurveLine
    value: str
    measured: str
    y: float


def build(
    lines: tuple[CurveLine, ...],
    settings: CurveSettings,
    zoom: tuple[float, float] | None,
    size: tuple[float, float],
    measure: Measure,
) -> Drawing:
    """Work out ranges, ticks, thinned curves and ends of a plot.

    `size` is the width of curves, y axis and labels together, and the height of curves alone.
    """
    width, height = size
    left, right = zoom or whole_range([line.series for line in lines], settings.x_axis)
    limit = int(min(max(2 * width, 200), MOST_POINTS))

    def pick(line: CurveLine, smoothed: bool) -> Picked:
        return line.series.pick(settings.x_axis, left, right, limit, smoothed, settings.log_y)

    drawn = [pick(line, True) for line in lines]
    behind = {line: pick(line, False) for line in lines if line.series.smoothing}
    most = tick_count(height)
    frame = Frame(
        left, right, *y_range(drawn, list(behind.values()), most, settings.log_y), log_y=settings.log_y
    )
    y_labels = y_ticks(frame, most)
    axis = _EDGE + math.ceil(max([28.0, *(measure(label, "axis") for _, label in y_labels)])) + _TICK_GAP
    margin = round(min(_margin(lines, measure, width - axis, zoom is not None), 0.4 * width))
    strokes = [_stroke(line, picked, frame, True) for line, picked in behind.items()]
    strokes += [_stroke(line, picked, frame, False) for line, picked in zip(lines, drawn, strict=True)]
    return Drawing(
        frame,
        axis,
        margin,
        x_ticks(frame, settings, width - axis - margin),
        y_labels,
        tuple(strokes),
        _ends(lines, settings, frame),
        _newest(lines, settings),
    )


def readings(lines: tuple[CurveLine, ...], settings: CurveSettings, frame: Frame, x: float) -> list[Reading]:
    """Return the value of every curve that has a point near x, the topmost first."""
    rows = []
    for line in lines:
        index = line.series.nearest(settings.x_axis, x)
        if index is None:
            continue
        value, measured = float(line.series.smoothed[index]), float(line.series.measured[index])
        level = frame.level(value)
        height = frame.height(level) if math.isfinite(level) else math.nan
        behind = value_text(measured) if line.series.smoothing else ""
        rows.append(Reading(line, value_text(value), behind, height))
    return sorted(rows, key=lambda row: math.inf if math.isnan(row.y) else -row.y)


def place_text(lines: tuple[CurveLine, ...], settings: CurveSettings, x: float) -> str:
    """Return where the cursor is, in all three measures, by the first curve that has a point there."""
    for line in lines:
        index = line.series.nearest(settings.x_axis, x)
        if index is not None:
            step, epoch, seconds = (float(line.series.x(axis)[index]) for axis in ("steps", "epochs", "time"))
            return f"step {step:,.0f}  epoch {epoch:.1f}  {ticks.duration(seconds)}"
    return ""


def value_text(value: float) -> str:
    """Return a value in a width that does not change while it changes little."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Inf" if value > 0 else "-Inf"
    size = abs(value)
    if size != 0 and (size >= 1e5 or size < 1e-3):
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    return f"{value:.{3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0}f}"


def label_rows(wanted: list[float], top: float, bottom: float) -> list[float]:
    """Return the centres of the labels beside a plot, for as many from the first on as there is room for."""
    room = int((bottom - top + LABEL_HEIGHT) // LABEL_HEIGHT)
    return spread(wanted[:room], LABEL_HEIGHT, top - LABEL_HEIGHT / 2, bottom + LABEL_HEIGHT / 2)


def _stroke(line: CurveLine, picked: Picked, frame: Frame, faint: bool) -> Stroke:
    return Stroke(line, picked.x, frame.heights(picked.y), picked.joined, faint)


def _margin(lines: tuple[CurveLine, ...], measure: Measure, width: float, zoomed: bool) -> float:
    """Return the room that labels need right of a plot; they begin in the lead if there is one."""
    names = [min(measure(line.label, "label"), LONGEST_NAME) for line in lines]
    values = [value_text(float(line.series.smoothed[-1])) for line in lines if len(line.series)]
    figures = max(measure(f" {text}", "field value") for text in ("0.000", *values))
    overhang = max(names, default=0.0) + figures + LABEL_GAP
    return overhang if zoomed else max(overhang - LEAD / (1 + LEAD) * (width - overhang), _EDGE)


def _newest(lines: tuple[CurveLine, ...], settings: CurveSettings) -> float | None:
    ends = [float(line.series.x(settings.x_axis)[-1]) for line in lines if len(line.series)]
    return max(ends, default=None)


def _ends(lines: tuple[CurveLine, ...], settings: CurveSettings, frame: Frame) -> tuple[End, ...]:
    """Return the newest points within the picture."""
    found = []
    for line in lines:
        index = line.series.newest(smoothed=True)
        if index is None:
            continue
        x = float(line.series.x(settings.x_axis)[index])
        level = frame.level(float(line.series.smoothed[index]))
        if frame.left <= x <= frame.right and frame.bottom <= level <= frame.top:
            text = value_text(float(line.series.smoothed[-1]))
            found.append(End(line, x, frame.height(level), text))
    return tuple(found)
