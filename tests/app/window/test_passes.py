"""The panel of passes in the window: what each did to the drawn graph, and the switches."""

from typing import Any

import pytest

from app.main_window import TABS
from widgets.passes.panel import PassesPanel


@pytest.fixture
def person(live: Any, use: Any) -> Any:
    """Somebody at the window with the digits demo and the real engine."""
    return use(live)


def rows(panel: PassesPanel) -> dict[str, str]:
    model = panel.list.model()
    words = [str(model.index(row, 0).data()) for row in range(model.rowCount())]
    return dict(row.split(": ", 1) for row in words)


def test_the_panel_tells_what_each_pass_did_and_switches_it_off(person: Any, qtbot: Any) -> None:
    panel = person.window.passes
    person.app.show_tab(person.app._tab_names().index("Passes"))
    assert TABS[person.app._tab] == "Passes" and panel.isVisible()
    qtbot.waitUntil(lambda: "→" in rows(panel).get("Constant folding", ""), timeout=30_000)
    row = next(i for i, name in enumerate(rows(panel)) if name == "Constant folding")
    panel.list.setCurrentIndex(panel.list.model().index(row, 0))
    assert panel.changes.model().rowCount() > 0
    panel.list.switched.emit(panel.list.currentIndex())
    assert person.app.document.project.training.without == ("fold",)
    assert rows(panel)["Constant folding"] == "left out. off"
    person.app.document.undo()
    assert person.app.document.project.training.without == ()
    qtbot.waitUntil(lambda: "→" in rows(panel)["Constant folding"], timeout=30_000)
