"""The way of a wire: one curve, or around the nodes that a long one would hide behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from widgets.canvas import curves
from widgets.canvas.curves import Curve

Route = tuple[Curve, ...]
Obstacles = Callable[[QRectF], Iterable[QRectF]]
"""The bodies of the nodes that meet an area."""

LONG, FAR = 180.0, 6400.0
"""Only wires that go this far to the right make way for nodes."""

CLEARANCE, MIN_TURN, MAX_TURN = 28.0, 56.0, 110.0
LANE, LANES = 16.0, 3
BAND = 900.0
PIECES = 16
STUB, PORT_EDGE = 16.0, 5.5


def find(start: QPointF, end: QPointF, obstacles: Obstacles) -> Route:
    """The direct curve if it is free; else a lane below or above what is in the way, whichever is nearer."""
    direct = curves.curve(start, end)
    if not LONG <= end.x() - start.x() <= FAR:
        return (direct,)
    line = curves.samples(direct)
    area = QRectF(start, end).normalized().adjusted(8, -BAND, -8, BAND)
    bodies = [body for body in obstacles(area) if body.left() > start.x() and body.right() < end.x()]
    hidden = [body for body in bodies if any(body.contains(point) for point in line)]
    if not hidden:
        return (direct,)
    # Ports lie 22 px apart: wires from neighbouring ports get lanes beside each other, not one for all.
    clearance = CLEARANCE + LANE * (round(start.y() / 22.0) % LANES)
    below = _lane(max(body.bottom() for body in hidden) + clearance, bodies, clearance, 1)
    above = _lane(min(body.top() for body in hidden) - clearance, bodies, clearance, -1)
    # Below is a little better: sentences, names and bars live above.
    y = below if _detour(below, start, end) <= _detour(above, start, end) + CLEARANCE else above
    room = (end.x() - start.x()) / 2 - 20
    first = min(max(abs(y - start.y()) * 0.5, MIN_TURN), MAX_TURN, room)
    last = min(max(abs(y - end.y()) * 0.5, MIN_TURN), MAX_TURN, room)
    left, right = QPointF(start.x() + first, y), QPointF(end.x() - last, y)
    return curves.curve(start, left), curves.curve(left, right), curves.curve(right, end)


def through(start: QPointF, dots: Sequence[QPointF], end: QPointF) -> Route:
    """Curve after curve, level at every dot."""
    return tuple(curves.curve(a, b) for a, b in pairwise([start, *dots, end]))


def stubs(start: QPointF, end: QPointF) -> Route:
    """Only the ends of a wire that is named and not drawn, from the edge of each port."""
    edge, way = QPointF(PORT_EDGE, 0), QPointF(STUB, 0)
    return _straight(start + edge, start + way), _straight(end - way, end - edge)


def path(route: Route) -> QPainterPath:
    """The route as one path."""
    made = QPainterPath(route[0][0])
    for part in route:
        if part[0] != made.currentPosition():
            made.moveTo(part[0])
        made.cubicTo(part[1], part[2], part[3])
    return made


def bounds(route: Route) -> QRectF:
    """The box of all control points."""
    box = curves.bounds(route[0])
    for part in route[1:]:
        box = box.united(curves.bounds(part))
    return box


def line(route: Route) -> list[QPointF]:
    """Points along the route."""
    return [point for part in route for point in curves.samples(part)]


def pieces(route: Route) -> list[tuple[QRectF, QPainterPath]]:
    """The route in short parts, each with its control box."""
    parts = [curves.part(curve, i / PIECES, (i + 1) / PIECES) for curve in route for i in range(PIECES)]
    return [(curves.bounds(part), curves.path(part)) for part in parts]


def _straight(a: QPointF, b: QPointF) -> Curve:
    return a, a + (b - a) / 3, a + (b - a) * (2 / 3), b


def _lane(y: float, bodies: list[QRectF], clearance: float, direction: int) -> float:
    """The first height from `y` on, downwards or upwards, at which nothing is in the way."""
    blocked = True
    while blocked:
        blocked = False
        for body in bodies:
            if body.top() - CLEARANCE / 2 < y < body.bottom() + CLEARANCE / 2:
                y = body.bottom() + clearance if direction > 0 else body.top() - clearance
                blocked = True
    return y


def _detour(y: float, start: QPointF, end: QPointF) -> float:
    return abs(y - start.y()) + abs(y - end.y())
