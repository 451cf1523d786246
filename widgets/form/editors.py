"""The editors of single values: a line of text, a choice, a toggle; and which one a field needs."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QComboBox, QWidget

from widgets import icons, theme
from widgets.controls.line_edit import MARGIN, FieldEdit
from widgets.controls.painting import draw_field_frame, draw_text
from widgets.controls.toggle import ToggleSwitch
from widgets.form import values
from widgets.form.array_field import ArrayField
from widgets.form.looks import FieldLook, FieldValue

MIXED = "mixed"
"""What stands in a field for nodes whose values differ."""


class LineEditor(FieldEdit):
    """Numbers, shapes and words in one line; checked while typed, sent by Enter or on leaving the field."""

    committed = Signal(object)
    complained = Signal(str)

    def __init__(self, look: FieldLook, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self._look = look
        self._typing = False
        self._wheel = 0
        self.textEdited.connect(self._typed)
        self.returnPressed.connect(self.commit)
        self.show_look(look)

    def show_look(self, look: FieldLook) -> None:
        """Shows the value of a look; a draft that is being typed survives a look that says nothing new."""
        if self._typing and look == self._look:
            return
        self._look = look
        self._typing = False
        text = values.shown(look)
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(len(text) if self.hasFocus() else 0)
        self.set_hint(values.hint(look))
        self.complained.emit("")

    def commit(self) -> None:
        """Sends the value that was typed, if it can be taken and is a new one."""
        if not self._typing:
            return
        try:
            value = values.read(self._look, self.text())
        except values.TextError as wrong:
            self.complained.emit(str(wrong))
            return
        self._typing = False
        self.complained.emit("")
        if values.is_news(self._look, value):
            self.committed.emit(value)
        else:
            self.setText(values.shown(self._look))
            self.set_hint(values.hint(self._look))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._is_number():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(1 if key == Qt.Key.Key_Up else -1, shift)
        elif key == Qt.Key.Key_Escape and self._typing:
            self._typing = False
            self.show_look(self._look)
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus() or not self._is_number():
            event.ignore()
            return
        self._wheel += event.angleDelta().y()
        steps, self._wheel = int(self._wheel / 120), self._wheel - int(self._wheel / 120) * 120
        if steps:
            self._step(steps, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        event.accept()

    def _is_number(self) -> bool:
        return self._look.kind in ("int", "float")

    def _typed(self, text: str) -> None:
        self._typing = True
        self.set_hint(values.hint_while_typing(self._look, text))
        if not text.strip():
            self.complained.emit("")
            return
        try:
            values.read(self._look, text)
        except values.TextError as wrong:
            self.complained.emit(str(wrong))
        else:
            self.complained.emit("")

    def _step(self, steps: int, shift: bool) -> None:
        try:
            value = values.computed(self._look, self.text())
        except values.TextError:
            value = self._look.value
        if not isinstance(value, (int, float)):
            return
        self.setText(values.text_of(values.stepped(self._look, value, steps, shift), self._look.kind))
        self._typing = True
        self.commit()


class ChoiceEditor(QComboBox):
    """One of several words, in the frame of a field."""

    committed = Signal(object)
    complained = Signal(str)

    def __init__(self, look: FieldLook, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._none_first = False
        self.setFont(theme.font("field value"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(28 + 2 * MARGIN)
        self.setMaxVisibleItems(14)
        self.show_look(look)
        self.activated.connect(self._chosen)

    def show_look(self, look: FieldLook) -> None:
        """Shows the choices and the value of a look; None is the choice `none`."""
        self._look = look
        words = self._words(look)
        if words != [self.itemText(i) for i in range(self.count())]:
            self.clear()
            self.addItems(words)
        self.setCurrentIndex(-1 if look.mixed else words.index(self._word(look.value)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def sizeHint(self) -> QSize:
        return QSize(160, 28 + 2 * MARGIN)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 28 + 2 * MARGIN)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        frame = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        draw_field_frame(painter, frame, self.hasFocus(), False, self.isEnabled())
        shown = MIXED if self._look.mixed else self.currentText()
        quiet = shown in ("none", "None", MIXED) or not self.isEnabled()
        ink = (now.text3 if quiet else now.text) if self.isEnabled() else now.disabled
        place = frame.adjusted(10, 0, -30, 0)
        cut = draw_text(painter, place, shown, "field value", ink, mode=Qt.TextElideMode.ElideMiddle)
        self.setToolTip(shown if cut else "")
        icons.paint(painter, "chevron-down", now.text3, frame.right() - 22, frame.center().y() - 7, 14)

    def _words(self, look: FieldLook) -> list[str]:
        words = list(look.choices)
        for value in (look.default, look.value):
            if self._word(value) not in words:
                words.insert(0, self._word(value))
        return words

    def _word(self, value: FieldValue) -> str:
        return "none" if value is None else str(value)

    def _chosen(self, index: int) -> None:
        word = self.itemText(index)
        value = None if word == "none" and "none" not in self._look.choices else word
        if values.is_news(self._look, value):
            self.committed.emit(value)


class ToggleEditor(ToggleSwitch):
    """Yes or no."""

    committed = Signal(object)
    complained = Signal(str)

    def __init__(self, look: FieldLook, parent: QWidget) -> None:
        super().__init__(parent)
        self.show_look(look)
        self.clicked.connect(self._flipped)

    def show_look(self, look: FieldLook) -> None:
        """Shows the value of a look."""
        self.setChecked(bool(look.value) and not look.mixed)
        self.set_mixed(look.mixed)

    def _flipped(self, on: bool) -> None:
        self.committed.emit(on)


Editor = LineEditor | ChoiceEditor | ToggleEditor | ArrayField


def editor_type(
    look: FieldLook,
) -> type[LineEditor] | type[ChoiceEditor] | type[ToggleEditor] | type[ArrayField]:
    """Which editor a field needs; an array without rows that may be empty takes one line."""
    if look.kind == "choice":
        return ChoiceEditor
    if look.kind == "bool":
        return ToggleEditor
    if look.kind != "array" or not isinstance(look.value, tuple):
        return LineEditor
    is_nested = any(isinstance(item, tuple) for item in look.value)
    return ArrayField if is_nested or look.default != () else LineEditor
