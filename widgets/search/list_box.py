"""What the floating boxes of search have in common: a field over a list, worked from the field's keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from widgets.controls.floating import FloatingBox
from widgets.controls.line_edit import FieldEdit
from widgets.controls.lists import RowDelegate, RowsView
from widgets.controls.rows import LOOK, RowsModel
from widgets.search.fuzzy import Match

SHOWN = 10
"""The most rows that are in sight at once."""


class ListBox(FloatingBox):
    """Floats over the window that it is given.

    `chosen(id)` reports the result; after it, after Escape and when the focus goes elsewhere, it closes and
    gives the focus back.
    """

    chosen = Signal(str)

    def __init__(
        self,
        window: QWidget,
        name: str,
        title: str,
        delegate: Callable[[QWidget], RowDelegate],
        words: Callable[[Any], str],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._looks: tuple[Any, ...] = ()
        self._before: QWidget | None = None
        self.setObjectName(f"{name}-box")
        self.setAccessibleName(title)
        self.field = FieldEdit(role="body", icon="action-search", height=34, parent=self)
        self.field.setObjectName(f"{name}-field")
        self.field.setAccessibleName(title)
        self.field.setPlaceholderText(title)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._search)
        self._model = RowsModel(words, self)
        self.view = RowsView(self._model, f"{name}-list", "Results", "", self)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setItemDelegate(delegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.viewport().setAutoFillBackground(False)
        self.view.clicked.connect(self._choose)
        window.installEventFilter(self)
        self.hide()

    def dismiss(self) -> None:
        """Closes the box and gives the focus back."""
        if self.isHidden():
            return
        before, self._before = self._before, None
        self.hide()
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def titles(self) -> list[str]:
        """The titles in the list, best first."""
        return [self.title_of(look) for look, _ in self._model.rows()]

    # ---- what each box says --------------------------------------------------------------------------

    def hits(self, text: str) -> list[tuple[Any, Match]]:
        """What is found, best first."""
        raise NotImplementedError

    def title_of(self, look: Any) -> str:
        """What a result is called."""
        raise NotImplementedError

    def id_of(self, look: Any) -> str:
        """What is reported where a result is chosen; empty where it cannot be."""
        raise NotImplementedError

    def nothing(self, text: str) -> str:
        """What the empty list says."""
        raise NotImplementedError

    def give_up(self, text: str) -> None:
        """Enter was pressed where nothing is found."""

    def place(self) -> None:
        """Puts the box where it belongs, as high as its list needs."""
        raise NotImplementedError

    # ---- how all are worked --------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list work from the field; the box follows its window and closes with the focus."""
        if watched is self._window:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self.place()
            return False
        if event.type() == QEvent.Type.FocusOut and not self.isAncestorOf(QApplication.focusWidget() or self):
            self._before = None
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return super().eventFilter(watched, event)

    def _show(self, looks: tuple[Any, ...], text: str) -> None:
        self._before = QApplication.focusWidget()
        self._looks = looks
        self.field.setText(text)
        self._search(text)
        self.place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self.field.selectAll()

    def _key(self, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        steps |= {Qt.Key.Key_PageUp: -SHOWN, Qt.Key.Key_PageDown: SHOWN}
        key = event.key()
        if key in steps:
            self._move(steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            return key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        return True

    def _move(self, steps: int) -> None:
        count = self._model.rowCount()
        if count:
            row = self.view.currentIndex().row() + steps
            # One step past an end comes in at the other; a page stops at it.
            row = row % count if abs(steps) == 1 else min(max(row, 0), count - 1)
            self.view.setCurrentIndex(self.view.model().index(row, 0))

    def _enter(self) -> None:
        if self._model.rowCount():
            self._choose(self.view.currentIndex())
        elif text := self.field.text().strip():
            self.give_up(text)

    def _choose(self, index: QModelIndex) -> None:
        hit = index.data(LOOK)
        if hit is None or not self.id_of(hit[0]):
            return
        self.dismiss()
        self.chosen.emit(self.id_of(hit[0]))

    def _search(self, text: str) -> None:
        hits = self.hits(text)
        self._model.replace(hits)
        if hits:
            self.view.setCurrentIndex(self.view.model().index(0, 0))
        self.view.set_empty(self.nothing(text.strip()))
        self.place()
