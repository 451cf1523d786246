"""The panel of passes in the window: what each did to the drawn graph, and the switches."""

from typing import Any

import pytest

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
    person.app.panels.show("Passes")
    assert person.app.panels.front == "Passes" and panel.isVisible()
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


def test_mixed_precision_is_shown_and_switched_like_a_pass(person: Any, qtbot: Any) -> None:
    panel = person.window.passes
    person.app.panels.show("Passes")
    qtbot.waitUntil(lambda: "→" in rows(panel).get("Constant folding", ""), timeout=30_000)
    assert rows(panel)["Mixed precision"] == "left out. off"
    panel.list.setCurrentIndex(panel.list.model().index(0, 0))
    panel.list.switched.emit(panel.list.currentIndex())
    assert person.app.document.project.training.precision == "mixed_bfloat16"
    qtbot.waitUntil(lambda: "→" in rows(panel)["Mixed precision"], timeout=30_000)
    model = panel.changes.model()
    assert any("bfloat16" in str(model.index(i, 0).data()) for i in range(model.rowCount()))
    panel.list.switched.emit(panel.list.currentIndex())
    assert person.app.document.project.training.precision == "float32"
