"""Icons: SVG files tinted in a colour, rendered once per name, colour, size and device pixel ratio."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import resources


def category_icon(category: str) -> str:
    """The icon name of a category on screen; an unknown one gets the plug."""
    name = f"category-{category.lower()}"
    return name if name in _names() else "port-plug"


def pixmap(name: str, colour: str, size: int, ratio: float = 0.0) -> QPixmap:
    """The icon as a square pixmap of `size` logical px; ratio 0 means that of the sharpest screen."""
    if ratio <= 0.0:
        app = QGuiApplication.instance()
        ratio = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
    return _render(name, colour, size, ratio)


def icon(name: str, colour: str, disabled: str = "", size: int = 16) -> QIcon:
    """The icon for Qt's own buttons and menus, with an optional colour for the disabled state."""
    result = QIcon(pixmap(name, colour, size))
    if disabled:
        result.addPixmap(pixmap(name, disabled, size), QIcon.Mode.Disabled)
    return result


def paint(painter: QPainter, name: str, colour: str, left: float, top: float, size: int) -> None:
    """Draws the icon at a place, sharp at the scale that is painted in."""
    scale = abs(painter.deviceTransform().m11())  # the screen's ratio and the zoom of a canvas
    ratio = min(max(math.ceil(scale * 2) / 2, 1.0), 8.0)
    image = pixmap(name, colour, size, ratio)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(QRectF(left, top, size, size), image, QRectF(image.rect()))


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(resources.icon_names())


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return resources.icon_path(name).read_text(encoding="utf-8")


@lru_cache(maxsize=2048)
def _render(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    svg = _source(name).replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    side = max(1, round(size * ratio))
    result = QPixmap(side, side)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result
