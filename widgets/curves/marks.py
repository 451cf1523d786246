"""Signs on curves: they tell curves of one colour apart, and show points that no line reaches."""

from dataclasses import dataclass

import numpy as np

from widgets.curves.drawing import Drawing, Stroke
from widgets.curves.pyramid import IntArray

_EVERY = 90.0


@dataclass(frozen=True)
class Mark:
    """A sign at a point of a stroke; `sign` is 0 for the bare point, else how often colours were used up."""

    stroke: Stroke
    index: int
    sign: int


def marks(drawing: Drawing, width: float) -> list[Mark]:
    """Return the signs of a plot of this width in pixels."""
    found = []
    for stroke in drawing.strokes:
        if stroke.faint or not stroke.x.size:
            continue
        found += [Mark(stroke, int(index), 0) for index in alone(stroke)]
        if stroke.line.marker:
            span = drawing.frame.right - drawing.frame.left
            column = np.floor((stroke.x - drawing.frame.left) * (width / span / _EVERY))
            first = np.flatnonzero(np.diff(column, prepend=column[0] - 1))
            found += [Mark(stroke, int(index), stroke.line.marker) for index in first]
    return found


def alone(stroke: Stroke) -> IntArray:
    """Return the points of a stroke that are joined with neither neighbour."""
    before = np.append(False, stroke.joined[:-1])
    after = np.append(stroke.joined[:-1], False)
    return np.flatnonzero(~before & ~after)
