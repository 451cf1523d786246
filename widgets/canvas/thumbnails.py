"""Thumbnails in nodes and watch cards: pictures, heat map, bars, sparkline, or one number."""

from __future__ import annotations

import math
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPainterPath, QPixmap, QTransform

from widgets import theme
from widgets.canvas import ink
from widgets.canvas.looks import Bars, Figure, HeatMap, Pictures, Sparkline, ThumbnailLook

PICTURE, GAP = 34.0, 7.0

# Pixmaps and bars live as long as the thumbnail they were made from.
_pixmaps: WeakKeyDictionary[Pictures | HeatMap, tuple[QPixmap, ...]] = WeakKeyDictionary()
_bars: WeakKeyDictionary[Bars, tuple[QRectF, list[QRectF], list[QRectF]]] = WeakKeyDictionary()


def paint_thumbnail(painter: QPainter, look: ThumbnailLook, room: QRectF, scale: float) -> None:
    """Paints a thumbnail into a room that is shown at a scale."""
    if isinstance(look, Pictures):
        _paint_pictures(painter, look, room, scale)
    elif isinstance(look, HeatMap):
        _stamp(painter, room, _pixmaps_of(look)[0])
    elif isinstance(look, Bars):
        _paint_bars(painter, look, room)
    elif isinstance(look, Sparkline):
        _paint_sparkline(painter, look, room)
    else:
        painter.setFont(ink.font("field value"))
        painter.setPen(ink.pen(theme.current().text))
        painter.drawText(
            room, Qt.AlignmentFlag.AlignCenter, ink.elide("field value", look.text, room.width())
        )


def card_size(look: ThumbnailLook | None) -> tuple[float, float]:
    """The room that a watch card gives to a thumbnail."""
    if look is None:
        return 0.0, 0.0
    if isinstance(look, Pictures) and look.images:
        height = _card_picture_height(look.images[0])
        widths = [height * image.shape[1] / max(image.shape[0], 1) for image in look.images]
        return min(sum(widths) + GAP * (len(widths) - 1), 220.0), height
    if isinstance(look, HeatMap):
        rows, columns = look.rgb.shape[:2]
        return (90.0, 12.0) if rows == 1 else (90.0, min(max(90.0 * rows / max(columns, 1), 12.0), 38.0))
    if isinstance(look, Figure):
        return max(64.0, ink.text_width("field value", look.text)), 18.0
    return 76.0, 24.0


def _card_picture_height(image: NDArray[np.uint8]) -> float:
    """A single row of pixels is a strip, everything else a picture."""
    return 12.0 if image.shape[0] == 1 else PICTURE


def _paint_pictures(painter: QPainter, look: Pictures, room: QRectF, scale: float) -> None:
    """As many pictures as fit, spread over the width."""
    maps = _pixmaps_of(look)
    # Enlarged, a pixel is a square; made smaller, it would only flicker.
    shrunk = bool(maps) and maps[0].height() > room.height() * scale
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
    height = _picture_height(maps, room)
    widths = [height * max(pixmap.width(), 1) / max(pixmap.height(), 1) for pixmap in maps]
    count = len(maps)
    while count > 1 and sum(widths[:count]) + 3 * (count - 1) > room.width() + 0.5:
        count -= 1
    spare = room.width() - sum(widths[:count])
    gap = min(spare / (count - 1), 10.0) if count > 1 else 0.0
    x = room.left() + (spare - gap * (count - 1)) / 2
    y = room.top() + (room.height() - height) / 2
    for pixmap, width in zip(maps[:count], widths, strict=False):
        _stamp(painter, QRectF(x, y, min(width, room.width()), height), pixmap)
        x += width + gap
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)


