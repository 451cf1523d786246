"""The panel of signatures: at left all of them, at right what the chosen one is given and gives."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls.buttons import IconButton, TextButton
from widgets.controls.labels import EmptyLabel, WrappedLabel
from widgets.controls.lists import RowDelegate, RowsView
from widgets.controls.name_field import NameField
from widgets.controls.painting import RIGHT, draw_text, text_width
from widgets.controls.rows import LOOK, RowsModel
from widgets.controls.scroll import scroll_area
from widgets.signatures.entries import NAME_WIDTH, Entries
from widgets.signatures.looks import SignatureLook

LIST_WIDTH = 232
EMPTY = (
    "A signature names what the graph is given and what it gives, for scripts and for flowscope run. "
    "Select the nodes whose tensors it is to give, and press Add from selection."
)
_ROW, _PADDING = 28, 16


class SignaturesPanel(QWidget):
    """Shows signatures by `set_look`, and why something could not be by `complain`; reports all wishes.

    An input or output is told by the name of its signature, its side and its own name.
    """

    add_requested = Signal()
    extend_requested = Signal(str)
    remove_requested = Signal(str)
    renamed = Signal(str, str)
    entry_renamed = Signal(str, str, str, str)
    entry_removed = Signal(str, str, str)
    jump_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("signatures")
        self._looks: tuple[SignatureLook, ...] = ()
        self._chosen = ""
        self._asked: NameField | None = None
        self.name = NameField("signature-name", "Name of the signature")
        self.name.setFixedWidth(NAME_WIDTH)
        self.name.renamed.connect(self._rename)
        self._model = RowsModel(_words, self)
        self.list = SignaturesView(self._model, "signature-list", "Signatures", "None yet.", self)
        self.list.setItemDelegate(SignatureDelegate(self.list))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._choose())
        self.list.removed.connect(self._remove)
        self.list.picked.connect(lambda _: self.name.setFocus())
        self.add = TextButton("Add from selection", name="signature-add", icon="action-add")
        self.add.clicked.connect(self.add_requested)
        self.remove = IconButton("action-delete", "Remove the signature (Delete)", name="signature-remove")
        self.remove.clicked.connect(self._remove)
        self.extend = TextButton("Add selected outputs", name="signature-extend")
        self.extend.clicked.connect(lambda: self.extend_requested.emit(self._chosen))
        self.inputs, self.outputs = Entries("inputs"), Entries("outputs")
        for side in (self.inputs, self.outputs):
            side.renamed.connect(lambda old, new, side=side: self._rename_entry(side, old, new))
            side.removed.connect(lambda name, side=side: self._remove_entry(side, name))
            side.jumped.connect(self.jump_requested)
        self._problem = WrappedLabel("", "label", "error")
        self._problem.setObjectName("signature-problem")
        self._lay_out()
        self._choose()

    def set_look(self, looks: tuple[SignatureLook, ...], chosen: str = "") -> None:
        """Show these signatures; the chosen one stays chosen, unless another one is named."""
        if looks == self._looks and not chosen:
            return
        names = [look.name for look in looks]
        before = [look.name for look in self._looks]
        row = before.index(self._chosen) if self._chosen in before else 0
        if chosen not in names:
            chosen = self._chosen if self._chosen in names else ""
        at = names.index(chosen) if chosen else min(row, len(names) - 1)
        self._looks = looks
        self._model.replace(looks)
        if looks:
            self.list.setCurrentIndex(self.list.model().index(at, 0))
        self._choose()

    def complain(self, sentence: str) -> None:
        """Say why something could not be, and mark the name that was typed for it."""
        self._say(sentence)
        if self._asked is not None:
            self._asked.set_wrong(True)

    def problem(self) -> str:
        """What is said to be wrong at present."""
        return self._problem.text()

    # ---- showing -------------------------------------------------------------------------------------

    def _choose(self) -> None:
        index = self.list.currentIndex()
        look: SignatureLook | None = index.data(LOOK) if index.isValid() else None
        self.remove.setEnabled(look is not None)
        self._pages.setCurrentIndex(0 if look is None else 1)
        if look is None:
            self._chosen = ""
            self._say("")
            return
        self._chosen = look.name
        self.name.show_name(look.name)
        self.inputs.set_look(look.inputs)
        self.outputs.set_look(look.outputs)
        self._say(look.problem)

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    # ---- wishes --------------------------------------------------------------------------------------

    def _remove(self) -> None:
        if self._chosen:
            self.remove_requested.emit(self._chosen)

    def _rename(self, text: str) -> None:
        self._ask(self.name)
        self.renamed.emit(self._chosen, text)
        self._asked = None

    def _rename_entry(self, side: Entries, old: str, new: str) -> None:
        self._ask(side.field(old))
        self.entry_renamed.emit(self._chosen, side.side, old, new)
        self._asked = None

    def _remove_entry(self, side: Entries, name: str) -> None:
        self.entry_removed.emit(self._chosen, side.side, name)

    def _ask(self, field: NameField) -> None:
        self._asked = field
        self._say("")

    # ---- layout --------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.setContentsMargins(_PADDING, 8, 8, 8)
        below.addWidget(self.add)
        below.addStretch(1)
        below.addWidget(self.remove)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.list, 1)
        left.addLayout(below)
        self.list.setViewportMargins(0, 6, 0, 6)
        self.list.setFixedWidth(LIST_WIDTH)
        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(self.name)
        above.addStretch(1)
        above.addWidget(self.extend)
        content = QWidget()
        sides = QVBoxLayout(content)
        sides.setContentsMargins(0, 0, 8, 8)
        sides.setSpacing(8)
        sides.addWidget(self.inputs)
        sides.addWidget(self.outputs)
        sides.addStretch(1)
        page = QWidget()
        right = QVBoxLayout(page)
        right.setContentsMargins(_PADDING, 8, 8, 8)
        right.setSpacing(8)
        right.addLayout(above)
        right.addWidget(scroll_area(content, "signature-entries"), 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(EmptyLabel(EMPTY))
        self._pages.addWidget(page)
        beside = QVBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self._pages, 1)
        said = QHBoxLayout()
        said.setContentsMargins(_PADDING, 0, _PADDING, 8)
        said.addWidget(self._problem)
        beside.addLayout(said)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left)
        row.addLayout(beside, 1)


class SignaturesView(RowsView):
    """The list of signatures; Delete removes the chosen one."""

    removed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() == Qt.Key.Key_F2 and self.currentIndex().isValid():
            self.picked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class SignatureDelegate(RowDelegate):
    """Paints one signature: its name, and how much goes in and comes out."""

    def row_height(self, _look: SignatureLook, _width: float) -> int:
        return _ROW

    def paint_look(self, painter: QPainter, rect: QRectF, look: SignatureLook) -> None:
        now = theme.current()
        figure = f"{len(look.inputs)} → {len(look.outputs)}"
        room = text_width(figure, "settings line") + 12
        title = rect.adjusted(_PADDING, 0, -_PADDING - room, 0)
        draw_text(painter, title, look.name, "body", now.error if look.problem else now.text)
        draw_text(painter, rect.adjusted(0, 0, -_PADDING, 0), figure, "settings line", now.text3, RIGHT)

    def tip(self, look: SignatureLook, _rect: QRectF) -> str:
        return look.problem or _words(look)


def _words(look: SignatureLook) -> str:
    given = ", ".join(entry.name for entry in look.inputs) or "nothing"
    made = ", ".join(entry.name for entry in look.outputs) or "nothing"
    return f"{look.name}: {given} → {made}"
