"""The history in the window: gone through, compared with, and compared with another file."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from app.document import edits
from engine.project.files import write_project
from widgets.history.panel import HistoryPanel


@pytest.fixture
def panel(person: Any) -> HistoryPanel:
    document = person.app.document
    for units in (7, 8):
        document.apply(f"Units {units}", edits.set_attribute(document.project, "hidden", "units", units))
    person.keys("Ctrl+H", person.window)
    dialog = person.window.findChild(QDialog, "dialog-history")
    assert dialog is not None and dialog.isVisible()
    panel = dialog.findChild(HistoryPanel)
    assert isinstance(panel, HistoryPanel)
    return panel


def rows(view: Any) -> list[str]:
    return [str(view.model().index(row, 0).data()) for row in range(view.model().rowCount())]


def test_one_clicks_into_the_history(person: Any, panel: HistoryPanel) -> None:
    assert rows(panel.list) == ["The beginning, compared with", "Units 7", "Units 8, now"]
    assert any("hidden.units" in row and row.endswith("→ 8") for row in rows(panel.differences))
    at = panel.list.visualRect(panel.list.model().index(1, 0)).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert person.app.document.project.graph.nodes["hidden"].attributes["units"] == 7
    assert rows(panel.list)[1:] == ["Units 7, now", "Units 8, undone"]
    assert any(row.endswith("→ 7") for row in rows(panel.differences))


def test_two_points_are_compared_by_keys(person: Any, panel: HistoryPanel) -> None:
    panel.list.setFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_Up)
    QTest.keyClick(panel.list, Qt.Key.Key_C)
    assert rows(panel.differences) == ["changed attribute hidden.units 7 → 8"]
    assert panel.title.text() == "Since Units 7"
    person.app.document.apply("Delete", edits.delete(person.app.document.project, ["dropout"]))
    assert "removed node dropout Dropout" in rows(panel.differences)


def test_another_file_is_compared_with(person: Any, panel: HistoryPanel, script: Any, tmp_path: Path) -> None:
    other, name = edits.add_node(person.app.document.project, "Relu", 0, 0)
    script.open_path = tmp_path / "other.flowscope"
    write_project(script.open_path, other)
    QTest.mouseClick(panel.with_file, Qt.MouseButton.LeftButton)
    assert panel.title.text() == "Compared with other.flowscope"
    assert rows(panel.differences) == [f"removed node {name} Relu"]
    script.open_path.write_text("nonsense")
    QTest.mouseClick(panel.with_file, Qt.MouseButton.LeftButton)
    assert "other.flowscope" in person.log


def test_it_closes_and_opens_again_and_shows_another_project(person: Any, panel: HistoryPanel) -> None:
    person.app.document.open(person.app.document.project, path=None, title="again")
    assert rows(panel.list) == ["The beginning, now, compared with"] and rows(panel.differences) == []
    dialog = person.window.findChild(QDialog, "dialog-history")
    dialog.close()
    person.wait(lambda: person.window.findChild(QDialog, "dialog-history") is None)
    person.window.activateWindow()
    person.wait(person.window.isActiveWindow)
    person.keys("Ctrl+H", person.window)
    assert person.window.findChild(QDialog, "dialog-history").isVisible()
