"""The export presenter: the canvas becomes a picture; a PNG holds the project as well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from app.workspace import Workspace
from engine.errors import FlowscopeError
from engine.project.container import encode_json
from engine.project.durable import durable_replace
from engine.project.picture import with_text
from widgets.canvas import export
from widgets.canvas.view import CanvasView

PICTURES = "PNG with the project inside (*.png);;SVG (*.svg);;PDF (*.pdf)"


class ExportPresenter(QObject):
    """Asks where to, and writes what is shown, whole. `ask(name)` gives a path, or none."""

    def __init__(self, workspace: Workspace, view: CanvasView, ask: Callable[[str], Path | None]) -> None:
        super().__init__()
        self._workspace, self._view, self._ask = workspace, view, ask

    def export(self) -> None:
        """Write the canvas to a file; its ending says in which form."""
        title = self._workspace.document.title.removesuffix(".flowscope").removesuffix(".json")
        path = self._ask(f"{title}.png")
        if path is None:
            return
        path = path if path.suffix else path.with_name(f"{path.name}.png")
        try:
            durable_replace(path, self.content(path.suffix.lower(), title))
        except FlowscopeError as error:
            self._workspace.said.emit(str(error), "error")
            return
        self._workspace.said.emit(f"The canvas was exported to {path}.", "success")

    def content(self, suffix: str, title: str) -> bytes:
        """The bytes of a picture; raises FileError for a form that there is not."""
        if suffix == ".svg":
            return export.svg(self._view, title)
        if suffix == ".pdf":
            return export.pdf(self._view, title)
        if suffix == ".png":
            text = encode_json(self._workspace.document.project, "The project")
            return with_text(export.png(self._view), text)
        raise FlowscopeError(
            f"The canvas cannot be exported as {suffix}.",
            hint="Choose a name that ends in .png, .svg or .pdf.",
        )
