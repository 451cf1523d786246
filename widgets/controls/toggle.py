"""The toggle switch: 32 by 18, for yes and no."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.controls.painting import draw_box, draw_focus_ring
from widgets.controls.themed import ThemedButton


class ToggleSwitch(ThemedButton):
    """A switch that is flipped by a click, by Space or by Enter; `toggled(bool)` reports it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mixed = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(self.sizeHint())

    def set_mixed(self, mixed: bool) -> None:
        """Shows that the switch stands for several, some on and some off; a click turns all on."""
        if mixed != self._mixed:
            self._mixed = mixed
            self.setToolTip("mixed: some on, some off" if mixed else "")
            self.update()

    def is_mixed(self) -> bool:
        """Whether the switch stands for several of which some are on and some are off."""
        return self._mixed

    def sizeHint(self) -> QSize:
        # The switch itself is 32 x 18; a margin of 3 px holds the focus ring.
        return QSize(38, 24)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        track = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        on = self.isChecked()
        if on:
            fill = now.accentfill if self.isEnabled() else now.disabled
            draw_box(painter, track, 9, fill)
        else:
            draw_box(painter, track, 9, now.hover, now.strong if self.isEnabled() else now.border, 1)
        knob = 14 if on else 12
        left = track.right() - knob - 2 if on else track.left() + 3
        ink = now.onaccent if on else now.text2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(ink if self.isEnabled() else now.panel))
        if self._mixed:
            painter.drawRoundedRect(QRectF(track.center().x() - 6, track.center().y() - 1.5, 12, 3), 1.5, 1.5)
        else:
            painter.drawEllipse(QRectF(left, track.center().y() - knob / 2, knob, knob))
        if self.ringed():
            draw_focus_ring(painter, QRectF(self.rect()), 12)
