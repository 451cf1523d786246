"""The help of an op: heading, sentences, formula, advice, ports and links."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLayout, QSizePolicy, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls.labels import ElidedLabel, EmptyLabel, SectionTitle, WrappedLabel
from widgets.controls.painting import draw_box
from widgets.controls.scroll import scroll_area
from widgets.fonts import MONO_FAMILY
from widgets.help.links import LinkRow
from widgets.help.looks import HelpLook, PortLook

_CODE = re.compile(r"`([^`]+)`")


class HelpView(QWidget):
    """Shows a HelpLook without a scroll bar of its own; links are reported by `link_requested(target)`."""

    link_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: HelpLook | None = None
        self.setObjectName("help")
        self.setAccessibleName("Help")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 15, 16, 0)
        self._column.setSpacing(theme.SPACE_S)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def set_look(self, look: HelpLook | None) -> None:
        """Shows another help, or none."""
        if look == self._look:
            return
        self._look = look
        _clear(self._column)
        self.setVisible(look is not None)
        if look is not None:
            self._fill(look)

    def _fill(self, look: HelpLook) -> None:
        self._column.addWidget(ElidedLabel(look.title, "node title", "text"))
        if look.sentences:
            self._column.addWidget(WrappedLabel(marked_up(" ".join(look.sentences))))
        if look.formula:
            self._column.addSpacing(2)
            self._column.addWidget(FormulaBox(look.formula))
            self._column.addSpacing(2)
        if look.advice:
            self._column.addWidget(WrappedLabel(marked_up(look.advice)))
        for title, output in (("Inputs", False), ("Outputs", True)):
            rows = [port for port in look.ports if port.output is output]
            if rows:
                self._column.addWidget(SectionTitle(title))
            for port in rows:
                self._column.addWidget(WrappedLabel(_port_text(port)))
        if look.links:
            row = LinkRow(look.links)
            row.followed.connect(self.link_requested)
            self._column.addWidget(row)


class HelpPanel(QWidget):
    """A scrolling panel around the help, for the palette's selection and for the Learn density."""

    link_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("help-panel")
        self.setAccessibleName("Help")
        self.view = HelpView()
        self.view.link_requested.connect(self.link_requested)
        self._empty = EmptyLabel("Select an op in the list to read what it does.")
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, theme.SPACE_L)
        inner.addWidget(self.view)
        inner.addWidget(self._empty)
        inner.addStretch(1)
        self.view.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll_area(content, "help-scroll"))

    def set_look(self, look: HelpLook | None) -> None:
        """Shows another help, or says how to come to one."""
        self.view.set_look(look)
        self._empty.setVisible(look is None)

    def sizeHint(self) -> QSize:
        return QSize(296, 320)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour(theme.current().panel))


class FormulaBox(QWidget):
    """A formula in the mono font, in a box; a long one wraps."""

    def __init__(self, formula: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = WrappedLabel(formula, "formula", "text", self)
        self.label.setObjectName("help-formula")
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 11, 12, 11)
        column.addWidget(self.label)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        draw_box(QPainter(self), QRectF(self.rect()), theme.RADIUS_CONTROL, now.raised, now.border)


def marked_up(text: str) -> str:
    """The text as rich text of 18 px lines, with what stands in backquotes in the mono font."""
    code = f"<span style=\"font-family:'{MONO_FAMILY}'; font-size:12px\">\\1</span>"
    return f'<p style="line-height:18px; margin:0">{_CODE.sub(code, html.escape(text, quote=False))}</p>'


def _port_text(port: PortLook) -> str:
    spec = f", {port.spec}" if port.spec else ""
    text = f": {port.text}" if port.text else ""
    return marked_up(f"`{port.name}`{spec}{text}")


def _clear(layout: QLayout) -> None:
    """Removes everything from a layout, and hides it at once."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
