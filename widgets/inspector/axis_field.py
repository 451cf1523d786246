"""The field for the index of one leading axis: typed, or stepped with the arrow keys and the wheel."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent

from widgets.controls.line_edit import FieldEdit
from widgets.controls.themed import name_widget

_STEPS = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: 10,
    Qt.Key.Key_PageDown: -10,
}


class AxisField(FieldEdit):
    """Holds an index from 0 to size - 1 and says how many there are."""

    wished = Signal(int)

    def __init__(self, axis: int) -> None:
        super().__init__(height=24)
        self._axis = axis
        self._size = 1
        self._index = 0
        name_widget(self, f"inspector-axis-{axis}", f"Index of axis {axis}")
        self.editingFinished.connect(self._read)

    def show_index(self, index: int, size: int) -> None:
        """Show this index of so many."""
        self._index, self._size = index, size
        self.set_hint(f"of {size:,}")
        self.setToolTip(f"Index of axis {self._axis}, 0 to {size - 1:,}. Arrow keys step.")
        if self.text() != str(index):
            self.setText(str(index))
        self.set_wrong(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._wish(self._index + step)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wish(self._index + (1 if event.angleDelta().y() > 0 else -1))
        event.accept()

    def _read(self) -> None:
        text = self.text().strip()
        if text.isdecimal() and int(text) < self._size:
            self._wish(int(text))
        else:
            self.set_wrong(True)

    def _wish(self, index: int) -> None:
        index = min(max(index, 0), self._size - 1)
        if index != self._index:
            self.wished.emit(index)
        else:
            self.show_index(self._index, self._size)
