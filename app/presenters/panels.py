"""The panels presenter: which panels there are, which of them lie in front, and what their headers hold."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.main_window import TABS, MainWindow
from app.presenters.boundary import BoundaryPresenter
from app.presenters.signatures import SignaturesPresenter
from widgets.controls.tabs import TabLook


class PanelsPresenter(QObject):
    """The tabs below the canvas, and in a wide window the place beside them for the inspector."""

    shown = Signal(str)
    """The panel that was brought to the front."""

    def __init__(
        self,
        window: MainWindow,
        boundary: BoundaryPresenter,
        signatures: SignaturesPresenter,
        count_problems: Callable[[], int],
    ) -> None:
        super().__init__()
        self._window = window
        self._boundary = boundary
        self._signatures = signatures
        self._count_problems = count_problems
        self._front, self._beside = TABS[0], "Inspector"
        self._tools: dict[str, QWidget] = {}
        window.tabs.chosen.connect(lambda index: self.show(self.names()[index]))
        window.inspector_tabs.chosen.connect(lambda index: self._show_beside(self._names_beside()[index]))
        window.split_changed.connect(lambda _: self.refresh())
        signatures.wanted_changed.connect(lambda _: self.refresh())
        boundary.wanted_changed.connect(lambda _: self._show_beside(self._names_beside()[0]))

    @property
    def front(self) -> str:
        """The panel among the tabs that lies in front."""
        return self._front

    def names(self) -> list[str]:
        """The panels that lie among the tabs: those that have no place of their own beside them."""
        apart = ("Inspector", "Boundary") if self._window.is_split else ()
        wanted = {"Boundary": self._boundary.wanted, "Signatures": self._signatures.wanted}
        return [name for name in TABS if name not in apart and wanted.get(name, True)]

    def show(self, name: str) -> None:
        """Bring a panel to the front, wherever it lies."""
        if name in self.names():
            self._front = name
            self.refresh()
        else:
            self._show_beside(name)
        self.shown.emit(name)

    def show_signatures(self) -> None:
        """Bring the signatures to the front, and give them the keys."""
        self._signatures.ask()
        self._window.bottom.show()
        self.show("Signatures")
        self._window.signatures.list.setFocus()

    def set_tools(self, tools: dict[str, QWidget]) -> None:
        """The controls of panels, which lie in the header while their panel is in front."""
        self._tools = tools
        self.refresh()

    def refresh(self) -> None:
        """Show what there is now."""
        window, names, others = self._window, self.names(), self._names_beside()
        if self._front not in names:
            self._front = TABS[0]
        if self._beside not in others:
            self._beside = others[0]
        window.tabs.set_look(tuple(self._look(name) for name in names), names.index(self._front))
        window.inspector_tabs.set_look(tuple(map(TabLook, others)), others.index(self._beside))
        window.show_beside(self._beside)
        window.show_panel(self._front)
        beside = self._beside if window.is_split else ""
        headers = [(window.inspector_tabs, beside), (window.tabs, self._front)]
        # The header that a panel's controls leave comes first: it would hide them in the other one.
        for header, panel in reversed(headers) if window.is_split else headers:
            header.set_tools(self._tools.get(panel))

    def _show_beside(self, name: str) -> None:
        self._beside = name
        self.refresh()

    def _names_beside(self) -> list[str]:
        return ["Boundary", "Inspector"] if self._boundary.wanted else ["Inspector"]

    def _look(self, name: str) -> TabLook:
        if name != "Problems":
            return TabLook(name)
        count = self._count_problems()
        return TabLook(name, count, "error" if count else "")
