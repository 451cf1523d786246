"""One line of text in the frame of a field: with an icon before it and a hint after it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets import icons, theme
from widgets.controls.painting import RIGHT, draw_field_frame, draw_text, text_width

MARGIN = 3
"""The frame lies this far inside the widget, so that the halo of the focus has room."""


class FieldEdit(QLineEdit):
    """A line edit that paints its own frame; `set_wrong` gives the frame the error colour.

    The style sheet knows this class by name and keeps its background transparent.
    """

    def __init__(
        self, *, role: str = "field value", icon: str = "", height: int = 28, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._hint = ""
        self._hint_role = "hint"
        self._wrong = False
        self._height = height
        self.setFrame(False)
        self.setFont(theme.font(role))
        self.setFixedHeight(height + 2 * MARGIN)
        self._make_room()

    def set_hint(self, hint: str, role: str = "hint") -> None:
        """Shows a hint at the right end, inside the frame, while there is room for it."""
        if (hint, role) == (self._hint, self._hint_role):
            return
        self._hint, self._hint_role = hint, role
        self._make_room()
        self.update()

    def set_wrong(self, wrong: bool) -> None:
        """Marks the text as one that cannot be taken."""
        if wrong != self._wrong:
            self._wrong = wrong
            self.update()

    def is_wrong(self) -> bool:
        """Whether the text is marked as one that cannot be taken."""
        return self._wrong

    def sizeHint(self) -> QSize:
        return QSize(160, self._height + 2 * MARGIN)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self._height + 2 * MARGIN)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        frame = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        draw_field_frame(painter, frame, self.hasFocus(), self._wrong, self.isEnabled())
        if self._icon:
            top = (self.height() - 15) / 2
            icons.paint(painter, self._icon, now.text3, frame.left() + 9, top, 15)
        if self._hint and self._hint_fits():
            draw_text(painter, frame.adjusted(0, 0, -10, 0), self._hint, self._hint_role, now.text3, RIGHT)
        painter.end()
        super().paintEvent(event)

    def _hint_fits(self) -> bool:
        """The hint gives way to a long text instead of lying over it."""
        used = self.fontMetrics().horizontalAdvance(self.text() or self.placeholderText())
        left = self.textMargins().left() + 8
        return used + left + text_width(self._hint, self._hint_role) + 14 < self.width()

    def _make_room(self) -> None:
        self.setTextMargins(MARGIN + (28 if self._icon else 7), 0, MARGIN + 6, 0)
