"""One row of the form: label, editor, reset, and the sentence below when the value cannot be taken."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from widgets import icons, theme
from widgets.controls.buttons import IconButton
from widgets.controls.line_edit import MARGIN
from widgets.controls.painting import draw_text, elided, text_width
from widgets.form import values
from widgets.form.array_field import ArrayField
from widgets.form.editors import Editor, LineEditor, ToggleEditor, editor_type
from widgets.form.looks import FieldLook

ROW = 36
LEFT = 16
FIELD = 112
_GAP = 8


class FieldRow(QWidget):
    """Shows one field; reports a new value by `edited(name, value)` and a new height by `grew()`."""

    edited = Signal(str, object)
    grew = Signal()

    def __init__(self, look: FieldLook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._complaint = ""
        self._reset: IconButton | None = None
        self.setObjectName(f"row-{look.name}")
        self.editor: Editor = editor_type(look)(look, self)
        self.editor.setObjectName(f"field-{look.name}")
        self.editor.setAccessibleName(look.label)
        self.editor.setAccessibleDescription(look.help)
        self.editor.committed.connect(self._committed)
        self.editor.complained.connect(self._complained)
        if isinstance(self.editor, ArrayField):
            self.editor.grew.connect(self._show_signs)
        self.setEnabled(look.enabled)
        self._show_signs()

    def look(self) -> FieldLook:
        """What this row shows."""
        return self._look

    def fits(self, look: FieldLook) -> bool:
        """Whether this row can show the look without being built anew."""
        same = (look.name, look.kind) == (self._look.name, self._look.kind)
        return same and isinstance(self.editor, editor_type(look))

    def set_look(self, look: FieldLook) -> None:
        """Shows another value, limits or error of the same field."""
        changed = look != self._look
        self._look = look
        self.setEnabled(look.enabled)
        self.editor.show_look(look)
        if isinstance(self.editor, ToggleEditor) or changed:
            self._show_signs()
            self.update()

    def sentence(self) -> str:
        """The sentence below the field: what is wrong with the draft, or with the value."""
        return self._complaint or self._look.error

    def sizeHint(self) -> QSize:
        return QSize(FIELD + 160, self.heightForWidth(self.width()))

    def heightForWidth(self, width: int) -> int:
        editor = self._wide_top() + self.editor.height() if self._is_wide() else ROW
        return editor + self._sentence_height(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        width = self.width()
        if self._is_wide():
            left = LEFT - MARGIN
            self.editor.setGeometry(
                left, self._wide_top(), width - 2 * LEFT + 2 * MARGIN, self.editor.height()
            )
        elif isinstance(self.editor, ToggleEditor):
            self.editor.move(FIELD - MARGIN, (ROW - self.editor.height()) // 2)
        else:
            span = width - FIELD - LEFT + 2 * MARGIN
            self.editor.setGeometry(FIELD - MARGIN, (ROW - self.editor.height()) // 2, span, 0)
        if self._reset is not None:
            self._reset.move(FIELD - 6 - self._reset.width(), (ROW - self._reset.height()) // 2)
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        ink = now.text2 if self.isEnabled() else now.disabled
        for line, place in self._label_lines():
            draw_text(painter, place, line, "label", ink)
        if self.sentence():
            place = self._sentence_rect(self.width())
            icons.paint(painter, "sign-error", now.error, place.left(), place.top() + 2, 12)
            painter.setFont(theme.font("hint"))
            painter.setPen(theme.colour(now.error))
            painter.drawText(place.adjusted(17, 0, 0, 0), int(_WRAP), self.sentence())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cut = any(elided(line, "label", place.width()) != line for line, place in self._label_lines())
            lines = [self._look.label] if cut else []
            QToolTip.showText(event.globalPos(), "\n".join([*lines, self._look.help]).strip(), self)
            return True
        return super().event(event)

    def _is_wide(self) -> bool:
        return isinstance(self.editor, ArrayField)

    def _wide_top(self) -> int:
        return 28

    def _label_width(self) -> float:
        room = self.width() - 2 * LEFT if self._is_wide() else FIELD - LEFT - _GAP
        return room - (20 if self._reset is not None and self._reset.isVisibleTo(self) else 0)

    def _label_lines(self) -> list[tuple[str, QRectF]]:
        """The label in one line, or in two where it is too long for one; and where they stand."""
        width, words = self._label_width(), self._look.label.split()
        if len(words) == 1 or text_width(self._look.label, "label") <= width:
            return [(self._look.label, QRectF(LEFT, 0, width, ROW))]
        first = words.pop(0)
        while len(words) > 1 and text_width(f"{first} {words[0]}", "label") <= width:
            first = f"{first} {words.pop(0)}"
        line = ROW / 2 - 2
        return [(first, QRectF(LEFT, 2, width, line)), (" ".join(words), QRectF(LEFT, 2 + line, width, line))]

    def _sentence_rect(self, width: int) -> QRectF:
        left = LEFT if self._is_wide() else FIELD
        top = (self._wide_top() + self.editor.height()) if self._is_wide() else ROW - 1
        span = width - left - LEFT
        if not self.sentence():
            return QRectF(left, top, span, 0)
        room = QRectF(0, 0, max(span - 17, 20), 1000)
        metrics = QFontMetricsF(theme.font("hint"))
        height = math.ceil(metrics.boundingRect(room, int(_WRAP), self.sentence()).height())
        return QRectF(left, top, span, height)

    def _sentence_height(self, width: int) -> int:
        height = self._sentence_rect(width).height()
        return int(height) + 6 if height else 0

    def _committed(self, value: object) -> None:
        if isinstance(self.editor, ToggleEditor):
            self.editor.show_look(self._look)
        self.edited.emit(self._look.name, value)

    def _complained(self, sentence: str) -> None:
        if sentence != self._complaint:
            self._complaint = sentence
            self._show_signs()

    def _show_signs(self) -> None:
        """Frame, sentence and reset button follow the look and the draft."""
        editor = self.editor
        if isinstance(editor, (LineEditor, ArrayField)):
            editor.set_wrong(bool(self.sentence()))
        mixed = "mixed. " if self._look.mixed else ""
        editor.setAccessibleDescription(mixed + (self.sentence() or self._look.help))
        differs = self._look.mixed or bool(self._look.expression) or self._look.value != self._look.default
        if differs and self._reset is None:
            self._reset = self._make_reset()
        if self._reset is not None:
            self._reset.setVisible(differs)
        height = self.heightForWidth(self.width())
        if height != self.height():
            self.setFixedHeight(height)
            self.grew.emit()
        self.update()

    def _make_reset(self) -> IconButton:
        default = values.text_of(self._look.default, self._look.kind) or "none"
        button = IconButton(
            "action-reset",
            f"Reset to {default}",
            name=f"reset-{self._look.name}",
            side=20,
            icon_size=12,
            parent=self,
        )
        button.move(FIELD - 6 - 20, (ROW - 20) // 2)
        button.clicked.connect(self._reset_asked)
        QWidget.setTabOrder(self.editor, button)
        return button

    def _reset_asked(self) -> None:
        self.edited.emit(self._look.name, self._look.default)


_WRAP = Qt.AlignmentFlag.AlignLeft.value | Qt.AlignmentFlag.AlignTop.value | Qt.TextFlag.TextWordWrap.value
