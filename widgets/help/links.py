"""The row of links at the end of a help; it breaks into lines where the panel is narrow."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import theme
from widgets.controls.buttons import LinkButton
from widgets.help.looks import LinkLook

_GAP = theme.SPACE_M
_LINE = 24


class HelpLink(LinkButton):
    """A link of the help that reports its target by `followed(target)`."""

    followed = Signal(str)

    def __init__(self, look: LinkLook, parent: QWidget) -> None:
        super().__init__(look.label, name=f"help-link-{look.target}", role="caption", parent=parent)
        self._target = look.target
        self.clicked.connect(self._follow)

    def _follow(self) -> None:
        self.followed.emit(self._target)


class LinkRow(QWidget):
    """Shows links from left to right; `followed(target)` reports the one that was clicked."""

    followed = Signal(str)

    def __init__(self, links: tuple[LinkLook, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._links = [HelpLink(link, self) for link in links]
        for link in self._links:
            link.followed.connect(self.followed)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(width, move=False)

    def sizeHint(self) -> QSize:
        return QSize(232, self.heightForWidth(232))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, _LINE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place(self.width(), move=True)
        super().resizeEvent(event)

    def _place(self, width: int, *, move: bool) -> int:
        """Places the links in this width, or only measures; returns the height they need."""
        x = y = 0
        for link in self._links:
            span = min(link.sizeHint().width(), width)
            if x and x + span > width:
                x, y = 0, y + _LINE
            if move:
                link.setGeometry(x, y, span, 20)
            x += span + _GAP
        return y + _LINE if self._links else 0
