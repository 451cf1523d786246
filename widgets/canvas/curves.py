"""The curve of a wire: control points, samples, distance, and the place where a leader meets it."""

from __future__ import annotations

import math
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

HANDLE_SHARE, MIN_HANDLE, MAX_HANDLE = 0.45, 26.0, 110.0
SAMPLES = 24
PIECES = 32

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


def pieces(points: Curve) -> list[tuple[QRectF, QPainterPath]]:
    """The curve in equal parts, each with its control box."""
    parts = [_between(points, i / PIECES, (i + 1) / PIECES) for i in range(PIECES)]
    return [(bounds(part), path(part)) for part in parts]


def _between(points: Curve, start: float, end: float) -> Curve:
    """The part of the curve between two parameters, a cubic as well."""
    a, d = point_at(points, start), point_at(points, end)
    third = (end - start) / 3
    return a, a + _velocity(points, start) * third, d - _velocity(points, end) * third, d


def _velocity(points: Curve, t: float) -> QPointF:
    u = 1 - t
    p, q, r, s = points
    return (q - p) * (3 * u * u) + (r - q) * (6 * u * t) + (s - r) * (3 * t * t)


def bounds(points: Curve) -> QRectF:
    """The box of the control points: the curve never leaves it."""
    xs = [point.x() for point in points]
    ys = [point.y() for point in points]
    return QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def point_at(points: Curve, t: float) -> QPointF:
    """The point at the parameter `t`, from 0 at the output to 1 at the input."""
    u = 1 - t
    a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
    p, q, r, s = points
    return QPointF(
        a * p.x() + b * q.x() + c * r.x() + d * s.x(), a * p.y() + b * q.y() + c * r.y() + d * s.y()
    )


def samples(points: Curve, count: int = SAMPLES) -> list[QPointF]:
    """Points along the curve, both ends included."""
    return [point_at(points, i / count) for i in range(count + 1)]


def distance(points: Curve, to: QPointF) -> float:
    """How far a point lies from the curve."""
    line = samples(points)
    return min(_to_segment(line[i], line[i + 1], to) for i in range(len(line) - 1))


def at_x(points: Curve, x: float) -> QPointF:
    """The point of the curve nearest to a vertical line; never within the ports at its ends."""
    ends = max(abs(points[3].x() - points[0].x()), abs(points[3].y() - points[0].y()), 1.0)
    inset = min(12.0 / ends, 0.4)
    inner = [point_at(points, inset + (1 - 2 * inset) * i / SAMPLES) for i in range(SAMPLES + 1)]
    for a, b in pairwise(inner):
        if min(a.x(), b.x()) <= x <= max(a.x(), b.x()) and a.x() != b.x():
            share = (x - a.x()) / (b.x() - a.x())
            return QPointF(x, a.y() + (b.y() - a.y()) * share)
    return min(inner, key=lambda point: abs(point.x() - x))


def walk(points: Curve, step: float) -> list[tuple[QPointF, float]]:
    """Points every `step` px along the curve, each with the direction of the wire there in radians."""
    line = samples(points, 48)
    result: list[tuple[QPointF, float]] = []
    left = step / 2
    for a, b in pairwise(line):
        dx, dy = b.x() - a.x(), b.y() - a.y()
        length = math.hypot(dx, dy)
        while length > 0 and left <= length:
            share = left / length
            result.append((QPointF(a.x() + dx * share, a.y() + dy * share), math.atan2(dy, dx)))
            left += step
        left -= length
    return result


def _to_segment(a: QPointF, b: QPointF, to: QPointF) -> float:
    dx, dy = b.x() - a.x(), b.y() - a.y()
    squared = dx * dx + dy * dy
    share = ((to.x() - a.x()) * dx + (to.y() - a.y()) * dy) / squared if squared else 0.0
    share = min(max(share, 0.0), 1.0)
    return math.hypot(a.x() + dx * share - to.x(), a.y() + dy * share - to.y())
