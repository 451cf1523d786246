"""The list of runs: each with its colour, a check box, and a search field above."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from widgets import theme
from widgets.curves.lines import COLOURS
from widgets.curves.looks import RunLook

_ROW = 26
_MOST_ROWS = 12


class RunsPopup(QFrame):
    """Opens below its button; a check mark asks for another choice by `runs_chosen`."""

    runs_chosen = Signal(tuple)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._runs: tuple[RunLook, ...] = ()
        self.setObjectName("curve-runs-popup")
        self._search = QLineEdit(placeholderText="Find a run", clearButtonEnabled=True)
        self._search.setObjectName("curve-runs-search")
        self._search.setAccessibleName("Find a run")
        self._list = QListWidget()
        self._list.setObjectName("curve-runs-list")
        self._list.setAccessibleName("Runs")
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.SPACE_S] * 4)
        column.addWidget(self._search)
        column.addWidget(self._list)
        self._search.textChanged.connect(self._filter)
        self._list.itemChanged.connect(self._wish)

    def set_runs(self, runs: tuple[RunLook, ...]) -> None:
        """List these runs; those shown are checked."""
        if runs == self._runs:
            return
        self._runs = runs
        self._fill()

    def open_below(self, button: QWidget) -> None:
        """Open under the button, the search field ready to type in."""
        self._fill()
        rows = min(len(self._runs), _MOST_ROWS)
        self.resize(280, 52 + rows * _ROW + 2 * theme.SPACE_S)
        self.move(button.mapToGlobal(button.rect().bottomLeft()))
        self._search.clear()
        self.show()
        self._search.setFocus()

    def _fill(self) -> None:
        self._list.blockSignals(True)
        row = self._list.currentRow()
        self._list.clear()
        for place, run in enumerate(self._runs):
            item = QListWidgetItem(_chip(place), run.title)
            item.setToolTip(run.name)
            item.setSizeHint(QSize(0, _ROW))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if run.shown else Qt.CheckState.Unchecked)
            self._list.addItem(item)
        self._list.setCurrentRow(max(row, 0))
        self._list.blockSignals(False)
        self._filter(self._search.text())

    def _filter(self, text: str) -> None:
        for row, run in enumerate(self._runs):
            self._list.item(row).setHidden(text.lower() not in f"{run.title} {run.name}".lower())

    def _wish(self, _item: QListWidgetItem) -> None:
        checked = tuple(
            run.name
            for row, run in enumerate(self._runs)
            if self._list.item(row).checkState() == Qt.CheckState.Checked
        )
        # The list shows what holds; only `set_runs` changes it.
        self._list.blockSignals(True)
        for row, run in enumerate(self._runs):
            state = Qt.CheckState.Checked if run.shown else Qt.CheckState.Unchecked
            self._list.item(row).setCheckState(state)
        self._list.blockSignals(False)
        self.runs_chosen.emit(checked)


def _chip(place: int) -> QIcon:
    picture = QPixmap(14, 14)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.current().curve(place % COLOURS)))
    painter.drawRoundedRect(1, 1, 12, 12, 4, 4)
    painter.end()
    return QIcon(picture)
