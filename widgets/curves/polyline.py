"""Turns arrays of points into Qt polygons without touching them one by one."""

import struct

import numpy as np
from PySide6.QtCore import QByteArray, QDataStream
from PySide6.QtGui import QPolygonF

from widgets.curves.pyramid import BoolArray, FloatArray


def polygons(x: FloatArray, y: FloatArray, joined: BoolArray) -> list[QPolygonF]:
    """Return one polygon for each run of joined points; a lone point becomes a short level line."""
    if not x.size:
        return []
    ends = np.append(np.flatnonzero(~joined[:-1]) + 1, x.size)
    starts = np.append(0, ends[:-1])
    return [_polygon(x[start:end], y[start:end]) for start, end in zip(starts, ends, strict=True)]


def _polygon(x: FloatArray, y: FloatArray) -> QPolygonF:
    if x.size == 1:
        x, y = np.array([x[0] - 1.0, x[0] + 1.0]), np.array([y[0], y[0]])
    # Qt's own serialised form of a polygon: a count, then big-endian pairs of doubles.
    points = np.stack([x, y], axis=1).astype(">f8")
    stream = QDataStream(QByteArray(struct.pack(">I", x.size) + points.tobytes()))
    polygon = QPolygonF()
    stream >> polygon
    return polygon
