"""The soft shadow of what floats, out of nine slices of one small picture."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from widgets import theme

BLUR, OFFSET = 12.0, 4.0
_SLICE = 24
_SIDE = 2 * _SLICE + 1


def paint_shadow(painter: QPainter, rect: QRectF) -> None:
    """Paints the shadow of a body; only its rim, for the body hides the rest."""
    picture = _picture(theme.current().shadow)
    outer = rect.adjusted(-BLUR, OFFSET - BLUR, BLUR, OFFSET + BLUR)
    piece = min(float(_SLICE), outer.height() / 2, outer.width() / 2)
    xs = (outer.left(), outer.left() + piece, outer.right() - piece)
    ys = (outer.top(), outer.top() + piece, outer.bottom() - piece)
    widths = (piece, outer.width() - 2 * piece, piece)
    heights = (piece, outer.height() - 2 * piece, piece)
    sources = (0.0, float(_SLICE), float(_SLICE + 1))
    lengths = (float(_SLICE), 1.0, float(_SLICE))
    for row in range(3):
        for column in range(3):
            if row == 1 and column == 1:
                continue
            painter.drawPixmap(
                QRectF(xs[column], ys[row], widths[column], heights[row]),
                picture,
                QRectF(sources[column], sources[row], lengths[column], lengths[row]),
            )


@lru_cache(maxsize=4)
def _picture(shadow: str) -> QPixmap:
    """The shadow of a small square: smooth ramps from the rim inwards."""
    ramp = np.clip((np.arange(_SIDE) + 0.5) / _SLICE, 0.0, 1.0)
    ramp = np.minimum(ramp, ramp[::-1])
    ramp = ramp * ramp * (3.0 - 2.0 * ramp)
    colour = QColor(shadow)
    alpha = np.outer(ramp, ramp) * colour.alphaF()
    pixels = np.empty((_SIDE, _SIDE, 4), dtype=np.uint8)
    pixels[..., 0] = np.round(colour.red() * alpha)
    pixels[..., 1] = np.round(colour.green() * alpha)
    pixels[..., 2] = np.round(colour.blue() * alpha)
    pixels[..., 3] = np.round(255 * alpha)
    image = QImage(pixels.tobytes(), _SIDE, _SIDE, 4 * _SIDE, QImage.Format.Format_RGBA8888_Premultiplied)
    return QPixmap.fromImage(image.copy())
