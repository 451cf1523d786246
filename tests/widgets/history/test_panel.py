"""The history is gone through by mouse and keys; what differs has a sign beside its colour."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from widgets.history.looks import ComparisonLook, DifferenceLook, NodeMark, StepLook, WireMark
from widgets.history.panel import HistoryPanel

STEPS = (
    StepLook("the beginning", is_base=True),
    StepLook("Add Dense", is_now=True),
    StepLook("Move", is_undone=True),
)
LOOK = ComparisonLook(
    "Since the beginning",
    (DifferenceLook("changed", "attribute", "dense.units", "64", "128", "dense"),),
    (NodeMark("digits", "Digits", 0, 0), NodeMark("dense", "Dense", 300, 80, "changed")),
    (WireMark("digits", "dense", "added"),),
)


@pytest.fixture
def panel(show: Any) -> HistoryPanel:
    panel = HistoryPanel()
    panel.set_steps(STEPS)
    panel.set_comparison(LOOK)
    show(panel, 940, 600)
    return panel


def test_the_present_step_is_the_current_row(panel: HistoryPanel) -> None:
    assert panel.list.currentIndex().row() == 1
    assert panel.list.currentIndex().data() == "Add Dense, now"


def test_a_click_or_enter_goes_to_a_step_and_c_compares_with_it(panel: HistoryPanel) -> None:
    gone: list[int] = []
    based: list[int] = []
    panel.gone_to.connect(gone.append)
    panel.base_chosen.connect(based.append)
    row = panel.list.visualRect(panel.list.model().index(2, 0)).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=row)
    panel.list.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_C):
        QTest.keyClick(panel.list, key)
    assert gone == [2, 0] and based == [0]


def test_a_difference_and_a_node_lead_to_the_canvas(panel: HistoryPanel) -> None:
    jumped: list[str] = []
    panel.jumped.connect(jumped.append)
    panel.differences.setFocus()
    panel.differences.setCurrentIndex(panel.differences.model().index(0, 0))
    QTest.keyClick(panel.differences, Qt.Key.Key_Return)
    at = panel.graph.node_rect("digits").center().toPoint()
    QTest.mouseClick(panel.graph, Qt.MouseButton.LeftButton, pos=at)
    assert jumped == ["dense", "digits"]


def test_the_comparison_is_told_in_words(panel: HistoryPanel) -> None:
    assert panel.title.text() == "Since the beginning"
    assert panel.differences.model().index(0, 0).data() == "changed attribute dense.units 64 → 128"
    assert panel.graph.accessibleName() == "Compared graph: of 2 nodes 0 added, 0 removed, 1 changed"


def test_all_nodes_lie_inside_however_large_the_graph_is(panel: HistoryPanel) -> None:
    many = tuple(NodeMark(f"n{i}", "Relu", 300.0 * (i % 40), 120.0 * (i // 40), "added") for i in range(400))
    panel.set_comparison(ComparisonLook("Since", (), many))
    assert all(panel.graph.rect().contains(panel.graph.node_rect(f"n{i}").toRect()) for i in range(400))
    panel.grab()
