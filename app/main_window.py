"""The main window: where the parts lie. No logic; what the parts show and do is wired in `application`."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QMenuBar,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from widgets import icons, theme
from widgets.boundary import BoundaryView
from widgets.breadcrumb import Breadcrumb
from widgets.canvas.view import CanvasView
from widgets.controls.labels import ElidedLabel
from widgets.controls.segmented import SegmentedControl
from widgets.controls.tabs import TabHeader
from widgets.form.properties import PropertiesPanel
from widgets.log import LogList
from widgets.outline.panel import OutlinePanel
from widgets.outline.side import Side
from widgets.palette.panel import Palette
from widgets.passes.panel import PassesPanel
from widgets.problems import ProblemList
from widgets.runbar import RunBar
from widgets.search.trigger import SearchTrigger
from widgets.signatures.panel import SignaturesPanel
from widgets.status import StatusBar

PALETTE, PROPERTIES, BOTTOM, INSPECTOR = 208, 296, 288, 532
NAMED_FROM = 1240
"""From this width on the bar above has room for the program's name beside its sign."""
SPLITS_FROM = 1400
"""From this width on the inspector has a place of its own beside the curves."""
RUN_KEYS = {"run": "F5", "pause": "F6", "step": "F10", "stop": "Shift+F5", "run to here": "F4"}
"""As in the list of actions."""
DENSITIES = ("Learn", "Build", "Expert")
TABS = ("Curves", "Boundary", "Inspector", "Problems", "Passes", "Signatures", "Log")


