"""What may be dropped on the canvas: an op from the palette, on a wire too, or files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPointF, QRectF
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from widgets.canvas.geometry import snapped
from widgets.canvas.gestures.onto_wire import OntoWire
from widgets.canvas.looks import OP_MIME

if TYPE_CHECKING:
    from widgets.canvas.view import CanvasView

REACH = 14.0
"""How near to a wire an op has to be held."""


def welcome(event: QDropEvent) -> None:
    """Accepts a drag that carries something for the canvas."""
    if event.mimeData().hasFormat(OP_MIME) or _files(event.mimeData()):
        event.acceptProposedAction()
    else:
        event.ignore()


class Drop:
    """Follows one drag over the canvas to its end."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._onto: OntoWire | None = None

    def hover(self, event: QDragMoveEvent) -> None:
        """Lights the wire that would take the op."""
        op = _op(event.mimeData())
        if not op:
            return
        if self._onto is None:
            self._onto = OntoWire(self._view, lambda key: self._view.questions.takes_op(op, key))
        at = event.position().toPoint()
        self._onto.look(_around(self._view.mapToScene(at)), at)

    def leave(self) -> None:
        """The drag went elsewhere."""
        if self._onto is not None:
            self._onto.end()
        self._onto = None

    def take(self, event: QDropEvent) -> None:
        """Reports what was dropped, and where."""
        view, data = self._view, event.mimeData()
        if op := _op(data):
            place = view.mapToScene(event.position().toPoint())
            x, y = snapped(place.x()), snapped(place.y())
            key = self._onto.key if self._onto is not None else None
            self.leave()
            if key is not None:
                view.node_dropped_on_wire.emit(op, key, x, y)
            else:
                view.node_dropped.emit(op, x, y)
            view.setFocus()
        elif files := _files(data):
            view.files_dropped.emit(files)
        else:
            event.ignore()
            return
        event.acceptProposedAction()


def _around(point: QPointF) -> QRectF:
    return QRectF(point.x() - REACH, point.y() - REACH, 2 * REACH, 2 * REACH)


def _op(data: QMimeData) -> str:
    return data.data(OP_MIME).toStdString() if data.hasFormat(OP_MIME) else ""


def _files(data: QMimeData) -> list[str]:
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
