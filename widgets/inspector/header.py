"""The header of the inspector: name of the wire, pin, and how much of the data is shown."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from widgets import theme
from widgets.controls.buttons import IconButton
from widgets.controls.labels import ElidedLabel
from widgets.controls.painting import RIGHT
from widgets.inspector.looks import TensorLook


class InspectorHeader(QWidget):
    """One row, 36 px high, that fits beside a tab as well as above the view."""

    pin_wished = Signal(bool)
    """The tensor shall stay shown while the selection moves on, or no longer."""

    def __init__(self) -> None:
        super().__init__()
        self._pinned = False
        self.setObjectName("inspector-header")
        self._name = ElidedLabel("", "field value", "text2")
        self._name.setObjectName("inspector-name")
        self._count = ElidedLabel("", "label", "text2", align=RIGHT)
        self._count.setObjectName("inspector-count")
        self.pin = IconButton("action-pin", "Pin", name="inspector-pin", side=26, icon_size=14)
        self.pin.clicked.connect(lambda: self.pin_wished.emit(not self._pinned))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_M, 0, theme.SPACE_L, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self._name, 1)
        row.addWidget(self.pin)
        row.addWidget(self._count)
        self.show_tensor(None)

    def show_tensor(self, look: TensorLook | None) -> None:
        """Show name, pin and count of this tensor."""
        self._pinned = bool(look and look.pinned)
        self._name.set_text(look.name if look else "")
        self._count.set_text(look.count_text if look else "")
        self.pin.setVisible(look is not None)
        self.pin.setCheckable(self._pinned)
        self.pin.setChecked(self._pinned)
        tip = "Unpin: follow the selection" if self._pinned else "Pin: keep showing this tensor"
        self.pin.set_icon("action-pin", tip)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), 36)
