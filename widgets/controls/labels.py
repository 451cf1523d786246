"""Labels: one line that elides with a tool tip, titles, and the text of an empty state."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from widgets import theme
from widgets.controls.painting import LEFT, draw_text, elided, text_width


class ElidedLabel(QWidget):
    """One line of text in a role and a colour token; what does not fit is in the tool tip."""

    def __init__(
        self,
        text: str = "",
        role: str = "label",
        token: str = "text2",
        *,
        align: Qt.AlignmentFlag = LEFT,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text = text
        self._role = role
        self._token = token
        self._align = align
        self._mode = mode
        self._tip = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._say()

    def text(self) -> str:
        """The whole text, elided or not."""
        return self._text

    def set_text(self, text: str, token: str = "", tip: str = "") -> None:
        """Shows another text, in another colour token if one is given; `tip` adds a tool tip of its own."""
        token = token or self._token
        if (text, token, tip) == (self._text, self._token, self._tip):
            return
        self._text, self._token, self._tip = text, token, tip
        self._say()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        sides = margins.left() + margins.right()
        return QSize(int(text_width(self._text, self._role)) + 2 + sides, theme.line_height(self._role))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 24), theme.line_height(self._role))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._say()
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        token = self._token if self.isEnabled() else "disabled"
        colour = getattr(theme.current(), token, token)
        draw_text(
            painter, QRectF(self.contentsRect()), self._text, self._role, colour, self._align, self._mode
        )

    def _say(self) -> None:
        """Keeps tool tip and accessible name true."""
        cut = elided(self._text, self._role, self.contentsRect().width(), self._mode) != self._text
        self.setToolTip("\n".join(part for part in (self._text if cut else "", self._tip) if part))
        self.setAccessibleName(self._text)


class SectionTitle(ElidedLabel):
    """The heading of a section: Inter 600, 12 px."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, "section", "text", parent=parent)


class WrappedLabel(QLabel):
    """Text of several lines in a role and a colour token; the text may hold rich text for code."""

    def __init__(
        self, text: str = "", role: str = "body", token: str = "text2", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._token = token
        self.setWordWrap(True)
        self.setFont(theme.font(role))
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        theme.changed.connect(self.theme_changed)
        self.theme_changed(theme.current())

    def set_token(self, token: str) -> None:
        """Takes another colour token."""
        self._token = token
        self.theme_changed(theme.current())

    def theme_changed(self, now: theme.Theme) -> None:
        """Takes the colour of the new theme."""
        palette = self.palette()
        palette.setColor(self.foregroundRole(), getattr(now, self._token))
        self.setPalette(palette)
        text = self.text()
        if text:  # rich text keeps the link colour it was set with
            self.setText("")
            self.setText(text)


class EmptyLabel(WrappedLabel):
    """Says what to do where there is nothing to show yet."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, "body", "text3", parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMargin(theme.SPACE_L)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
