"""The few settings that one changes often, edited over the node itself: Tab goes on, Enter and Esc close."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from widgets.controls.floating import FloatingBox
from widgets.form.form import Form
from widgets.form.looks import FieldLook

WIDTH, AROUND = 264, 4
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class QuickEdit(FloatingBox):
    """A floating form over its parent; `edited(field, value)` is its intent.

    Leaving it keeps what was typed.
    """

    edited = Signal(str, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "raised")
        self.setObjectName("quick-edit")
        self.setAccessibleName("Settings of the node")
        self.form = Form(self)
        self.form.setObjectName("quick-form")
        self.form.edited.connect(self.edited)
        self._home = self._over = parent
        column = QVBoxLayout(self)
        margins = self.contentsMargins()
        column.setContentsMargins(
            margins.left(), margins.top() + AROUND, margins.right(), margins.bottom() + AROUND
        )
        column.addWidget(self.form)
        self.hide()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow_focus)

    def open(self, fields: tuple[FieldLook, ...], at: QPoint) -> None:
        """Shows fields with the upper left corner of the box at a point of the parent, inside the parent."""
        self._home = QApplication.focusWidget() or self._home
        self.set_fields(fields)
        self._place(at)
        self.show()
        self.raise_()
        self._focus(0)

    def set_fields(self, fields: tuple[FieldLook, ...]) -> None:
        """Shows other values; the focus and the draft stay if the fields are the same."""
        self.form.set_look(fields)
        for row in self.form.rows():
            for part in (row.editor, row.editor.focusProxy()):
                if part is not None:
                    part.removeEventFilter(self)
                    part.installEventFilter(self)
        self.form.setFixedWidth(WIDTH)
        self.adjustSize()

    def close_fields(self) -> None:
        """Goes away, and gives the keys back to where they were."""
        if self.isHidden():
            return
        had_focus = self._holds(QApplication.focusWidget())
        self.hide()
        self.form.set_look(())
        if had_focus:
            self._home.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc drops what was typed and closes; Enter closes once what was typed is taken."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.form.blockSignals(True)
                self.close_fields()
                self.form.blockSignals(False)
                return True
            if event.key() in _ENTER and not event.modifiers():
                row = next(row for row in self.form.rows() if row.isAncestorOf(_widget(watched)))
                commit = getattr(row.editor, "commit", None)
                if commit is not None:
                    commit()
                if not row.sentence():
                    self.close_fields()
                return True
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, onward: bool) -> bool:
        """Tab stays among the fields."""
        editors = [row.editor for row in self.form.rows()]
        here = next((i for i, each in enumerate(editors) if each is QApplication.focusWidget()), -1)
        self._focus((here + (1 if onward else -1)) % len(editors))
        return True

    def _focus(self, index: int) -> None:
        editor = self.form.rows()[index].editor
        editor.setFocus(Qt.FocusReason.TabFocusReason)

    def _place(self, at: QPoint) -> None:
        margins = self.contentsMargins()
        room = self._over.size() - self.size()
        x, y = at.x() - margins.left(), at.y() - margins.top()
        self.move(min(max(x, 0), max(room.width(), 0)), min(max(y, 0), max(room.height(), 0)))

    def _follow_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        if self.isVisible() and now is not None and not self._holds(now):
            self.close_fields()

    def _holds(self, widget: QWidget | None) -> bool:
        """Whether a widget is in the box, or in a list that one of its fields has opened."""
        while widget is not None and widget is not self:
            widget = widget.parentWidget()
        return widget is self


def _widget(watched: QObject) -> QWidget:
    assert isinstance(watched, QWidget)
    return watched
