"""What one plot shows right now, worked out in pixels before anything is painted."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from widgets.curves import ticks
from widgets.curves.frame import Frame, tick_count, whole_range, x_ticks, y_range, y_ticks
from widgets.curves.lines import CurveLine
from widgets.curves.looks import CurveSettings
from widgets.curves.pyramid import BoolArray, FloatArray
from widgets.curves.series import Picked
from widgets.curves.spread import spread

TITLE = 30
BOTTOM = 24
EDGE = 12
LABEL_HEIGHT = 17
LABEL_GAP = 9
LONGEST_NAME = 96.0
MOST_POINTS = 2000

Measure = Callable[[str, str], float]
"""The width of a text in the font of a role."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """A curve in pixels; `faint` is the unsmoothed one behind."""

    line: CurveLine
    x: FloatArray
    y: FloatArray
    joined: BoolArray
    faint: bool


@dataclass(frozen=True)
class End:
    """The newest point of a curve, and its label in one column with the others, if there is room for it."""

    line: CurveLine
    x: float
    y: float
    value: str
    label: tuple[float, float] | None


@dataclass(frozen=True)
class Drawing:
    """Everything of a plot but the colours."""

    frame: Frame
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    strokes: tuple[Stroke, ...]
    ends: tuple[End, ...]
    newest: float | None


@dataclass(frozen=True)
class Reading:
    """One row of the values under the cursor."""

    line: CurveLine
    value: str
    measured: str
    y: float


def build(
    lines: tuple[CurveLine, ...],
    settings: CurveSettings,
    zoom: tuple[float, float] | None,
    size: tuple[int, int],
    measure: Measure,
) -> Drawing:
    """Work out ranges, ticks, thinned curves and labels of a plot of this size."""
    width, height = size
    left, right = zoom or whole_range([line.series for line in lines], settings.x_axis)
    inner = max(float(height - TITLE - BOTTOM), 1.0)
    limit = int(min(max(2 * width, 200), MOST_POINTS))

    def pick(line: CurveLine, smoothed: bool) -> Picked:
        return line.series.pick(settings.x_axis, left, right, limit, smoothed, settings.log_y)

    drawn = [pick(line, True) for line in lines]
    behind = {index: pick(line, False) for index, line in enumerate(lines) if line.series.smoothing}
    bottom, top = y_range(drawn, list(behind.values()), tick_count(inner), settings.log_y)
    frame = Frame(left, right, bottom, top, 0.0, float(TITLE), float(width), inner, settings.log_y)
    y_positions, y_labels = y_ticks(frame)
    x0 = EDGE + max([28.0, *(measure(label, "axis") for label in y_labels)]) + 8
    overhang = _label_width(lines, measure) + LABEL_GAP
    margin = overhang if zoom else max(overhang - 0.107 * (width - x0 - overhang), EDGE)
    plot_width = max(width - x0 - min(margin, 0.4 * width), 1.0)
    frame = Frame(left, right, bottom, top, x0, float(TITLE), plot_width, inner, settings.log_y)
    x_positions, x_labels = x_ticks(frame, settings)
    strokes = [_stroke(lines[index], picked, frame, True) for index, picked in behind.items()]
    strokes += [_stroke(line, picked, frame, False) for line, picked in zip(lines, drawn, strict=True)]
    return Drawing(
        frame,
        tuple((frame.x_pixel(x), label) for x, label in zip(x_positions, x_labels, strict=True)),
        tuple((frame.y_pixel(y), label) for y, label in zip(y_positions, y_labels, strict=True)),
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
        y = frame.y_pixel(level) if math.isfinite(level) else math.nan
        rows.append(
            Reading(line, value_text(value), value_text(measured) if line.series.smoothing else "", y)
        )
    return sorted(rows, key=lambda row: math.inf if math.isnan(row.y) else row.y)


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


def _stroke(line: CurveLine, picked: Picked, frame: Frame, faint: bool) -> Stroke:
    return Stroke(line, frame.x_pixels(picked.x), frame.y_pixels(picked.y), picked.joined, faint)


def _label_width(lines: tuple[CurveLine, ...], measure: Measure) -> float:
    names = [min(measure(line.label, "label"), LONGEST_NAME) for line in lines]
    values = [value_text(float(line.series.smoothed[-1])) for line in lines if len(line.series)]
    return max(names, default=0.0) + max(measure(f" {text}", "field value") for text in ("0.000", *values))


def _newest(lines: tuple[CurveLine, ...], settings: CurveSettings) -> float | None:
    ends = [float(line.series.x(settings.x_axis)[-1]) for line in lines if len(line.series)]
    return max(ends, default=None)


def _ends(lines: tuple[CurveLine, ...], settings: CurveSettings, frame: Frame) -> tuple[End, ...]:
    """Return the newest points within the picture, with labels as far as they fit."""
    found = []
    for line in lines:
        index = line.series.newest(smoothed=True)
        if index is None:
            continue
        x = float(line.series.x(settings.x_axis)[index])
        level = frame.level(float(line.series.smoothed[index]))
        if frame.left <= x <= frame.right and frame.bottom <= level <= frame.top:
            text = value_text(float(line.series.smoothed[-1]))
            found.append((line, frame.x_pixel(x), frame.y_pixel(level), text))
    room = int((frame.height + LABEL_HEIGHT) // LABEL_HEIGHT)
    low, high = frame.y0 - LABEL_HEIGHT / 2, frame.y0 + frame.height + LABEL_HEIGHT / 2
    places = spread([y for _, _, y, _ in found[:room]], LABEL_HEIGHT, low, high)
    column = max((x for _, x, _, _ in found), default=0.0) + LABEL_GAP
    labels = [*((column, y) for y in places), *[None] * (len(found) - len(places))]
    return tuple(End(*end, label) for end, label in zip(found, labels, strict=True))
