"""The outline in the window: the graph as a tree, in step with the canvas, worked with mouse and keys."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from widgets.outline.panel import LOOK, OutlinePanel


@pytest.fixture
def outline(person: Any) -> OutlinePanel:
    """The outline, called by its key."""
    person.keys("Ctrl+Shift+O")
    panel = person.window.outline
    assert isinstance(panel, OutlinePanel)
    assert panel.isVisible() and panel.tree.hasFocus()
    return panel


def click(panel: OutlinePanel, path: str) -> None:
    at = panel.tree.visualRect(panel.index_of(path)).center()
    QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_it_lists_every_node(person: Any, outline: OutlinePanel) -> None:
    assert outline.paths() == person.nodes


def test_a_click_selects_the_node_and_shows_it(person: Any, outline: OutlinePanel) -> None:
    person.canvas.set_place(9000, 9000, 1.0)
    click(outline, "logits")
    assert person.canvas.selected_nodes() == ["logits"]
    away = person.canvas.node_rect("logits").center() - person.canvas.viewport().rect().center()
    assert away.manhattanLength() <= 6


def test_the_keys_walk_open_and_choose(person: Any, outline: OutlinePanel) -> None:
    outline.set_current("hidden")
    QTest.keyClick(outline.tree, Qt.Key.Key_Right)
    assert {"hidden/kernel", "hidden/bias"} <= set(outline.paths())
    QTest.keyClick(outline.tree, Qt.Key.Key_Down)
    path = outline.tree.currentIndex().data(LOOK).path
    assert path.startswith("hidden/")
    QTest.keyClick(outline.tree, Qt.Key.Key_Return)
    assert person.app.workspace.place.path == "hidden"
    assert person.canvas.selected_nodes() == [path.removeprefix("hidden/")]


def test_it_marks_what_is_selected_on_the_canvas(person: Any, outline: OutlinePanel) -> None:
    person.click(person.header("dropout"))
    assert outline.tree.currentIndex().data(LOOK).path == "dropout"


def test_it_follows_edits_and_keeps_what_is_open(person: Any, outline: OutlinePanel) -> None:
    outline.tree.setExpanded(outline.index_of("hidden"), True)
    person.click(person.header("dropout"))
    person.keys("Delete")
    assert "dropout" not in outline.paths() and "hidden/kernel" in outline.paths()
    assert outline.tree.isExpanded(outline.index_of("hidden"))
    person.keys("Ctrl+Z")
    assert "dropout" in outline.paths()


def test_rows_say_in_words_what_is_wrong_or_left_out(person: Any, outline: OutlinePanel) -> None:
    def words(node: str) -> str:
        return str(outline.index_of(node).data(Qt.ItemDataRole.AccessibleTextRole))

    assert words("hidden").startswith("hidden, Dense, 128")
    person.click(person.header("loss"))
    person.keys("Ctrl+M")
    assert words("loss").endswith("muted: left out") and words("adam").endswith("muted: left out")
    person.click(person.header("flatten"))
    person.keys("Delete")
    assert "error: Dense 'hidden': nothing is connected to x" in words("hidden")


def test_functions_open_and_are_gone_to(person: Any, outline: OutlinePanel) -> None:
    person.app.filing.open_demo("newton")
    outline.tree.setExpanded(outline.index_of("root"), True)
    assert {"root/condition", "root/body"} <= set(outline.paths())
    outline.tree.setExpanded(outline.index_of("root/body"), True)
    click(outline, "root/body/slope")
    assert person.app.workspace.place.path == "root/body"
    assert person.canvas.selected_nodes() == ["slope"]


def test_the_tabs_lead_back_to_the_palette(person: Any, outline: OutlinePanel) -> None:
    tabs = person.window.side.tabs
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tab_rect(0).center().toPoint())
    QApplication.processEvents()
    assert person.window.palette_panel.isVisible() and not outline.isVisible()
