"""pyqtgraph as the plots use it: round ticks, thin horizontal grid lines, zooming and panning in x alone."""

import math
from functools import lru_cache

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPen, QWheelEvent

from widgets import theme
from widgets.curves.drawing import Drawing, Reading, Stroke
from widgets.curves.ends import EndLabels
from widgets.curves.lines import DASH
from widgets.curves.marks import marks
from widgets.curves.readings import ReadingsBox

# A dropped last move would leave the cursor beside the pointer.
pg.setConfigOptions(antialias=True, mouseRateLimit=0)

TOP, BOTTOM = 8, 21
_OVERLAP = 2
"""Lines at the very top and bottom are drawn in full: the view is this much higher than its range."""
ZOOM = 0.8
"""What one notch of the wheel leaves of the x range."""
# Wide antialiased pens cost about ten times a thin one, so only this many points are drawn with one.
_WIDE_POINTS = 5000
_SIGNS = ("o", "s", "t1")


class Chart(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph comes without types
    """Draws a `Drawing`. Wheel, drag and double-click wish for another x range, the pointer for a cursor."""

    range_wished = Signal(object)
    """The wanted x range as (left, right), or None for everything."""
    x_pointed = Signal(object)
    """The x under the pointer, or None."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("curve-chart")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.wheel_scrolls = False
        self._shown = (0.0, 1.0)
        self._curves: list[pg.PlotCurveItem] = []
        self._view = pg.ViewBox(enableMenu=False)
        self._view.setMouseEnabled(x=True, y=False)
        self._view.state["wheelScaleFactor"] = math.log(ZOOM, 1.02) / 120
        self._view.sigRangeChangedManually.connect(self.wish_shown)
        self._left, self._bottom = _axis("left", 8), _axis("bottom", 2 + _OVERLAP)
        self._left.setZValue(self._view.zValue() - 1)
        self._bottom.setHeight(BOTTOM - _OVERLAP)
        for item, row, column in ((self._left, 0, 0), (self._view, 0, 1), (self._bottom, 1, 1)):
            self.addItem(item, row, column)
        self._left.linkToView(self._view)
        self._bottom.linkToView(self._view)
        self.ci.layout.setSpacing(0)
        self._cursor = pg.InfiniteLine(angle=90)
        self._marks = pg.ScatterPlotItem()
        self._view.addItem(self._cursor, ignoreBounds=True)
        self._view.addItem(self._marks, ignoreBounds=True)
        self._ends, self._box = EndLabels(), ReadingsBox()
        self.scene().addItem(self._ends)
        self.scene().addItem(self._box)
        self.dress()

    def dress(self) -> None:
        """Wear the colours of the theme; what is drawn has to be drawn again."""
        now = theme.current()
        self.setBackground(now.panel)
        self._left.setTickPen(now.border)
        for axis in (self._left, self._bottom):
            axis.setTextPen(now.text3)
        pen = QPen(QColor(now.strong), self.devicePixelRatioF())
        pen.setCosmetic(True)
        pen.setDashPattern([1.0, 3.0])
        self._cursor.setPen(pen)

    def plot_size(self) -> tuple[int, int]:
        """Return the width of curves, y axis and labels together, and the height of curves alone."""
        return self.width(), max(self.height() - TOP - BOTTOM, 1)

    def draw(self, drawing: Drawing) -> None:
        """Show this drawing."""
        self._shown = (drawing.frame.left, drawing.frame.right)
        width, height = self.plot_size()
        frame = drawing.frame
        self.ci.layout.setContentsMargins(0, TOP - _OVERLAP, drawing.margin, 0)
        self._left.setWidth(drawing.axis)
        # Ticks as long as the plot is wide are its grid lines.
        self._left.setStyle(tickLength=min(drawing.axis + drawing.margin - width, 0))
        self._left.setTicks([drawing.y_ticks])
        self._bottom.setTicks([drawing.x_ticks])
        self.ci.layout.activate()
        over = _OVERLAP / height
        smallest = 1e-9 * 10 ** math.floor(math.log10(max(abs(frame.left), abs(frame.right), 1e-9)))
        self._view.setLimits(minXRange=smallest)
        self._view.setRange(xRange=self._shown, yRange=(-over, 1 + over), padding=0)
        self._draw_strokes(drawing.strokes)
        self._draw_marks(drawing)
        ends = [(end, self._place(end.x, end.y)) for end in drawing.ends]
        self._ends.show_ends(ends, self._inside(), width)

    def mark(self, x: float | None) -> None:
        """Show the dotted line at x."""
        self._cursor.setVisible(x is not None)
        if x is not None:
            # In the middle of a pixel, so that the line is as sharp everywhere.
            pixel = math.floor(self._place(x, 0).x()) + 0.5
            self._cursor.setValue(self.x_at(pixel))

    def read(self, x: float, place: str, rows: list[Reading]) -> None:
        """Show these values beside x; no box without rows."""
        dots = [self._place(x, row.y) for row in rows]
        self._box.show_rows(place, rows, dots, self._inside())

    def x_at(self, pixel: float) -> float:
        """Return the x value at a horizontal position of this widget."""
        return float(self._view.mapSceneToView(QPointF(pixel, 0)).x())

    def zoom(self, factor: float, about: float) -> None:
        """Ask for a shorter (factor < 1) or longer x range around a value."""
        self._view.scaleBy(x=factor, center=(about, 0))
        self.wish_shown()

    def pan(self, share: float) -> None:
        """Ask for the x range next to this one, `share` of it away."""
        left, right = self._view.viewRange()[0]
        self._view.translateBy(x=share * (right - left))
        self.wish_shown()

    def wish_shown(self) -> None:
        """Ask for the range to which pyqtgraph has gone, and go back until told."""
        left, right = self._view.viewRange()[0]
        if self._shown != (left, right):
            self._view.setXRange(*self._shown, padding=0)
            self.range_wished.emit((left, right))

    def wheelEvent(self, event: QWheelEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if (control or not self.wheel_scrolls) and self._inside().contains(event.position()):
            super().wheelEvent(event)
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not event.buttons():
            pointed = self._inside().contains(event.position())
            self.x_pointed.emit(self.x_at(event.position().x()) if pointed else None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.range_wished.emit(None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.x_pointed.emit(None)

    def _place(self, x: float, height: float) -> QPointF:
        return QPointF(self._view.mapViewToScene(QPointF(x, height)))

    def _inside(self) -> QRectF:
        rect = QRectF(self._view.sceneBoundingRect())
        return rect.adjusted(0, _OVERLAP, 0, -_OVERLAP)

    def _draw_strokes(self, strokes: tuple[Stroke, ...]) -> None:
        while len(self._curves) < len(strokes):
            self._curves.append(pg.PlotCurveItem(skipFiniteCheck=True, antialias=True))
            self._view.addItem(self._curves[-1], ignoreBounds=True)
        while len(self._curves) > len(strokes):
            self._view.removeItem(self._curves.pop())
        wide = sum(stroke.x.size for stroke in strokes if not stroke.faint) <= _WIDE_POINTS
        ratio = self.devicePixelRatioF()
        faintness = 0.35 if len(strokes) <= 4 else 0.15
        for curve, stroke in zip(self._curves, strokes, strict=True):
            width = 1.75 * ratio if wide and not stroke.faint else 1.0
            pen = _pen(stroke, width, ratio, faintness)
            connect = "all" if stroke.joined[:-1].all() else stroke.joined
            curve.setData(x=stroke.x, y=stroke.y, connect=connect, pen=pen)

    def _draw_marks(self, drawing: Drawing) -> None:
        now = theme.current()
        self._marks.setData(
            [
                {
                    "pos": (mark.stroke.x[mark.index], mark.stroke.y[mark.index]),
                    **_sign(mark.sign, now.curve(mark.stroke.line.colour), now.panel),
                }
                for mark in marks(drawing, self._inside().width())
            ]
        )


def _axis(side: str, gap: int) -> pg.AxisItem:
    """Return an axis of labels alone, `gap` px beside the plot; what it takes is set, not measured."""
    # Ticks without a length would be drawn as dots, even without a pen.
    axis = pg.AxisItem(side, maxTickLength=-1)
    axis.setPen(None)
    axis.setTickPen(None)
    axis.setStyle(
        tickTextOffset=gap,
        tickFont=theme.font("axis"),
        hideOverlappingLabels=False,
        autoExpandTextSpace=False,
        autoReduceTextSpace=False,
    )
    return axis


@lru_cache(maxsize=64)
def _sign(sign: int, colour: str, panel: str) -> dict[str, object]:
    """Return how pyqtgraph draws a sign; it renders each pen and brush once, and knows them by identity."""
    if not sign:
        return {"symbol": "o", "size": 2.5, "pen": pg.mkPen(None), "brush": pg.mkBrush(colour)}
    symbol = _SIGNS[(sign - 1) % len(_SIGNS)]
    return {"symbol": symbol, "size": 7.0, "pen": pg.mkPen(colour, width=1.5), "brush": pg.mkBrush(panel)}


def _pen(stroke: Stroke, width: float, ratio: float, faintness: float) -> QPen:
    """Return a pen whose width is in pixels of the screen, of which `ratio` make one of ours."""
    colour = QColor(theme.current().curve(stroke.line.colour))
    colour.setAlphaF(faintness if stroke.faint else 1.0)
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    if stroke.line.dashed:
        pen.setDashPattern([part * ratio / width for part in DASH])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen
