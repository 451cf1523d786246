"""The whole canvas as a picture: pixels, vectors, or a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QBuffer, QMarginsF, QRectF, QSignalBlocker, QSize, QSizeF
from PySide6.QtGui import QImage, QImageWriter, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from widgets import theme
from widgets.canvas.stage import Stage

MARGIN, SHARPNESS = 32.0, 2.0
MOST_PIXELS = 48_000_000
"""A picture of a huge graph is less sharp, so that it fits into memory."""
POINTS_PER_INCH = 72


def area(view: Stage) -> QRectF:
    """What there is on the canvas, with a margin."""
    graph = view.graph
    whole = QRectF()
    for item in (*graph.nodes.values(), *graph.cards().values(), *graph.wires.values()):
        whole = whole.united(item.sceneBoundingRect())
    return whole.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)


def png(view: Stage) -> bytes:
    """The canvas in pixels, twice as sharp as at 100 %."""
    rect = area(view)
    sharpness = min(SHARPNESS, (MOST_PIXELS / max(rect.width() * rect.height(), 1.0)) ** 0.5)
    size = QSize(round(rect.width() * sharpness), round(rect.height() * sharpness))
    image = QImage(size, QImage.Format.Format_RGB32)
    _paint(view, QPainter(image), rect, QRectF(0, 0, size.width(), size.height()), flat=False)
    buffer = _buffer()
    QImageWriter(buffer, b"png").write(image)
    return bytes(buffer.data().data())


def svg(view: Stage, title: str) -> bytes:
    """The canvas in vectors."""
    rect, buffer = area(view), _buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setTitle(title)
    generator.setSize(rect.size().toSize())
    generator.setViewBox(QRectF(0, 0, rect.width(), rect.height()))
    _paint(view, QPainter(generator), rect, QRectF(0, 0, rect.width(), rect.height()))
    return bytes(buffer.data().data())


def pdf(view: Stage, title: str) -> bytes:
    """The canvas on one page of its own size."""
    rect, buffer = area(view), _buffer()
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setResolution(POINTS_PER_INCH)
    size = QPageSize(QSizeF(rect.width(), rect.height()), QPageSize.Unit.Point)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))
    page = QRectF(0, 0, writer.width(), writer.height())
    _paint(view, QPainter(writer), rect, page)
    return bytes(buffer.data().data())


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    return buffer


def _paint(view: Stage, painter: QPainter, source: QRectF, target: QRectF, *, flat: bool = True) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(target, theme.colour(theme.current().canvas))
    with _as_at_full_size(view, source, flat):
        view.graph.render(painter, target, source)
    painter.end()


@contextmanager
def _as_at_full_size(view: Stage, source: QRectF, flat: bool) -> Iterator[None]:
    """Everything is painted in full and without a selection, however the canvas is looked at."""
    chosen, around = view.selection, view.around
    before = (set(chosen.nodes), set(chosen.wires), set(chosen.cards), set(chosen.watches))
    focus, scale, exposed = chosen.focus, around.scale, around.exposed
    blocker = QSignalBlocker(chosen)
    chosen.clear()
    chosen.set_focus(None)
    around.scale, around.exposed, around.flat = 1.0, source, flat
    try:
        yield
    finally:
        around.scale, around.exposed, around.flat = scale, exposed, False
        chosen.replace(*before)
        chosen.set_focus(focus)
        blocker.unblock()
