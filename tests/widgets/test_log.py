"""The log keeps the newest lines, follows the end, and can be searched and copied."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from widgets.log import MOST_ROWS, LogList, LogLook


def lines(first: int, count: int) -> list[LogLook]:
    return [LogLook("14:02:11", "info", f"Step {i}.") for i in range(first, first + count)]


@pytest.fixture
def log(show: Any) -> LogList:
    log = LogList()
    show(log, 500, 200)
    return log


def test_the_oldest_lines_go_first(log: LogList) -> None:
    log.add(lines(0, MOST_ROWS))
    log.add(lines(MOST_ROWS, 10))
    rows = log.rows()
    assert len(rows) == MOST_ROWS
    assert (rows[0].sentence, rows[-1].sentence) == ("Step 10.", f"Step {MOST_ROWS + 9}.")


def test_more_lines_than_it_keeps_in_one_go(log: LogList) -> None:
    log.add(lines(0, MOST_ROWS + 7))
    assert len(log.rows()) == MOST_ROWS
    assert log.rows()[0].sentence == "Step 7."


def test_it_follows_the_end_until_one_scrolls_up(log: LogList) -> None:
    bar = log.view.verticalScrollBar()
    log.add(lines(0, 100))
    assert bar.value() == bar.maximum() > 0
    bar.setValue(0)
    log.add(lines(100, 5))
    assert bar.value() == 0


def test_selected_lines_are_copied(log: LogList) -> None:
    log.add([LogLook("14:02:11", "info", "Worker started."), LogLook("14:02:12", "error", "It ended.")])
    log.view.setFocus()
    QTest.keyClick(log.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(log.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "14:02:11 info: Worker started.\n14:02:12 error: It ended."


def test_the_filter_finds_a_line(log: LogList) -> None:
    log.add(lines(0, 50))
    QTest.keyClicks(log.tools, "STEP 49")
    assert log.view.model().rowCount() == 1
    log.tools.clear()
    assert log.view.model().rowCount() == 50


def test_clear_is_in_the_menu(log: LogList) -> None:
    log.add(lines(0, 3))
    clear = log.view.findChild(QAction, "log-clear")
    assert isinstance(clear, QAction)
    clear.trigger()
    assert log.rows() == ()
