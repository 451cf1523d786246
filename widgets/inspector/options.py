"""What can be chosen for the view: indices of leading axes, a place, digits, counts, way of cutting."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from widgets import theme
from widgets.controls.line_edit import FieldEdit
from widgets.controls.segmented import SegmentedControl
from widgets.controls.themed import name_widget
from widgets.inspector.axis_field import AxisField
from widgets.inspector.looks import ViewName
from widgets.inspector.pictures import Arrangement
from widgets.inspector.tiles import MatrixShape

ARRANGEMENT_TITLES: dict[Arrangement, str] = {
    "entries": "Entries",
    "channels": "Channels of the first",
    "columns": "Columns",
    "rows": "Rows",
}


_PLACE_TIP = "For example 3, 0, 7. Enter goes there."


class ViewOptions(QWidget):
    """A row above the view, hidden when there is nothing to choose."""

    fixed_wished = Signal(tuple)
    """Indices of the leading axes."""
    place_wished = Signal(str)
    """An index as typed, for example `3, 0, 7`."""
    full_digits_wished = Signal(bool)
    log_counts_wished = Signal(bool)
    arrangement_wished = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inspector-options")
        self._fields: list[AxisField] = []
        self._fixed: tuple[int, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 4, 0, 0)
        self._row.setSpacing(theme.SPACE_S)
        self._axes = QWidget()
        self._axes_row = QHBoxLayout(self._axes)
        self._axes_row.setContentsMargins(0, 0, 0, 0)
        self._axes_row.setSpacing(theme.SPACE_XS)
        self.place = FieldEdit(height=24)
        self.place.setPlaceholderText("Go to")
        self.place.setMaxLength(80)
        name_widget(self.place, "inspector-go-to", "Go to index", _PLACE_TIP)
        self.place.setMinimumWidth(76)
        self.place.setMaximumWidth(112)
        self.digits = SegmentedControl("inspector-digits", "Digits")
        self.counts = SegmentedControl("inspector-log-counts", "Counts")
        self.cuts = SegmentedControl("inspector-arrangement", "Pictures are")
        for widget in (self._axes, self.place, self.digits, self.counts, self.cuts):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.place.returnPressed.connect(lambda: self.place_wished.emit(self.place.text()))
        self.digits.chosen.connect(lambda index: self.full_digits_wished.emit(index == 1))
        self.counts.chosen.connect(lambda index: self.log_counts_wished.emit(index == 1))
        self.cuts.chosen.connect(self.arrangement_wished)

    def show_for(
        self,
        view: ViewName | None,
        shape: MatrixShape,
        fixed: tuple[int, ...],
        ways: tuple[Arrangement, ...],
        held: tuple[bool, bool, int],
    ) -> None:
        """Offer what this view has; `held` is full digits, logarithmic counts, and the way of cutting."""
        matrix = view in ("heat", "table")
        self._show_axes(shape.leading if matrix else (), fixed)
        self._axes.setVisible(matrix and bool(shape.leading))
        self.place.setVisible(view == "table")
        self.digits.setVisible(view == "table")
        self.digits.set_look(("4 digits", "All"), int(held[0]))
        self.counts.setVisible(view == "histogram")
        self.counts.set_look(("Linear counts", "Logarithmic"), int(held[1]))
        self.cuts.setVisible(view == "picture" and len(ways) > 1)
        self.cuts.set_look(tuple(ARRANGEMENT_TITLES[way] for way in ways), held[2])
        self.setVisible(
            (matrix and bool(shape.leading)) or view in ("table", "histogram") or self.cuts.isVisibleTo(self)
        )

    def say_place(self, problem: str) -> None:
        """Say what is wrong with the typed index; an empty text says that it is fine."""
        self.place.setToolTip(problem or _PLACE_TIP)
        self.place.set_wrong(bool(problem))

    def _show_axes(self, leading: tuple[int, ...], fixed: tuple[int, ...]) -> None:
        while len(self._fields) > len(leading):
            self._fields.pop().deleteLater()
        while len(self._fields) < len(leading):
            axis = len(self._fields)
            field = AxisField(axis)
            field.wished.connect(partial(self._wish_index, axis))
            self._fields.append(field)
            self._axes_row.addWidget(field)
        self._fixed = fixed
        for field, size, index in zip(self._fields, leading, fixed, strict=False):
            field.setFixedWidth(96 if len(leading) == 1 else max(48, 128 // len(leading)))
            field.show_index(index, size)

    def _wish_index(self, axis: int, index: int) -> None:
        self.fixed_wished.emit((*self._fixed[:axis], index, *self._fixed[axis + 1 :]))
