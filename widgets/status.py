"""The status bar: what the worker does, on what, and how big the graph is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from widgets import theme
from widgets.controls.labels import ElidedLabel

Tone = Literal["success", "accent", "warn", "error", "idle"]

_HEIGHT = 24


@dataclass(frozen=True, slots=True)
class StatusLook:
    """The parts of the status bar; an empty text leaves its place out."""

    tone: Tone = "idle"
    state: str = "Ready"
    device: str = ""
    gpu: str = ""
    memory: str = ""
    graph: str = ""
    saved: str = ""


_FACT = 240
"""The widest that a short fact may make itself at the cost of a sentence."""


class StatusBar(QWidget):
    """Shows a StatusLook: the dot, the state, the device and the GPU left; memory, graph and file right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = StatusLook()
        self.setObjectName("status-bar")
        self.setFixedHeight(_HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 1, theme.SPACE_L, 0)
        row.setSpacing(theme.SPACE_XL)
        self._labels: dict[str, ElidedLabel] = {}
        for part in ("state", "device", "gpu", "", "memory", "graph", "saved"):
            if not part:
                row.addStretch(1)
                continue
            label = ElidedLabel("", "status", "text2", mode=Qt.TextElideMode.ElideRight, parent=self)
            label.setObjectName(f"status-{part}")
            self._labels[part] = label
            row.addWidget(label)
        self._show_look()

    def set_look(self, look: StatusLook) -> None:
        """Shows another state of worker, graph and file."""
        if look != self._look:
            self._look = look
            self._show_look()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(800, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(now.window))
        painter.fillRect(QRectF(0, 0, self.width(), 1), theme.colour(now.border))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = now.strong if self._look.tone == "idle" else getattr(now, self._look.tone)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(tone))
        painter.drawEllipse(QRectF(14, _HEIGHT / 2 - 3.5, 8, 8))

    def _show_look(self) -> None:
        for part, label in self._labels.items():
            text = str(getattr(self._look, part))
            label.set_text(text)
            label.setVisible(bool(text))
            if part not in ("state", "gpu"):
                # Long sentences give way to the short facts beside them, not the other way round.
                label.setMinimumWidth(min(label.sizeHint().width(), _FACT))
        words = (str(getattr(self._look, part)) for part in self._labels)
        self.setAccessibleName("Status: " + ", ".join(word for word in words if word))
