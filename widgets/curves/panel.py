"""The curves panel: one plot for each tag, live, for one run or several."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls.labels import EmptyLabel
from widgets.curves.controls import CurveControls
from widgets.curves.lines import lines_of
from widgets.curves.looks import CurveSettings, RunLook, Split
from widgets.curves.plot import CurvePlot
from widgets.curves.pyramid import FloatArray
from widgets.curves.store import CurveStore

EMPTY = "Nothing has run yet. Press Run; loss and metrics appear here by themselves."
REFRESH_MS = 33
_PLOT_WIDTH = 300
_PLOT_HEIGHT = 190

Numbers = Sequence[float] | FloatArray


class CurvesPanel(QWidget):
    """Shows the points it is given. Points are kept at once and drawn at most 30 times a second."""

    runs_chosen = Signal(tuple)
    """The user wants exactly the runs of these names to be drawn; answer with `set_runs`."""
    settings_changed = Signal(object)
    """The user has changed the CurveSettings; they hold already and may be remembered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curves-panel")
        self.setAccessibleName("Curves")
        self._settings = CurveSettings()
        self._store = CurveStore(self._settings.smoothing)
        self._runs: tuple[RunLook, ...] = ()
        self._plots: dict[str, CurvePlot] = {}
        self._stale = False
        self.controls = CurveControls()
        self._grid_host = QWidget()
        self._grid = QGridLayout(self._grid_host)
        self._grid.setContentsMargins(0, theme.SPACE_XS, 0, 0)
        self._grid.setSpacing(0)
        self._scroll = QScrollArea(self, widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setObjectName("curves-scroll")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._grid_host)
        # A page without a parent would be shown as a window of its own for a moment.
        self._empty = EmptyLabel(EMPTY, self)
        self._empty.setObjectName("curves-empty")
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._scroll)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.controls)
        column.addLayout(self._pages, 1)
        self._timer = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self.controls.runs_chosen.connect(self.runs_chosen)
        self.controls.settings_wished.connect(self._take_settings)
        self.controls.set_settings(self._settings)

    def take_controls(self) -> CurveControls:
        """Hand over the row of controls, to be placed beside the tabs instead of above the plots."""
        self._column.removeWidget(self.controls)
        return self.controls

    def add_points(
        self,
        run: str,
        tag: str,
        split: Split,
        steps: Numbers,
        epochs: Numbers,
        seconds: Numbers,
        values: Numbers,
    ) -> None:
        """Append points to one curve. A run that is not in the list is kept, and drawn once it is."""
        arrays = [np.atleast_1d(np.asarray(part, np.float64)) for part in (steps, epochs, seconds, values)]
        self._store.extend(run, tag, split, *arrays)
        self._refresh_soon()

    def set_runs(self, runs: tuple[RunLook, ...]) -> None:
        """List these runs and draw those shown. The place in the list is the colour."""
        if runs == self._runs:
            return
        self._runs = runs
        self.controls.set_runs(runs)
        self._refresh_soon()

    def clear_run(self, run: str) -> None:
        """Forget the points of a run."""
        self._store.clear_run(run)
        self._refresh_soon()

    def settings(self) -> CurveSettings:
        """Return how the curves are drawn."""
        return self._settings

    def set_settings(self, settings: CurveSettings) -> None:
        """Draw the curves in this way."""
        if settings == self._settings:
            return
        before, self._settings = self._settings, settings
        self.controls.set_settings(settings)
        if settings.x_axis != before.x_axis:
            self._zoom_all(None)
            self._point_all(None)
        self._refresh_soon()

    def plots(self) -> tuple[CurvePlot, ...]:
        """Return the plots from left to right, top to bottom."""
        return tuple(self._plots.values())

    def refresh(self) -> None:
        """Draw now what has come since the last time; out of sight it waits."""
        if not self.isVisible():
            return
        self._stale = False
        self._timer.stop()
        self._store.smooth(self._settings.smoothing)
        tags = self._store.tags(run.name for run in self._runs if run.shown)
        if tags != tuple(self._plots):
            self._arrange(tags)
        for tag, plot in self._plots.items():
            plot.set_lines(lines_of(self._store.tagged(tag), self._runs), self._settings)
        self._pages.setCurrentIndex(int(bool(tags)))

    def sizeHint(self) -> QSize:
        return QSize(660, 250)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(tuple(self._plots))

    def _refresh_soon(self) -> None:
        self._stale = True
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _take_settings(self, settings: CurveSettings) -> None:
        self.set_settings(settings)
        self.settings_changed.emit(settings)

    def _arrange(self, tags: tuple[str, ...]) -> None:
        """Put one plot for each tag into as many columns as fit."""
        for tag in [tag for tag in self._plots if tag not in tags]:
            self._plots.pop(tag).deleteLater()
        self._plots = {tag: self._plots.get(tag) or self._new_plot(tag) for tag in tags}
        columns = max(1, min(self.width() // _PLOT_WIDTH, len(tags)))
        rows = -(-len(tags) // columns)
        for place, plot in enumerate(self._plots.values()):
            self._grid.addWidget(plot, place // columns, place % columns)
            plot.set_wheel_scrolls(rows > 1 and rows * _PLOT_HEIGHT > self._scroll.height())
        # One row takes the height that there is; several scroll.
        self._grid_host.setMinimumHeight(rows * _PLOT_HEIGHT if rows > 1 else 0)
        for index in range(self._grid.columnCount()):
            self._grid.setColumnStretch(index, int(index < columns))

    def _new_plot(self, tag: str) -> CurvePlot:
        plot = CurvePlot(tag)
        plot.range_wished.connect(self._zoom_all)
        plot.cursor_wished.connect(self._point_all)
        return plot

    def _zoom_all(self, zoom: tuple[float, float] | None) -> None:
        """All plots share the x axis."""
        for plot in self._plots.values():
            plot.set_zoom(zoom)

    def _point_all(self, x: float | None) -> None:
        for plot in self._plots.values():
            plot.set_cursor(x)
