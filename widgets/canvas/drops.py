"""What may be dropped on the canvas: an op from the palette, or files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QDropEvent

from widgets.canvas.geometry import snapped
from widgets.canvas.looks import OP_MIME

if TYPE_CHECKING:
    from widgets.canvas.view import CanvasView


def welcome(event: QDropEvent) -> None:
    """Accepts a drag that carries something for the canvas."""
    if event.mimeData().hasFormat(OP_MIME) or _files(event.mimeData()):
        event.acceptProposedAction()
    else:
        event.ignore()


def take(event: QDropEvent, view: CanvasView) -> None:
    """Reports what was dropped, and where."""
    data = event.mimeData()
    if data.hasFormat(OP_MIME):
        place = view.mapToScene(event.position().toPoint())
        op = data.data(OP_MIME).toStdString()
        view.node_dropped.emit(op, snapped(place.x()), snapped(place.y()))
        view.setFocus()
    elif files := _files(data):
        view.files_dropped.emit(files)
    else:
        event.ignore()
        return
    event.acceptProposedAction()


def _files(data: QMimeData) -> list[str]:
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
