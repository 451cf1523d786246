"""The pill at the pointer that says why a wire is refused, or what the keys do."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets import icons, theme
from widgets.canvas import ink
from widgets.controls.painting import draw_box

WIDEST, LINE = 420.0, 16


class Pill(QWidget):
    """A floating sentence; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("wireReason")
        self._host = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.text = ""
        self._calm = False
        self._lines: tuple[str, ...] = ()
        self.hide()

    def say(self, text: str, at: QPoint | None = None, calm: bool = False) -> None:
        """Shows a sentence beside a place in the parent; an empty one hides the pill."""
        if text != self.text or calm != self._calm:
            self.text, self._calm = text, calm
            self._lines = ink.wrap("hint", text, WIDEST, 3)
            self.setAccessibleName(text)
            self.resize(self.sizeHint())
            self.update()
        self.setVisible(bool(text))
        if text and at is not None:
            parent = self._host.rect()
            x = min(at.x() + 16, parent.right() - self.width() - 4)
            y = at.y() + 18
            if y + self.height() > parent.bottom() - 4:
                y = at.y() - self.height() - 12
            self.move(max(x, 4), max(y, 4))
            self.raise_()

    def sizeHint(self) -> QSize:
        """As wide as the longest line, with the sign before it."""
        widest = max((ink.text_width("hint", line) for line in self._lines), default=0.0)
        sign = 0 if self._calm else 22
        return QSize(int(widest) + 22 + sign, LINE * len(self._lines) + 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints box, sign and sentence."""
        skin = theme.current()
        painter = QPainter(self)
        edge = skin.border if self._calm else skin.error
        draw_box(painter, QRectF(self.rect()), min(self.height() / 2, 14), skin.panel, edge)
        left = 11.0
        if not self._calm:
            icons.paint(painter, "sign-error", skin.error, 10, (self.height() - 14) / 2, 14)
            left += 20
        painter.setFont(ink.font("hint"))
        painter.setPen(ink.pen(skin.text))
        for i, line in enumerate(self._lines):
            painter.drawText(QPoint(int(left), 18 + LINE * i), line)
