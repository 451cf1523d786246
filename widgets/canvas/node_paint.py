"""How a node looks: body, header, settings, ports, thumbnail, and its states."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap

from widgets import icons, theme
from widgets.canvas import geometry, ink
from widgets.canvas.geometry import HEADER, PORT_PADDING, TITLE_LEFT, NodeShape
from widgets.canvas.glyphs import paint_fold, paint_port, paint_small_port
from widgets.canvas.looks import NodeLook, PortLook
from widgets.canvas.mood import THUMBNAILS_FROM, NodeMood, Side, Surroundings
from widgets.canvas.shadows import paint_shadow
from widgets.canvas.signs import paint_signs
from widgets.canvas.thumbnails import paint_thumbnail

RADIUS = 8.0
FADED = 0.35
_PLAIN = Qt.BrushStyle.NoBrush
_NO_PEN = Qt.PenStyle.NoPen


def paint_node(
    painter: QPainter, look: NodeLook, shape: NodeShape, mood: NodeMood, around: Surroundings
) -> None:
    """Paints a node at its own origin."""
    dim = _opacity(look, around)
    if dim < 1.0:
        # Paler, but wires behind it do not shine through.
        painter.setPen(_NO_PEN)
        painter.setBrush(ink.brush(theme.current().canvas))
        painter.drawRoundedRect(shape.rect, _corner(look), _corner(look))
    painter.setOpacity(dim)
    _paint_surround(painter, look, shape, mood, around)
    _paint_body(painter, look, shape, mood)
    if not around.detailed:
        _paint_big_title(painter, look, shape)
    else:
        _paint_title(painter, look, shape, around)
        if not look.collapsed:
            _paint_settings(painter, look, shape, around)
            _paint_port_names(painter, look, shape, around)
    if around.pictured and shape.strip is not None and look.thumbnail is not None:
        paint_thumbnail(painter, look.thumbnail, shape.strip, around.scale)
    _paint_ports(painter, look, shape, mood, around)
    paint_signs(painter, look, shape, mood, around)


def _opacity(look: NodeLook, around: Surroundings) -> float:
    faded = 0.45 if look.muted or look.bypassed else 1.0
    return (0.6 if around.overlay == "gradients" else 1.0) * faded


def _corner(look: NodeLook) -> float:
    return geometry.PILL_HEIGHT / 2 if look.collapsed else RADIUS


def _paint_surround(
    painter: QPainter, look: NodeLook, shape: NodeShape, mood: NodeMood, around: Surroundings
) -> None:
    """What lies outside the body: shadow, depth edge, halo and focus ring."""
    skin = theme.current()
    rect, radius = shape.rect, _corner(look)
    casts = around.scale >= THUMBNAILS_FROM and not around.flat
    if casts and not look.muted and around.overlay != "gradients":
        paint_shadow(painter, rect)
    if look.is_block and around.detailed:
        painter.setPen(ink.pen(skin.border))
        painter.setBrush(ink.brush(ink.mix(skin.raised, skin.canvas, 0.45)))
        painter.drawRoundedRect(rect.adjusted(3, 3, -3, geometry.DEPTH), radius, radius)
    painter.setBrush(_PLAIN)
    if mood.selected:
        painter.setPen(ink.pen(ink.soft(skin.accent, 0.2), 4))
        painter.drawRoundedRect(rect.adjusted(-3, -3, 3, 3), radius + 3, radius + 3)
    if mood.focused:
        painter.setPen(ink.pen(skin.accent, 2, (4, 3)))
        off = 7 if mood.selected else 4
        painter.drawRoundedRect(rect.adjusted(-off, -off, off, off), radius + off, radius + off)


def _paint_body(painter: QPainter, look: NodeLook, shape: NodeShape, mood: NodeMood) -> None:
    skin = theme.current()
    radius = _corner(look)
    painter.setPen(_NO_PEN)
    if look.collapsed:
        painter.setBrush(ink.brush(ink.header(look.category)))
        painter.drawRoundedRect(shape.rect, radius, radius)
    else:
        painter.setBrush(ink.brush(skin.raised))
        painter.drawPath(_body_path(shape.width, shape.height))
        painter.setBrush(ink.brush(ink.header(look.category)))
        painter.drawPath(_header_path(shape.width))
    hue, width = skin.border, 1.0
    if mood.selected:
        hue, width = skin.accent, 2.0
    elif look.state == "error":
        hue, width = skin.error, 2.0
    elif look.state == "warning" or look.breakpoint == "paused":
        hue, width = skin.warn, 2.0
    elif mood.hovered:
        hue = skin.strong
    inset = 0.5 if width == 1.0 else 0.0
    painter.setBrush(_PLAIN)
    painter.setPen(ink.pen(hue, width))
    painter.drawRoundedRect(shape.rect.adjusted(inset, inset, -inset, -inset), radius, radius)


@lru_cache(maxsize=256)
def _header_path(width: float) -> QPainterPath:
    path = QPainterPath(QPointF(0, HEADER))
    path.lineTo(0, RADIUS)
    path.arcTo(0, 0, 2 * RADIUS, 2 * RADIUS, 180, -90)
    path.arcTo(width - 2 * RADIUS, 0, 2 * RADIUS, 2 * RADIUS, 90, -90)
    path.lineTo(width, HEADER)
    path.closeSubpath()
    return path


@lru_cache(maxsize=1024)
def _body_path(width: float, height: float) -> QPainterPath:
    """What lies below the header."""
    path = QPainterPath(QPointF(0, HEADER))
    path.lineTo(width, HEADER)
    path.arcTo(width - 2 * RADIUS, height - 2 * RADIUS, 2 * RADIUS, 2 * RADIUS, 0, -90)
    path.arcTo(0, height - 2 * RADIUS, 2 * RADIUS, 2 * RADIUS, 270, -90)
    path.closeSubpath()
    return path


def _paint_title(painter: QPainter, look: NodeLook, shape: NodeShape, around: Surroundings) -> None:
    skin = theme.current()
    icon = _icon(look.category, around.icon_ratio)
    painter.setFont(ink.font("node title", struck=look.muted))
    painter.setPen(ink.pen(skin.text))
    if look.collapsed:
        _paint_icon(painter, icon, 13, 7.5)
        room = shape.badges_left - 36
        painter.drawText(QPointF(36, 19.5), ink.elide("node title", look.name, room))
        return
    title, under = geometry.titles(look, around.density)
    _paint_icon(painter, icon, geometry.ICON_LEFT, (HEADER - geometry.ICON) / 2)
    room = shape.badges_left - TITLE_LEFT
    painter.drawText(QPointF(TITLE_LEFT, 18), ink.elide("node title", title, room))
    painter.setFont(ink.font("op name"))
    painter.setPen(ink.pen(skin.text2))
    painter.drawText(QPointF(TITLE_LEFT, 31.5), ink.elide("op name", under, shape.width - TITLE_LEFT - 6))


def _paint_big_title(painter: QPainter, look: NodeLook, shape: NodeShape) -> None:
    """The name alone, over the whole header."""
    painter.setFont(ink.font("big title", struck=look.muted))
    painter.setPen(ink.pen(theme.current().text))
    left = 14.0 if look.collapsed else geometry.PADDING
    baseline = 22.0 if look.collapsed else 27.0
    painter.drawText(QPointF(left, baseline), ink.elide("big title", look.name, shape.width - 2 * left))


def _paint_icon(painter: QPainter, icon: QPixmap, left: float, top: float) -> None:
    side = geometry.ICON
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(QRectF(left, top, side, side), icon, QRectF(icon.rect()))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)


def _icon(category: str, ratio: float) -> QPixmap:
    hue = theme.current().category_colour(category)
    return icons.pixmap(icons.category_icon(category), hue, int(geometry.ICON), ratio)


def _paint_settings(painter: QPainter, look: NodeLook, shape: NodeShape, around: Surroundings) -> None:
    """What differs from the defaults, and the time of the last run at the right."""
    skin = theme.current()
    baseline = HEADER + 15.5
    time = "" if around.density == "learn" else look.time_text
    if around.overlay == "time" and look.time_share is not None:
        time = f"{100 * look.time_share:.0f} %"
        painter.setPen(_NO_PEN)
        painter.setBrush(ink.brush(skin.accent))
        painter.drawRect(QRectF(1, HEADER - 3, (shape.width - 2) * min(look.time_share, 1.0), 3))
    right = shape.width - geometry.PADDING
    if time:
        width = ink.text_width("shape", time)
        painter.setFont(ink.font("shape"))
        painter.setPen(ink.pen(skin.text3))
        painter.drawText(QPointF(right - width, baseline), time)
        right -= width + 10
    if look.settings:
        painter.setFont(ink.font("settings line"))
        painter.setPen(ink.pen(skin.text2))
        room = right - geometry.PADDING
        painter.drawText(QPointF(geometry.PADDING, baseline), ink.elide("settings line", look.settings, room))


def _paint_port_names(painter: QPainter, look: NodeLook, shape: NodeShape, around: Surroundings) -> None:
    """Names beside the ports, the shape beside an output; experts see dtypes where there is room."""
    room = [shape.width - 2 * PORT_PADDING] * max(len(look.inputs), len(look.outputs))
    expert = around.density == "expert"
    for i, port in enumerate(look.outputs):
        y = shape.outputs[i].y() + 4
        beside = ink.text_width("label", look.inputs[i].name) + 8 if i < len(look.inputs) else 0.0
        name = ink.elide("label", port.name, max(room[i] - beside, 24.0))
        room[i] -= ink.text_width("label", name)
        right = PORT_PADDING + room[i]
        _write(painter, "label", name, right, y)
        facts = ink.elide("shape", port.shape_text, room[i] - beside - 5) if port.shape_text else ""
        dtype = geometry.short_dtype(port.dtype) if expert else ""
        longer = f"{dtype} {facts}".strip()
        if dtype and ink.text_width("shape", longer) + 5 <= room[i] - beside:
            facts = longer
        if len(facts) > 1 or facts == port.shape_text:
            room[i] -= ink.text_width("shape", facts) + 5
            _write(painter, "shape", facts, PORT_PADDING + room[i], y)
    for i, port in enumerate(look.inputs):
        y = shape.inputs[i].y() + 4
        name = ink.elide("label", port.name, room[i])
        _write(painter, "label", name, PORT_PADDING, y)
        width = ink.text_width("label", name) + 5
        dtype = geometry.short_dtype(port.dtype) if expert else ""
        if dtype and width + ink.text_width("shape", dtype) + 6 <= room[i]:
            _write(painter, "shape", dtype, PORT_PADDING + width, y)


def _write(painter: QPainter, role: str, text: str, x: float, y: float) -> None:
    """A port's name, or the paler fact beside it."""
    skin = theme.current()
    painter.setFont(ink.font(role))
    painter.setPen(ink.pen(skin.text if role == "label" else skin.text3))
    painter.drawText(QPointF(x, y), text)


def _paint_ports(
    painter: QPainter, look: NodeLook, shape: NodeShape, mood: NodeMood, around: Surroundings
) -> None:
    grown = 1.0 if mood.hovered else 0.0
    base = _opacity(look, around)
    sides: tuple[tuple[Side, tuple[PortLook, ...], tuple[QPointF, ...]], ...] = (
        ("input", look.inputs, shape.inputs),
        ("output", look.outputs, shape.outputs),
    )
    for side, ports, places in sides:
        for port, place in zip(ports, places, strict=True):
            fades = around.takes is not None and not around.takes((look.name, port.name, side))
            if fades:
                painter.setOpacity(base * FADED)
            if not around.detailed:
                paint_small_port(painter, port, place)
                painter.setOpacity(base)
                continue
            lit = (side, port.name) in mood.lit
            paint_port(painter, port, place, 1.5 if lit else grown, hollow=port.optional)
            if fades:
                painter.setOpacity(base)
    if shape.fold is not None and around.detailed:
        if around.takes is not None and not any(
            around.takes((look.name, port.name, "input")) for port in look.tucked
        ):
            painter.setOpacity(base * FADED)
        paint_fold(painter, shape.fold, look.unfolded, grown)
        painter.setOpacity(base)
