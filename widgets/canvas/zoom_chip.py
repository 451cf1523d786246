"""The chip that says the zoom, `85 %`: press it for 100 %, press the frame to fit all."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from widgets import theme
from widgets.canvas import ink
from widgets.controls.buttons import IconButton
from widgets.controls.painting import CENTRE, draw_box, draw_focus_ring, draw_text
from widgets.controls.themed import ThemedButton, name_widget


class ZoomChip(QWidget):
    """Two buttons on one floating plate."""

    fit_wanted = Signal()
    full_size_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("zoomChip")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3, 2, 4, 2)
        layout.setSpacing(0)
        fit = IconButton("action-fit", "Show all nodes (Home)", name="zoomFit", side=26, icon_size=14)
        fit.clicked.connect(self.fit_wanted)
        self._percent = _Percent()
        self._percent.clicked.connect(self.full_size_wanted)
        layout.addWidget(fit)
        layout.addWidget(self._percent)

    def set_scale(self, scale: float) -> None:
        """Says the zoom."""
        self._percent.set_text(f"{100 * scale:.0f} %")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the plate."""
        skin = theme.current()
        draw_box(QPainter(self), QRectF(self.rect()), 8, skin.panel, skin.border)


class _Percent(ThemedButton):
    """The figure; as wide as `100 %` so that it does not jump."""

    def __init__(self) -> None:
        super().__init__()
        name_widget(self, "zoomPercent", "Zoom", "Zoom to 100 % (Ctrl+0)")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_text("100 %")

    def set_text(self, text: str) -> None:
        """Shows a figure."""
        self.setText(text)
        self.setAccessibleName(f"Zoom {text}")
        self.update()

    def sizeHint(self) -> QSize:
        """Room for three digits."""
        return QSize(int(ink.text_width("label", "100 %")) + 12, 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the figure, and the ring under keyboard focus."""
        skin = theme.current()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.hovered or self.isDown():
            draw_box(painter, rect, theme.RADIUS_CONTROL, skin.hover)
        draw_text(painter, rect, self.text(), "label", skin.text if self.hovered else skin.text2, CENTRE)
        if self.hasFocus():
            draw_focus_ring(painter, rect)
