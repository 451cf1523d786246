"""Buttons: an icon alone, a verb with an icon, and a link."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import icons, theme
from widgets.controls.painting import draw_box, draw_focus_ring, draw_text, text_width
from widgets.controls.themed import ThemedButton, name_widget


class IconButton(ThemedButton):
    """A square button with an icon; its tool tip says the verb and the shortcut."""

    def __init__(
        self,
        icon: str,
        tip: str,
        *,
        name: str = "",
        side: int = 28,
        icon_size: int = 16,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._side = side
        self._icon_size = icon_size
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(side, side)
        name_widget(self, name or f"button-{icon}", tip.split(" (")[0], tip)

    def set_icon(self, icon: str, tip: str) -> None:
        """Shows another icon with another tool tip."""
        self._icon = icon
        self.setToolTip(tip)
        self.setAccessibleName(tip.split(" (")[0])
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.isEnabled() and (self.hovered or self.isDown() or self.isChecked()):
            draw_box(painter, rect, theme.RADIUS_CONTROL, now.sel if self.isChecked() else now.hover)
        lit = now.accent if self.isChecked() else now.text if self.hovered else now.text2
        place = (self._side - self._icon_size) / 2
        colour = lit if self.isEnabled() else now.disabled
        icons.paint(painter, self._icon, colour, place, place, self._icon_size)
        if self.ringed():
            draw_focus_ring(painter, rect)


class TextButton(ThemedButton):
    """A button with a verb, and an icon if one is given; `primary` is filled with the accent."""

    def __init__(
        self,
        text: str,
        *,
        name: str,
        icon: str = "",
        primary: bool = False,
        height: int = 28,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._primary = primary
        self._height = height
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        name_widget(self, name, text)

    def set_face(self, text: str, icon: str = "") -> None:
        """Shows another verb and icon."""
        if (text, icon) == (self.text(), self._icon):
            return
        self._icon = icon
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        icon = 22 if self._icon else 0
        return QSize(int(text_width(self.text(), self._role())) + 24 + icon, self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        fill, ink, border = self._colours(now)
        draw_box(painter, rect, theme.RADIUS_CONTROL, fill, border)
        icon = 22 if self._icon else 0
        width = min(text_width(self.text(), self._role()), rect.width() - icon - 8)
        left = (rect.width() - width - icon) / 2
        if self._icon:
            icons.paint(painter, self._icon, ink, left, (rect.height() - 16) / 2, 16)
        place = QRectF(left + icon, 0, width + 2, rect.height())
        draw_text(painter, place, self.text(), self._role(), ink)
        if self.ringed():
            ring = now.text if self._primary else now.accent
            draw_box(painter, rect, theme.RADIUS_CONTROL, "", ring, theme.FOCUS_RING)

    def _role(self) -> str:
        return "strong" if self._primary else "label"

    def _colours(self, now: theme.Theme) -> tuple[str, str, str]:
        """Fill, ink and border in this moment."""
        if not self.isEnabled():
            return now.hover, now.disabled, ""
        if self._primary:
            lift = 0.12 if self.isDown() else 0.06 if self.hovered else 0.0
            return theme.mix(now.accentfill, "#000000", lift), now.onaccent, ""
        return (now.hover if self.hovered or self.isDown() else now.raised), now.text, now.border


class LinkButton(ThemedButton):
    """A link in the accent colour; underlined under the pointer, ringed under focus."""

    def __init__(
        self, text: str, *, name: str, icon: str = "", role: str = "label", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._role = role
        self._icon = icon
        self.setText(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        name_widget(self, name, text)

    def sizeHint(self) -> QSize:
        icon = 20 if self._icon else 0
        return QSize(int(text_width(self.text(), self._role)) + 2 + icon, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(28, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        ink = now.accent if self.isEnabled() else now.disabled
        icon = 20 if self._icon else 0
        place = rect.adjusted(1, 0, -icon, 0)
        if draw_text(painter, place, self.text(), self._role, ink):
            self.setToolTip(self.text())
        if self._icon:
            icons.paint(painter, self._icon, ink, rect.right() - 14, (rect.height() - 14) / 2, 14)
        if self.hovered and self.isEnabled():
            width = min(text_width(self.text(), self._role), place.width())
            painter.fillRect(QRectF(place.left(), rect.bottom() - 2, width, 1), theme.colour(ink))
        if self.ringed():
            draw_focus_ring(painter, rect, theme.RADIUS_THUMBNAIL)
