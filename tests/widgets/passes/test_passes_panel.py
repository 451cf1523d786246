"""The panel of passes: switches by mouse and keys, and what the chosen pass changed."""

from typing import Any

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.controls.labels import WrappedLabel
from widgets.passes.looks import ChangeLook, PassLook
from widgets.passes.panel import EMPTY, PassesPanel, _columns

FOLD = PassLook(
    "fold", "Constant folding", "Computes once.", True, "9 → 8", (ChangeLook("a/b", "Add(1, 2)", ""),), 3
)
SHARE = PassLook("share", "Common subexpressions", "Computes once what is drawn twice.", False, "off")


@pytest.fixture
def panel(show: Any) -> PassesPanel:
    panel = PassesPanel()
    panel.set_look((FOLD, SHARE))
    show(panel, 900, 240)
    return panel


def texts(panel: PassesPanel) -> list[str]:
    model = panel.changes.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_the_changes_of_the_chosen_pass_are_listed(panel: PassesPanel) -> None:
    assert texts(panel) == ["a/b: Add(1, 2) -> gone", "and 3 more"]
    panel.list.setFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    assert texts(panel) == []


def test_space_and_a_click_on_the_switch_flip_it(panel: PassesPanel, qtbot: QtBot) -> None:
    panel.list.setFocus()
    with qtbot.waitSignal(panel.switched) as flipped:
        QTest.keyClick(panel.list, Qt.Key.Key_Space)
    assert flipped.args == ["fold", False]
    at = panel.list.switch_rect(panel.list.model().index(1, 0)).center().toPoint()
    with qtbot.waitSignal(panel.switched) as flipped:
        QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert flipped.args == ["share", True]


def test_a_click_beside_the_switch_only_chooses(panel: PassesPanel, qtbot: QtBot) -> None:
    row = panel.list.visualRect(panel.list.model().index(1, 0))
    with qtbot.assertNotEmitted(panel.switched):
        QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert panel.list.currentIndex().row() == 1


def test_the_chosen_pass_stays_chosen_when_the_figures_change(panel: PassesPanel) -> None:
    panel.list.setCurrentIndex(panel.list.model().index(1, 0))
    panel.set_look((FOLD, PassLook("share", "Common subexpressions", "Once.", True, "8 → 7")))
    assert panel.list.currentIndex().row() == 1


def test_without_passes_it_says_why(panel: PassesPanel) -> None:
    panel.set_look((), "MatMul 'm': nothing is connected to a.")
    assert panel.list.model().rowCount() == 0 and texts(panel) == []
    assert EMPTY.endswith(".")


def test_what_a_pass_does_is_not_cut_in_a_narrow_panel(show: Any) -> None:
    help_text = (
        "Computes products of matrices in float16, and sums and losses in float32, as the policy says."
    )
    panel = PassesPanel()
    panel.set_look((PassLook("mixed", "Mixed precision", help_text, True, "off"),))
    show(panel, 560, 240)
    label = panel.findChild(WrappedLabel)
    assert label is not None and label.text() == help_text
    assert label.height() >= label.heightForWidth(label.width()) > 20
    assert panel.list.width() < panel.changes.width()


def test_a_call_that_goes_leaves_its_room_to_what_it_was(panel: PassesPanel) -> None:
    rect = QRectF(0, 0, 300, 24)
    _, before, after = _columns(rect, ChangeLook("a/b", "Constant(value=0.25)", ""))
    _, even, other = _columns(rect, ChangeLook("a/b", "Add()", "Multiply()"))
    _, new, later = _columns(rect, ChangeLook("a/b", "", "Constant(value=0.25)"))
    assert before.width() > even.width() == other.width() > after.width()
    assert (new.width(), later.width()) == (after.width(), before.width())
    assert all(place.right() <= rect.right() for place in (after, other, later))
