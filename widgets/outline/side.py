"""The place at the left of the canvas: a few panels, one in front, chosen by tabs above them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from widgets.controls.tabs import TabHeader, TabLook


class Side(QWidget):
    """Shows one of several panels; the first at the beginning."""

    def __init__(self, name: str, pages: Mapping[str, QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = tuple(pages)
        self.tabs = TabHeader(name)
        self.pages = QStackedWidget()
        for page in pages.values():
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.pages, 1)
        self.tabs.chosen.connect(lambda index: self.show_page(self._names[index]))
        self.show_page(self._names[0])

    def show_page(self, name: str) -> None:
        """Brings a panel to the front."""
        index = self._names.index(name)
        self.tabs.set_look(tuple(map(TabLook, self._names)), index)
        self.pages.setCurrentIndex(index)

    def sizeHint(self) -> QSize:
        return QSize(208, 600)
