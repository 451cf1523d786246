"""Paints a worked-out drawing of a plot: grid, axes, curves, newest points, and the values at the cursor."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from widgets import theme
from widgets.controls.painting import CENTRE, LEFT, RIGHT, draw_box, draw_text, elided, text_width
from widgets.curves.drawing import EDGE, LABEL_HEIGHT, LONGEST_NAME, Drawing, End, Reading, Stroke
from widgets.curves.ink import label_ink
from widgets.curves.polyline import polygons

# Wide antialiased pens cost about ten times a thin one, so only this many points are drawn with one.
_WIDE_POINTS = 5000
_DASH = (5.0, 3.5)
_MARKER_EVERY = 90.0
# The box at the cursor shows names that the labels beside the plot have to shorten.
_LONGEST_READ = 220.0


def paint_plot(painter: QPainter, tag: str, drawing: Drawing) -> None:
    """Paint everything but the cursor."""
    now = theme.current()
    _paint_axes(painter, tag, drawing, now)
    frame = drawing.frame
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(QRectF(frame.x0, frame.y0 - 2, frame.width, frame.height + 4))
    wide = sum(stroke.x.size for stroke in drawing.strokes if not stroke.faint) <= _WIDE_POINTS
    faintness = 0.35 if len(drawing.strokes) <= 4 else 0.15
    for stroke in drawing.strokes:
        colour = QColor(now.curve(stroke.line.colour))
        colour.setAlphaF(faintness if stroke.faint else 1.0)
        _paint_stroke(painter, stroke, colour, 1.75 if wide and not stroke.faint else 1.0)
    painter.restore()


def paint_ends(painter: QPainter, drawing: Drawing) -> None:
    """Paint the newest point of each curve and the label beside it."""
    now = theme.current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for end in drawing.ends:
        paint_point(painter, now.curve(end.line.colour), QPointF(end.x, end.y), end.line.dashed)
    for end in drawing.ends:
        if end.label is not None:
            _paint_label(painter, end, *end.label, now)


def paint_point(painter: QPainter, colour: str, place: QPointF, ring: bool) -> None:
    """Paint a dot for training, a ring for validation."""
    painter.setPen(QPen(QColor(colour), 2.0) if ring else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.current().panel if ring else colour))
    painter.drawEllipse(place, 3.2, 3.2)


def paint_cursor_line(painter: QPainter, drawing: Drawing, x: float) -> None:
    """Paint the dotted vertical line at x pixels."""
    frame = drawing.frame
    if not frame.x0 <= x <= frame.x0 + frame.width:
        return
    pen = QPen(QColor(theme.current().strong), 1.0)
    pen.setDashPattern([1.0, 3.0])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(pen)
    painter.drawLine(QPointF(round(x), frame.y0), QPointF(round(x), frame.y0 + frame.height))


def paint_readings(painter: QPainter, drawing: Drawing, x: float, place: str, rows: list[Reading]) -> None:
    """Paint the values at the cursor, in a box beside it."""
    now, frame = theme.current(), drawing.frame
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for row in rows:
        if row.y == row.y:
            paint_point(painter, now.curve(row.line.colour), QPointF(x, row.y), row.line.dashed)
    line = 16
    fitting = rows[: max(1, int((frame.height + 20) // line) - 2)]
    hidden = len(rows) - len(fitting)
    names = [min(text_width(row.line.label, "label"), _LONGEST_READ) for row in fitting]
    values = [text_width(row.value, "field value") for row in fitting]
    behind = [text_width(row.measured, "axis") for row in fitting]
    figures = max(values, default=0.0) + (max(behind) + 10 if any(behind) else 0.0)
    inner = max(24 + max(names, default=0.0) + 16 + figures, text_width(place, "axis") + 1)
    size = (inner + 20, float(line * (1 + len(fitting) + bool(hidden)) + 14))
    box = _box_beside(drawing, x, size, [row.y for row in rows if row.y == row.y], painter.window().width())
    draw_box(painter, box, theme.RADIUS_CONTROL, theme.with_alpha(now.raised, 0.96), now.border)
    top, start, stop = box.top() + 6, box.left() + 10, box.right() - 10
    draw_text(painter, QRectF(start, top, inner, line), place, "axis", now.text3)
    edge = stop - (max(behind) + 10 if any(behind) else 0)
    for row in fitting:
        top += line
        _paint_sample(painter, row, start, top + line / 2, now)
        draw_text(painter, QRectF(start + 24, top, _LONGEST_READ, line), row.line.label, "label", now.text2)
        draw_text(painter, QRectF(edge - 90, top, 90, line), row.value, "field value", now.text, RIGHT)
        if row.measured:
            draw_text(painter, QRectF(stop - 80, top, 80, line), row.measured, "axis", now.text3, RIGHT)
    if hidden:
        more = f"and {hidden} more"
        draw_text(painter, QRectF(start + 24, top + line, inner - 24, line), more, "axis", now.text3)


def _box_beside(drawing: Drawing, x: float, size: tuple[float, float], ys: list[float], edge: int) -> QRectF:
    """Return a place for the box: right of the cursor if it fits, and where fewer curves are."""
    frame, (width, height) = drawing.frame, size
    left = x + 12 if x + 12 + width <= edge - 4 else x - 12 - width
    middle = frame.y0 + frame.height / 2
    low_is_free = sum(ys) / len(ys) < middle if ys else False
    top = frame.y0 + frame.height - height - 4 if low_is_free else frame.y0 + 2
    return QRectF(max(left, 4.0), max(top, 4.0), width, height)


def _paint_axes(painter: QPainter, tag: str, drawing: Drawing, now: theme.Theme) -> None:
    frame = drawing.frame
    title = QRectF(EDGE, 4, frame.x0 + frame.width - EDGE, 18)
    draw_text(painter, title, tag, "section", now.text, LEFT, Qt.TextElideMode.ElideMiddle)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(now.border), 1.0))
    for y, _ in drawing.y_ticks:
        painter.drawLine(QPointF(frame.x0, round(y)), QPointF(frame.x0 + frame.width, round(y)))
    for y, label in drawing.y_ticks:
        place = QRectF(EDGE - 8, y - 8, frame.x0 - EDGE, 16)
        draw_text(painter, place, label, "axis", now.text3, RIGHT)
    for x, label in drawing.x_ticks:
        place = QRectF(x - 40, frame.y0 + frame.height + 5, 80, 16)
        draw_text(painter, place, label, "axis", now.text3, CENTRE)


def _paint_stroke(painter: QPainter, stroke: Stroke, colour: QColor, width: float) -> None:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    if stroke.line.dashed:
        pen.setDashPattern([part / width for part in _DASH])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for polygon in polygons(stroke.x, stroke.y, stroke.joined):
        painter.drawPolyline(polygon)
    if stroke.line.marker and not stroke.faint:
        _paint_markers(painter, stroke, colour)


def _paint_markers(painter: QPainter, stroke: Stroke, colour: QColor) -> None:
    """Tell curves of one colour apart: circles, squares or triangles along the line."""
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(QColor(theme.current().panel))
    last = -_MARKER_EVERY
    for x, y in zip(stroke.x.tolist(), stroke.y.tolist(), strict=True):
        if x - last < _MARKER_EVERY:
            continue
        last = x
        if stroke.line.marker % 3 == 1:
            painter.drawEllipse(QPointF(x, y), 3.0, 3.0)
        elif stroke.line.marker % 3 == 2:
            painter.drawRect(QRectF(x - 3, y - 3, 6, 6))
        else:
            corners = [QPointF(x - 3.5, y + 3), QPointF(x + 3.5, y + 3), QPointF(x, y - 3.5)]
            painter.drawPolygon(QPolygonF(corners))


def _paint_label(painter: QPainter, end: End, left: float, centre: float, now: theme.Theme) -> None:
    colour = label_ink(now.curve(end.line.colour), now.panel, now.text)
    # A pixel more than measured, so that a label is not elided by rounding.
    name = elided(end.line.label, "label", LONGEST_NAME + 1, Qt.TextElideMode.ElideMiddle)
    width, top = text_width(name, "label"), centre - LABEL_HEIGHT / 2
    draw_text(painter, QRectF(left, top, width + 1, LABEL_HEIGHT), name, "label", colour)
    figure = QRectF(left + width + 4, top, 80, LABEL_HEIGHT)
    draw_text(painter, figure, end.value, "field value", colour)


def _paint_sample(painter: QPainter, row: Reading, left: float, y: float, now: theme.Theme) -> None:
    """Paint a short piece of the curve before its name."""
    pen = QPen(QColor(now.curve(row.line.colour)), 2.0)
    if row.line.dashed:
        pen.setDashPattern([part / 2.0 for part in _DASH])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawLine(QPointF(left, y), QPointF(left + 17, y))
