"""What an empty canvas says: how to begin, with links to what one can begin with."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from widgets.controls.labels import WrappedLabel

WIDTH = 340


class Welcome(WrappedLabel):
    """Words in the middle of the canvas, whose links say themselves; the menus have what they lead to."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", "body", "text3", parent)
        self.setObjectName("canvas-welcome")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedWidth(WIDTH)