class MainWindow(QMainWindow):
    """Palette, canvas, properties, the panels below, and the bars above and at the bottom."""

    closing = Signal(object)
    """The QCloseEvent, to be refused while work could be lost."""
    split_changed = Signal(bool)
    painted = Signal()
    """The window has been painted for the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("main-window")
        self.setMinimumSize(960, 640)
        self.palette_panel = Palette()
        self.outline = OutlinePanel()
        self.side = Side("side-tabs", {"Nodes": self.palette_panel, "Outline": self.outline})
        self.canvas = CanvasView()
        self.properties = PropertiesPanel()
        self.problems = ProblemList()
        self.passes = PassesPanel()
        self.signatures = SignaturesPanel()
        self.log = LogList()
        self.status = StatusBar()
        self.menu_bar = QMenuBar()
        self.density = SegmentedControl("density", "Density")
        self.density.set_look(DENSITIES, 1)
        self.run_bar = RunBar(shortcuts=RUN_KEYS)
        self.breadcrumb = Breadcrumb()
        self.file_name = ElidedLabel("", "body", "text2")
        self.search_trigger = SearchTrigger()
        self.tabs = TabHeader("panel-tabs")
        self.inspector_tabs = TabHeader("inspector-tabs")
        self.panels = QStackedWidget()
        self.boundary = BoundaryView()
        self.beside = QStackedWidget()
        self.inspector_place = QWidget()
        column = _column(self.inspector_place)
        column.addWidget(self.inspector_tabs)
        column.addWidget(self.beside, 1)
        self._inspector: QWidget = QWidget()
        self._curves: QWidget = QWidget()
        self._name = ElidedLabel("Flowscope", "node title", "text")
        self._is_split: bool | None = None
        self._lay_out()
        self.canvas.viewport().installEventFilter(self)

    # ---- parts that come later -----------------------------------------------------------------------

    def set_late_panels(self, curves: QWidget, inspector: QWidget) -> None:
        """Put in what is made only after the first paint: pyqtgraph takes longer to load than the window."""
        index = self.panels.currentIndex()
        self.panels.removeWidget(self._curves)
        self._curves.deleteLater()
        self.panels.insertWidget(0, curves)
        self._curves = curves
        self._inspector.setParent(None)
        self._inspector.deleteLater()
        self._inspector = inspector
        self._place_inspector()
        self.panels.setCurrentIndex(index)

    @property
    def is_split(self) -> bool:
        """Whether the inspector lies beside the other panels, not among them."""
        return bool(self._is_split)

    def show_panel(self, name: str) -> None:
        """Bring one of the panels among the tabs to the front."""
        widget = {
            "Curves": self._curves,
            "Boundary": self.boundary,
            "Inspector": self._inspector,
            "Problems": self.problems,
            "Passes": self.passes,
            "Signatures": self.signatures,
            "Log": self.log,
        }[name]
        if self.panels.indexOf(widget) >= 0:
            self.panels.setCurrentWidget(widget)

    def show_beside(self, name: str) -> None:
        """Bring one of the panels beside the others to the front: Inspector or Boundary."""
        widget = self.boundary if name == "Boundary" else self._inspector
        if self.beside.indexOf(widget) >= 0:
            self.beside.setCurrentWidget(widget)

    # ---- layout --------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.setMenuWidget(self._top_bar())
        for page in (self._curves, self.problems, self.passes, self.signatures, self.log):
            self.panels.addWidget(page)
        below = QWidget()
        column = _column(below)
        column.addWidget(self.tabs)
        column.addWidget(self.panels, 1)
        self.bottom = _splitter(Qt.Orientation.Horizontal, "split-bottom")
        self.bottom.addWidget(below)
        self.bottom.addWidget(self.inspector_place)
        self.top = _splitter(Qt.Orientation.Horizontal, "split-top")
        self.top.addWidget(self.side)
        self.top.addWidget(self.canvas)
        self.left = _splitter(Qt.Orientation.Vertical, "split-left")
        self.left.addWidget(self.top)
        self.left.addWidget(self.bottom)
        self.whole = _splitter(Qt.Orientation.Horizontal, "split-whole")
        self.whole.addWidget(self.left)
        self.whole.addWidget(self.properties)
        self.side.setMinimumWidth(180)
        self.canvas.setMinimumSize(480, 320)
        self.properties.setMinimumWidth(264)
        self.bottom.setMinimumHeight(160)
        # Fixed least widths: what a panel shows at the moment must not move the border between them.
        below.setMinimumWidth(400)
        self.inspector_place.setMinimumWidth(400)
        for splitter, stretched in ((self.top, 1), (self.left, 0), (self.whole, 0), (self.bottom, 0)):
            splitter.setStretchFactor(stretched, 1)
        self.top.setSizes([PALETTE, 900])
        self.left.setSizes([650, BOTTOM])
        self.whole.setSizes([1300, PROPERTIES])
        self.bottom.setSizes([770, INSPECTOR])
        centre = QWidget()
        column = _column(centre)
        column.addWidget(self.whole, 1)
        column.addWidget(self.status)
        self.setCentralWidget(centre)
        self.canvas.add_overlay(self.breadcrumb, "top_left")
        self.canvas.add_overlay(self.run_bar, "top_center")
        self._split(self.width() >= SPLITS_FROM)

    def _top_bar(self) -> QWidget:
        bar = _TopBar()
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(_Logo())
        row.addWidget(self._name)
        self.menu_bar.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        row.addWidget(self.menu_bar)
        row.addStretch(1)
        row.addWidget(self.search_trigger)
        row.addStretch(1)
        self.file_name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row.addWidget(self.file_name)
        row.addSpacing(8)
        row.addWidget(self.density)
        return bar

    def _split(self, split: bool) -> None:
        if split == self._is_split:
            return
        self._is_split = split
        self._place_inspector()
        self.split_changed.emit(split)

    def _place_inspector(self) -> None:
        home = self.beside if self._is_split else self.panels
        for widget in (self._inspector, self.boundary):
            home.addWidget(widget)
        self.inspector_place.setVisible(bool(self._is_split))

    # ---- events --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Waits for the first paint of the canvas; the whole window is painted together with it."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self.painted.emit)
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """A low window leaves the canvas more than the panels below it, unless somebody made them higher."""
        super().showEvent(event)
        above, below = self.left.sizes()
        most = self.height() // 3
        if most < below <= BOTTOM:
            self.left.setSizes([above + below - most, most])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._split(event.size().width() >= SPLITS_FROM)
        self._name.setVisible(event.size().width() >= NAMED_FROM)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit(event)


class _TopBar(QWidget):
    """The bar with menus and search, 40 px."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(40)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        now = theme.current()
        painter.fillRect(self.rect(), QColor(now.window))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(now.border))


class _Logo(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(18, 18)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        icons.paint(QPainter(self), "logo", theme.current().accent, 0, 0, 18)


def _column(parent: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column


def _splitter(orientation: Qt.Orientation, name: str) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setObjectName(name)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    return splitter
