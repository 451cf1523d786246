"""The far view: every node with one drawRects per colour and every wire with one drawLines per colour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from widgets import theme
from widgets.canvas import ink
from widgets.canvas.looks import NodeState, WireKey

SMOOTH_UP_TO = 1500
"""Wires beyond this number are drawn without smoothing: nobody sees it, and it costs three times as much."""


class Overview:
    """The batch lists, kept current while nodes and wires come, move and go."""

    def __init__(self) -> None:
        self._bodies: dict[str, QRectF] = {}
        self._headers: defaultdict[str, dict[str, QRectF]] = defaultdict(dict)
        self._states: dict[str, NodeState] = {}
        self._categories: dict[str, str] = {}
        self._lines: defaultdict[str, dict[WireKey, QLineF]] = defaultdict(dict)
        self._bent: dict[WireKey, list[QLineF]] = {}
        """The further lines of wires that run through dots."""
        self._dtypes: dict[WireKey, str] = {}
        self._bounds: QRectF | None = None
        self.version = 0
        """Grows with every change of a node."""

    def put_node(self, name: str, rect: QRectF, category: str, state: NodeState) -> None:
        """Adds a node, or moves it."""
        if self._categories.get(name, category) != category:
            self.drop_node(name)
        self._bounds = None
        self.version += 1
        self._categories[name] = category
        self._bodies[name] = rect
        self._headers[category][name] = QRectF(
            rect.left(), rect.top(), rect.width(), min(rect.height(), 40.0)
        )
        if state in ("error", "warning"):
            self._states[name] = state
        else:
            self._states.pop(name, None)

    def drop_node(self, name: str) -> None:
        """Forgets a node."""
        self._bounds = None
        self.version += 1
        self._headers[self._categories.pop(name)].pop(name)
        self._bodies.pop(name)
        self._states.pop(name, None)

    def put_wire(self, key: WireKey, points: Sequence[QPointF], dtype: str) -> None:
        """Adds a wire, or moves it; its points are its ends and what it runs through."""
        if self._dtypes.get(key, dtype) != dtype:
            self.drop_wire(key)
        self._dtypes[key] = dtype
        first, *others = (QLineF(a, b) for a, b in pairwise(points))
        self._lines[dtype][key] = first
        if others or key in self._bent:
            self._bent[key] = others

    def drop_wire(self, key: WireKey) -> None:
        """Forgets a wire."""
        if key in self._dtypes:
            self._lines[self._dtypes.pop(key)].pop(key)
            self._bent.pop(key, None)

    def bounds(self) -> QRectF:
        """The box around all nodes."""
        if self._bounds is None:
            edges = [rect.getCoords() for rect in self._bodies.values()]
            lefts, tops, rights, bottoms = zip(*edges, strict=True) if edges else ((0.0,),) * 4
            low = QPointF(min(lefts), min(tops))
            self._bounds = QRectF(low, QPointF(max(rights), max(bottoms)))
        return QRectF(self._bounds)

    def paint(self, painter: QPainter, selected_nodes: set[str], selected_wires: set[WireKey]) -> None:
        """Paints wires, nodes, states and selection in scene coordinates."""
        skin = theme.current()
        smooth = len(self._dtypes) <= SMOOTH_UP_TO
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        for dtype, lines in self._lines.items():
            if lines:
                painter.setPen(ink.pen(skin.dtype_colour(dtype), 1.0, cosmetic=True))
                painter.drawLines(list(lines.values()))
        for key, others in self._bent.items():
            if others:
                painter.setPen(ink.pen(skin.dtype_colour(self._dtypes[key]), 1.0, cosmetic=True))
                painter.drawLines(others)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.brush(ink.mix(skin.raised, skin.hover, 0.6)))
        painter.drawRects(list(self._bodies.values()))
        for category, rects in self._headers.items():
            if rects:
                hue = ink.mix(skin.raised, skin.category_colour(category), 0.62)
                painter.setBrush(ink.brush(hue))
                painter.drawRects(list(rects.values()))
        self._paint_marks(painter, selected_nodes, selected_wires)

    def paint_small(self, painter: QPainter) -> None:
        """Paints nodes only, in the full hue of their category: the mini-map."""
        skin = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        for category, rects in self._headers.items():
            names = [self._bodies[name] for name in rects]
            painter.setBrush(ink.brush(ink.mix(skin.panel, skin.category_colour(category), 0.8)))
            painter.drawRects(names)

    def _paint_marks(self, painter: QPainter, selected_nodes: set[str], selected_wires: set[WireKey]) -> None:
        skin = theme.current()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for state, hue in (("error", skin.error), ("warning", skin.warn)):
            marked = [self._bodies[name] for name, its in self._states.items() if its == state]
            if marked:
                painter.setPen(ink.pen(hue, 2.0, cosmetic=True))
                painter.drawRects(marked)
                # A bar through the header as well, so that the state is not colour alone.
                painter.drawLines([QLineF(rect.topLeft(), rect.bottomRight()) for rect in marked])
        painter.setPen(ink.pen(skin.accent, 2.0, cosmetic=True))
        lines = [self._lines[self._dtypes[key]][key] for key in selected_wires if key in self._dtypes]
        if lines:
            painter.drawLines(lines)
        chosen = [self._bodies[name] for name in selected_nodes if name in self._bodies]
        if chosen:
            painter.drawRects([rect.adjusted(-4, -4, 4, 4) for rect in chosen])