def _stamp(painter: QPainter, rect: QRectF, pixmap: QPixmap) -> None:
    """Paints a picture with round corners: as the texture of a rounded rectangle."""
    place = QTransform.fromTranslate(rect.left(), rect.top())
    place.scale(rect.width() / max(pixmap.width(), 1), rect.height() / max(pixmap.height(), 1))
    texture = QBrush(pixmap)
    texture.setTransform(place)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(texture)
    painter.drawRoundedRect(rect, 3, 3)


def _picture_height(maps: tuple[QPixmap, ...], room: QRectF) -> float:
    """Up to 34 px, a little less if that shows one picture more."""
    height = min(room.height(), PICTURE)
    shares = [pixmap.width() / max(pixmap.height(), 1) for pixmap in maps]
    for count in range(len(shares), 1, -1):
        fitting = (room.width() - 3 * (count - 1)) / sum(shares[:count])
        if fitting >= 0.8 * height:
            return min(height, fitting)
    return height


def _paint_bars(painter: QPainter, look: Bars, room: QRectF) -> None:
    """Bars from zero; negative values hang below the line."""
    known = _bars.get(look)
    if known is None or known[0] != room:
        known = _bars[look] = (room, *_bar_rects(look, room))
    _, plain, marked = known
    skin = theme.current()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.brush(ink.mix(skin.curve(0), skin.raised, 0.25)))
    painter.drawRects(plain)
    if marked:
        painter.setBrush(ink.brush(skin.accent))
        painter.drawRects(marked)


def _bar_rects(look: Bars, room: QRectF) -> tuple[list[QRectF], list[QRectF]]:
    """The plain bars, and the highlighted one."""
    values = [value if math.isfinite(value) else 0.0 for value in look.values]
    high, low = max([0.0, *values]), min([0.0, *values])
    scale = (room.height() - 1) / ((high - low) or 1.0)
    zero = room.top() + high * scale
    step = room.width() / max(len(values), 1)
    width = max(step * 0.78, 0.5) if step > 2 else step
    plain: list[QRectF] = []
    marked: list[QRectF] = []
    for i, value in enumerate(values):
        top = zero - max(value, 0.0) * scale
        bar = QRectF(room.left() + step * i + (step - width) / 2, top, width, max(abs(value) * scale, 1.0))
        (marked if i == look.highlight else plain).append(bar)
    return plain, marked


def _paint_sparkline(painter: QPainter, look: Sparkline, room: QRectF) -> None:
    """The run of a value; a gap where it is not a number, a dot at the newest."""
    finite = [value for value in look.values if math.isfinite(value)]
    if not finite:
        return
    low, high = min(finite), max(finite)
    span = (high - low) or 1.0
    room = room.adjusted(2, 4, -3, -4)
    step = room.width() / max(len(look.values) - 1, 1)
    path = QPainterPath()
    pen_down = False
    last = QPointF()
    for i, value in enumerate(look.values):
        if not math.isfinite(value):
            pen_down = False
            continue
        last = QPointF(room.left() + step * i, room.bottom() - (value - low) / span * room.height())
        if pen_down:
            path.lineTo(last)
        else:
            path.moveTo(last)
        pen_down = True
    hue = theme.current().curve(0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(ink.pen(hue, 1.5))
    painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.brush(hue))
    painter.drawEllipse(last, 2.5, 2.5)


def _pixmaps_of(look: Pictures | HeatMap) -> tuple[QPixmap, ...]:
    made = _pixmaps.get(look)
    if made is None:
        arrays = look.images if isinstance(look, Pictures) else (look.rgb,)
        made = _pixmaps[look] = tuple(_pixmap(array) for array in arrays)
    return made


def _pixmap(array: NDArray[np.uint8]) -> QPixmap:
    """A pixmap of a grey (2-D) or coloured (rows x columns x 3) array."""
    data = np.ascontiguousarray(array, dtype=np.uint8)
    grey = data.ndim == 2
    kind = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    image = QImage(data.tobytes(), data.shape[1], data.shape[0], data.strides[0], kind)
    return QPixmap.fromImage(image.copy())
