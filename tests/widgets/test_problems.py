"""The list of problems jumps to nodes and offers remedies."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from widgets.problems import EMPTY, ProblemList, ProblemLook

MISMATCH = ProblemLook(
    "error",
    "dense_1",
    "MatMul 'dense_1': inner sizes differ: batch x 784 meets 800 x 10. "
    "Set units of 'hidden' to 800, or connect a tensor with 800 columns.",
    "Set units to 800",
)
SMALL = ProblemLook("warning", "digits", "The batch is only 1.")
PROBLEMS = (MISMATCH, SMALL)


@pytest.fixture
def problems(show: Any) -> ProblemList:
    problems = ProblemList()
    problems.set_look(PROBLEMS)
    show(problems, 640, 200)
    return problems


def middle(problems: ProblemList, row: int) -> QPoint:
    return problems.view.visualRect(problems.view.model().index(row, 0)).center()


def test_a_click_jumps_to_the_node(problems: ProblemList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(problems.jump_requested) as asked:
        QTest.mouseClick(problems.view.viewport(), Qt.MouseButton.LeftButton, pos=middle(problems, 1))
    assert asked.args == [1]


def test_enter_jumps_and_alt_enter_takes_the_remedy(problems: ProblemList, qtbot: QtBot) -> None:
    view = problems.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Home)
    with qtbot.waitSignal(problems.jump_requested) as asked:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert asked.args == [0]
    with qtbot.waitSignal(problems.remedy_requested) as remedy:
        QTest.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    assert remedy.args == [0]
    QTest.keyClick(view, Qt.Key.Key_Down)
    with qtbot.assertNotEmitted(problems.remedy_requested):
        QTest.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)


def test_the_button_takes_the_remedy_and_does_not_jump(problems: ProblemList, qtbot: QtBot) -> None:
    view = problems.view
    button = view.button_rect(view.model().index(0, 0)).center().toPoint()
    silent = qtbot.assertNotEmitted(problems.jump_requested)
    with silent, qtbot.waitSignal(problems.remedy_requested) as asked:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=button)
    assert asked.args == [0]


def test_a_long_sentence_takes_two_lines(problems: ProblemList) -> None:
    heights = [problems.view.visualRect(problems.view.model().index(i, 0)).height() for i in (0, 1)]
    assert heights == [50, 32]


def test_the_filter_keeps_the_numbers_of_the_rows(problems: ProblemList, qtbot: QtBot) -> None:
    problems.tools.setText("batch is")
    assert problems.view.model().rowCount() == 1
    with qtbot.waitSignal(problems.jump_requested) as asked:
        QTest.mouseClick(problems.view.viewport(), Qt.MouseButton.LeftButton, pos=middle(problems, 0))
    assert asked.args == [1]


def test_the_current_problem_stays_current(problems: ProblemList) -> None:
    problems.view.setCurrentIndex(problems.view.model().index(1, 0))
    problems.set_look((SMALL, MISMATCH))
    assert problems.view.currentIndex().row() == 0


def test_problems_are_copied_as_text(problems: ProblemList) -> None:
    problems.view.selectAll()
    QTest.keyClick(problems.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().splitlines()
    assert len(lines) == 2
    assert lines[1] == "warning: digits: The batch is only 1."


def test_without_problems_it_says_so(problems: ProblemList) -> None:
    problems.set_look(())
    assert EMPTY == "No problems. The graph is ready to run."
    image = problems.grab().toImage()
    centre = {image.pixelColor(x, y).name() for x in range(200, 440) for y in range(90, 112)}
    assert len(centre) > 4
