"""The curve of a wire: one cubic with horizontal handles, and arithmetic on its polyline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

HANDLE_SHARE, MIN_HANDLE, MAX_HANDLE = 0.45, 26.0, 110.0
SAMPLES = 24
PORT_INSET = 12.0

Curve = tuple[QPointF, QPointF, QPointF, QPointF]


def curve(start: QPointF, end: QPointF) -> Curve:
    """The cubic from an output to an input, with horizontal handles."""
    handle = min(max(abs(end.x() - start.x()) * HANDLE_SHARE, MIN_HANDLE), MAX_HANDLE)
    return start, QPointF(start.x() + handle, start.y()), QPointF(end.x() - handle, end.y()), end


def path(points: Curve) -> QPainterPath:
    """The curve as a path."""
    made = QPainterPath(points[0])
    made.cubicTo(points[1], points[2], points[3])
    return made


def bounds(points: Curve) -> QRectF:
    """The box of the control points: the curve never leaves it."""
    xs = [point.x() for point in points]
    ys = [point.y() for point in points]
    return QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def part(points: Curve, start: float, end: float) -> Curve:
    """The part of the curve between two parameters, a cubic as well."""
    a, d = point_at(points, start), point_at(points, end)
    third = (end - start) / 3
    return a, a + _velocity(points, start) * third, d - _velocity(points, end) * third, d


def point_at(points: Curve, t: float) -> QPointF:
    """The point at the parameter `t`, from 0 at the output to 1 at the input."""
    u = 1 - t
    p, q, r, s = points
    return p * (u * u * u) + q * (3 * u * u * t) + r * (3 * u * t * t) + s * (t * t * t)


def samples(points: Curve, count: int = SAMPLES) -> list[QPointF]:
    """Points along the curve, both ends included."""
    return [point_at(points, i / count) for i in range(count + 1)]


def distance(line: Sequence[QPointF], to: QPointF) -> float:
    """How far a point lies from a polyline."""
    return min(_to_segment(a, b, to) for a, b in pairwise(line))


def length(line: Sequence[QPointF]) -> float:
    """How long a polyline is."""
    return sum(math.hypot(b.x() - a.x(), b.y() - a.y()) for a, b in pairwise(line))


def along(line: Sequence[QPointF], share: float) -> QPointF:
    """The point at a share of the polyline's length."""
    left = share * length(line)
    for a, b in pairwise(line):
        step = math.hypot(b.x() - a.x(), b.y() - a.y())
        if step >= left and step > 0:
            return a + (b - a) * (left / step)
        left -= step
    return line[-1]


def at_x(line: Sequence[QPointF], x: float, near_y: float = 0.0) -> QPointF:
    """Where a vertical line meets the polyline, nearest to a height; never on the ports at its ends."""
    low, high = sorted((line[0].x(), line[-1].x()))
    inset = min(PORT_INSET, (high - low) / 2)
    x = min(max(x, low + inset), high - inset)
    met: list[QPointF] = []
    for a, b in pairwise(line):
        if min(a.x(), b.x()) <= x <= max(a.x(), b.x()) and a.x() != b.x():
            met.append(QPointF(x, a.y() + (b.y() - a.y()) * (x - a.x()) / (b.x() - a.x())))
    if met:
        return min(met, key=lambda point: abs(point.y() - near_y))
    return along(line, 0.5)


def walk(line: Sequence[QPointF], step: float) -> list[tuple[QPointF, float]]:
    """Points every `step` px along the polyline, each with the direction there in radians."""
    result: list[tuple[QPointF, float]] = []
    left = step / 2
    for a, b in pairwise(line):
        dx, dy = b.x() - a.x(), b.y() - a.y()
        length = math.hypot(dx, dy)
        while length > 0 and left <= length:
            result.append((a + (b - a) * (left / length), math.atan2(dy, dx)))
            left += step
        left -= length
    return result


def _velocity(points: Curve, t: float) -> QPointF:
    u = 1 - t
    p, q, r, s = points
    return (q - p) * (3 * u * u) + (r - q) * (6 * u * t) + (s - r) * (3 * t * t)


def _to_segment(a: QPointF, b: QPointF, to: QPointF) -> float:
    dx, dy = b.x() - a.x(), b.y() - a.y()
    squared = dx * dx + dy * dy
    share = ((to.x() - a.x()) * dx + (to.y() - a.y()) * dy) / squared if squared else 0.0
    share = min(max(share, 0.0), 1.0)
    return math.hypot(a.x() + dx * share - to.x(), a.y() + dy * share - to.y())
