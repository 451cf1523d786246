"""Painting that all controls share: rounded boxes, text that elides, the focus ring, floating shadows."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from widgets import theme

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter


def text_width(text: str, role: str) -> float:
    """The width of a text in the font of a role, in logical px."""
    return QFontMetricsF(theme.font(role)).horizontalAdvance(text)


def elided(text: str, role: str, width: float, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> str:
    """The text, shortened by an ellipsis if it is wider than `width`."""
    return QFontMetricsF(theme.font(role)).elidedText(text, mode, width)


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    role: str,
    colour: str,
    align: Qt.AlignmentFlag = LEFT,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> bool:
    """Draws one line, elided to the rectangle; says whether something was left out."""
    shown = elided(text, role, rect.width(), mode)
    painter.setFont(theme.font(role))
    painter.setPen(QColor(colour))
    painter.drawText(rect, align | Qt.TextFlag.TextSingleLine, shown)
    return shown != text


def draw_box(
    painter: QPainter, rect: QRectF, radius: float, fill: str, border: str = "", width: float = 1.0
) -> None:
    """Fills a rounded box; its border lies inside the rectangle and stays sharp."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
    if border:
        painter.setPen(QPen(QColor(border), width))
        inset = width / 2
        painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, radius, radius)


def draw_focus_ring(painter: QPainter, rect: QRectF, radius: float = theme.RADIUS_CONTROL) -> None:
    """Draws the 2 px accent ring of keyboard focus, inside the rectangle."""
    draw_box(painter, rect, radius, "", theme.current().accent, theme.FOCUS_RING)


def draw_field_frame(
    painter: QPainter, rect: QRectF, focused: bool, wrong: bool, enabled: bool = True
) -> None:
    """Draws the frame of a field: fill, hairline; accent and a soft halo under focus; error colour if wrong.

    The halo lies 2 px outside the rectangle.
    """
    now = theme.current()
    radius = theme.RADIUS_CONTROL
    signal = now.error if wrong else now.accent
    if focused:
        halo = rect.adjusted(-2, -2, 2, 2)
        draw_box(painter, halo, radius + 2, "", theme.with_alpha(signal, 0.35), 2)
    strong_edge = focused or wrong
    fill = now.raised if enabled else now.panel
    draw_box(painter, rect, radius, fill, signal if strong_edge else now.border, 1.5 if strong_edge else 1)


def draw_floating(painter: QPainter, rect: QRectF, radius: float, fill: str, border: str) -> None:
    """Draws a box that floats: a soft shadow of 0 4 16, approximated by stacked rings, then the box."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    shadow = QColor(theme.current().shadow)
    strength = shadow.alphaF()
    for spread in range(SHADOW, 0, -1):
        shadow.setAlphaF(strength * 0.11 * (1 - spread / (SHADOW + 1)))
        painter.setBrush(shadow)
        grown = rect.adjusted(-spread, -spread + 4, spread, spread + 4)
        painter.drawRoundedRect(grown, radius + spread, radius + spread)
    draw_box(painter, rect, radius, fill, border)


SHADOW = 10
"""How far the shadow of a floating box reaches; the widget keeps this margin (4 px more below)."""
