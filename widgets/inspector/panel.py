"""The inspector panel: one tensor in the view that suits it, its statistics beside it."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls.labels import ElidedLabel, EmptyLabel
from widgets.controls.segmented import SegmentedControl
from widgets.inspector import choice
from widgets.inspector.header import InspectorHeader
from widgets.inspector.heat_view import HeatView
from widgets.inspector.histogram_view import HistogramView
from widgets.inspector.looks import TensorLook, TileLook, ViewName
from widgets.inspector.options import ViewOptions
from widgets.inspector.picture_view import PictureView
from widgets.inspector.place import read_place
from widgets.inspector.stats_column import StatsColumn
from widgets.inspector.table_view import TensorTable
from widgets.inspector.tensor_data import TensorData

EMPTY = "Select a wire to see the tensor in it."
_ORDER: tuple[ViewName, ...] = ("picture", "heat", "table", "histogram")
_STATS_FROM = 400


class InspectorPanel(QWidget):
    """Shows a TensorLook; what its views need beyond the sample is asked for in slices."""

    slice_requested = Signal(object)
    """A TileRequest; answer with `set_tile`, at once or later."""
    pin_wished = Signal(bool)
    """The user wants this tensor to stay shown while the selection moves on, or no longer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector-panel")
        self.setAccessibleName("Inspector")
        self._data = TensorData(self.slice_requested.emit)
        self._chosen: dict[str, ViewName] = {}
        self._fixed: tuple[int, ...] = ()
        self._held = (False, False, 0)
        self.header = InspectorHeader()
        self.pictures, self.histogram = PictureView(), HistogramView()
        self.heat, self.table = HeatView(self._data), TensorTable(self._data)
        self._views = QStackedLayout()
        for view in (self.pictures, self.heat, self.table, self.histogram):
            view.setParent(self)  # without a parent it would be shown as a window for a moment
            self._views.addWidget(view)
        self.options, self.stats = ViewOptions(), StatsColumn()
        self.choice = SegmentedControl("inspector-views", "View")
        self._told = ElidedLabel("", "shape", "text3")
        self._told.setObjectName("inspector-told")
        self._empty = EmptyLabel(EMPTY, self)
        self._empty.setObjectName("inspector-empty")
        self._arrange()
        self._connect()
        self._show()

    def take_header(self) -> InspectorHeader:
        """Hand over the header, to be placed beside the tab instead of above the view."""
        self._column.removeWidget(self.header)
        return self.header

    def set_tensor(self, look: TensorLook | None) -> None:
        """Show this tensor, or the words for none. The same tensor with new values keeps view and place."""
        before = self._data.look
        if look is before:
            return
        self._data.set_look(look)
        if look is None or before is None or (look.name, look.shape) != (before.name, before.shape):
            self._fixed = (0,) * len(self._data.shape.leading)
            self._held = (self._held[0], self._held[1], 0)
            self._told.set_text("")
            self.options.say_place("")
        self._show()

    def set_tile(self, tile: TileLook) -> None:
        """Take the answer to a request; an answer for a tensor no longer shown is ignored."""
        if self._data.set_tile(tile):
            self.heat.values_changed()
            self.table.values_changed()

    def view(self) -> ViewName | None:
        """Return which view is shown."""
        look = self._data.look
        if look is None:
            return None
        chosen = self._chosen.get(look.name)
        return chosen if chosen in choice.fitting(look) else choice.best(look)

    def set_view(self, view: ViewName) -> None:
        """Show this view of this tensor from now on."""
        if self._data.look is not None:
            self._chosen[self._data.look.name] = view
            self._told.set_text("")
            self._show()

    def sizeHint(self) -> QSize:
        return QSize(532, 288)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.stats.setVisible(self.width() >= _STATS_FROM)

    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(theme.SPACE_XS)
        left.addWidget(self.options)
        left.addLayout(self._views, 1)
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addLayout(left, 1)
        row.addWidget(self.stats)
        below = QHBoxLayout()
        below.setSpacing(theme.SPACE_M)
        below.addWidget(self.choice)
        below.addWidget(self._told, 1)
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(13, 0, theme.SPACE_L, theme.SPACE_XS)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(row, 1)
        column.addLayout(below)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(body)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addLayout(self._pages, 1)

    def _connect(self) -> None:
        self.header.pin_wished.connect(self.pin_wished)
        self.choice.chosen.connect(self._choose)
        for view in (self.pictures, self.heat, self.table, self.histogram):
            view.told.connect(self._told.set_text)
        self.options.fixed_wished.connect(self._hold)
        self.options.place_wished.connect(self._go_to)
        self.options.full_digits_wished.connect(self._write_full)
        self.options.log_counts_wished.connect(self._count_log)
        self.options.arrangement_wished.connect(self._cut)

    def _show(self) -> None:
        """Bring every part in line with the tensor."""
        look, view = self._data.look, self.view()
        self._pages.setCurrentIndex(int(look is not None))
        self.header.show_tensor(look)
        self.stats.show_tensor(look)
        if look is None or view is None:
            return
        fits = choice.fitting(look)
        self.choice.set_look(tuple(choice.TITLES[name] for name in fits), fits.index(view))
        ways = choice.ways(look)
        self.options.show_for(view, self._data.shape, self._fixed, ways, self._held)
        match view:
            case "picture":
                self.pictures.show_pictures(look, ways[min(self._held[2], len(ways) - 1)])
            case "heat":
                self.heat.show_matrix(self._fixed)
            case "table":
                self.table.show_matrix(self._fixed)
            case "histogram":
                self.histogram.show_histogram(look.histogram, look.dtype)
        self._views.setCurrentIndex(_ORDER.index(view))

    def _choose(self, index: int) -> None:
        if self._data.look is not None:
            self.set_view(choice.fitting(self._data.look)[index])

    def _hold(self, fixed: tuple[int, ...]) -> None:
        self._fixed = fixed
        self._show()

    def _go_to(self, text: str) -> None:
        look = self._data.look
        if look is None:
            return
        try:
            place = read_place(text, look.shape)
        except ValueError as problem:
            self.options.say_place(str(problem))
            self._told.set_text(str(problem))
            return
        self.options.say_place("")
        self._hold(place[:-2])
        row, column = (0, 0, *place)[-2:]
        self.table.go_to(row, column)

    def _write_full(self, full: bool) -> None:
        self._held = (full, *self._held[1:])
        self.table.set_full_digits(full)
        self._show()

    def _count_log(self, log: bool) -> None:
        self._held = (self._held[0], log, self._held[2])
        self.histogram.set_log(log)
        self._show()

    def _cut(self, index: int) -> None:
        self._held = (*self._held[:2], index)
        self._show()
