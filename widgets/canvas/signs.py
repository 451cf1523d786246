"""The marks of a node's state: badges, error, warning, breakpoint, running bar, bypass, sentence."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from widgets import icons, theme
from widgets.canvas import geometry, ink
from widgets.canvas.geometry import BADGE, HEADER, NodeShape
from widgets.canvas.looks import NodeLook
from widgets.canvas.mood import NodeMood, Surroundings

SIGNS = {"error": "sign-error", "warning": "sign-warning"}


def paint_signs(
    painter: QPainter, look: NodeLook, shape: NodeShape, mood: NodeMood, around: Surroundings
) -> None:
    """Paints everything that says a state; never by colour alone."""
    if around.detailed:
        _paint_badges(painter, look, shape, around)
    if look.state == "running" and mood.late and not look.collapsed:
        painter.fillRect(QRectF(1, HEADER, shape.width - 2, 2), ink.brush(theme.current().accent))
    if look.bypassed:
        _paint_bypass(painter, shape)
    if look.breakpoint != "none":
        _paint_breakpoint(painter, look, around)
    if shape.message and around.detailed:
        _paint_message(painter, look, shape)


def _paint_badges(painter: QPainter, look: NodeLook, shape: NodeShape, around: Surroundings) -> None:
    """From the left: error or warning, muted, device, kernel, open."""
    skin = theme.current()
    x = shape.badges_left + 2
    top = (geometry.PILL_HEIGHT - BADGE) / 2 if look.collapsed else 8.0
    sign = SIGNS.get(look.state)
    if sign:
        hue = skin.error if look.state == "error" else skin.warn
        _icon(painter, sign, hue, x - 1, top - 1, 14, around)
        x += BADGE + 4
    if look.collapsed:
        return
    if look.muted:
        _icon(painter, "badge-muted", skin.text2, x, top, 12, around)
        x += BADGE + 4
    for text in geometry.badge_texts(look, around.density):
        width = ink.text_width("shape", text) + 8
        painter.setPen(ink.pen(skin.text2, 0.75))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(x, top - 1, width, 14), 3, 3)
        painter.setFont(ink.font("shape"))
        painter.drawText(QPointF(x + 4, top + 9.5), text)
        x += width + 4
    if look.is_block:
        _icon(painter, "arrow-open", skin.text2, x + 1, top, 11, around)


def _icon(
    painter: QPainter, name: str, hue: str, left: float, top: float, side: int, around: Surroundings
) -> None:
    picture = icons.pixmap(name, hue, side, around.icon_ratio)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(QRectF(left, top, side, side), picture, QRectF(picture.rect()))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)


def _paint_bypass(painter: QPainter, shape: NodeShape) -> None:
    """A straight line from the first input to the first output: what enters is handed on."""
    if shape.inputs and shape.outputs:
        painter.setPen(ink.pen(theme.current().text2, 1.5))
        painter.drawLine(shape.inputs[0], shape.outputs[0])


def _paint_breakpoint(painter: QPainter, look: NodeLook, around: Surroundings) -> None:
    """A disc on the top left corner; a ring when it is off; an arrow when the run waits here."""
    skin = theme.current()
    disc = QRectF(-5, -5, 10, 10)
    painter.setPen(ink.pen(skin.error, 2))
    painter.setBrush(ink.brush(skin.canvas if look.breakpoint == "off" else skin.error))
    painter.drawEllipse(disc.adjusted(1, 1, -1, -1))
    if look.breakpoint == "paused":
        _icon(painter, "badge-paused-here", skin.warn, -22, -7, 14, around)


def _paint_message(painter: QPainter, look: NodeLook, shape: NodeShape) -> None:
    """The sentence below, on canvas colour so that wires do not run through it."""
    skin = theme.current()
    rect = shape.message_rect()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.brush(ink.soft(skin.canvas, 0.88)))
    painter.drawRoundedRect(rect, 6, 6)
    painter.setFont(ink.font("hint"))
    painter.setPen(ink.pen(skin.error if look.state == "error" else skin.warn))
    for i, line in enumerate(shape.message):
        painter.drawText(QPointF(rect.left() + 6, rect.top() + 15.5 + 16 * i), line)
