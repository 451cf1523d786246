"""The properties panel: title, settings, what flows through, and the help of the selected node."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls.labels import EmptyLabel, SectionTitle
from widgets.controls.scroll import scroll_area
from widgets.form.flows import FlowList
from widgets.form.form import Form
from widgets.form.looks import PropertiesLook
from widgets.form.title import TitleBlock
from widgets.form.variables import VariablesEditor
from widgets.help.panel import HelpView

EMPTY = "Select a node to see its settings."


class PropertiesPanel(QWidget):
    """Shows the selected node by `set_look(look)`, or by `set_look(None)` what to do.

    Intents: `edited(node, field, value)`, `renamed(node, text)`, `open_requested(node)` and
    `link_requested(target)` of the help; those of the project's variables are the intents of `variables`.
    """

    edited = Signal(str, str, object)
    renamed = Signal(str, str)
    open_requested = Signal(str)
    link_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: PropertiesLook | None = None
        self.setObjectName("properties")
        self.setAccessibleName("Properties")
        self.setMinimumWidth(264)
        self.title = TitleBlock(self)
        self.form = Form(self)
        self.variables = VariablesEditor(self)
        self.flows = FlowList(self)
        self.help = HelpView(self)
        self.empty = EmptyLabel(EMPTY, self)
        self.empty.setObjectName("properties-empty")
        self._settings_title = _section("Settings", self)
        self._variables_title = _section("Project variables", self)
        self._flows_title = _section("What flows through", self)
        self._rule = _Rule(self)
        self._page = self._build_page()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._page)
        self.title.renamed.connect(self._renamed)
        self.title.opened.connect(self._opened)
        self.form.edited.connect(self._edited)
        self.help.link_requested.connect(self.link_requested)

    def set_look(self, look: PropertiesLook | None) -> None:
        """Shows a node; the draft and the focus in a field stay if it is the same node."""
        if look is None:
            self._look = None
            self._stack.setCurrentWidget(self.empty)
            return
        other_node = self._look is None or _what(look) != _what(self._look)
        if other_node and self._look is not None:
            self.form.set_look(())
        self._look = look
        self.title.set_look(look.node, look.op, look.category, look.can_open, look.can_rename)
        self.form.set_look(look.fields)
        if look.variables is not None:
            self.variables.set_look(look.variables)
        for part in (self._variables_title, self.variables):
            part.setVisible(look.variables is not None)
        self.flows.set_look(look.flows)
        self.help.set_look(look.help)
        self._settings_title.setVisible(bool(look.fields))
        self._flows_title.setVisible(bool(look.flows))
        self._rule.setVisible(look.help is not None and bool(look.fields or look.flows))
        self._stack.setCurrentWidget(self._page)
        if other_node:
            self._scroll.verticalScrollBar().setValue(0)

    def rename(self) -> None:
        """Starts editing the name of the node that is shown."""
        if self._look is not None:
            self.title.edit_name()

    def focus_field(self, name: str) -> None:
        """Puts the keyboard focus into a field and scrolls to it."""
        self.form.focus_field(name)
        self._scroll.ensureWidgetVisible(self.form.row(name))

    def sizeHint(self) -> QSize:
        return QSize(296, 600)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.rename()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour(theme.current().panel))

    def _build_page(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        content = QWidget()
        content.setObjectName("properties-content")
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, theme.SPACE_L)
        inner.setSpacing(0)
        settings = (self._settings_title, self.form, self._variables_title, self.variables)
        below = (self._flows_title, self.flows, self._rule, self.help)
        for part in (*settings, *below):
            inner.addWidget(part)
        inner.addStretch(1)
        self._scroll = scroll_area(content, "properties-scroll")
        column.addWidget(self._scroll, 1)
        return page

    def _edited(self, field: str, value: object) -> None:
        if self._look is not None:
            self.edited.emit(self._look.node, field, value)

    def _renamed(self, text: str) -> None:
        if self._look is not None:
            self.renamed.emit(self._look.node, text)

    def _opened(self) -> None:
        if self._look is not None:
            self.open_requested.emit(self._look.node)


def _what(look: PropertiesLook) -> tuple[object, ...]:
    return look.node, look.op, look.nodes


class _Rule(QWidget):
    """A hairline across the panel with room above it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedHeight(13)

    def paintEvent(self, _event: QPaintEvent) -> None:
        line = QRectF(0, self.height() - 1, self.width(), 1)
        QPainter(self).fillRect(line, theme.colour(theme.current().border))


def _section(text: str, parent: QWidget) -> SectionTitle:
    title = SectionTitle(text, parent)
    title.setContentsMargins(16, 7, 16, 0)
    title.setFixedHeight(37)
    return title
