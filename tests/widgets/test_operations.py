"""The table of operations can be searched, and leads to the help of one."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.operations import COLUMNS, KERNELS, OperationLook, OperationsTable

ADD = OperationLook("Add", ("Add", "Math", "floats, integers", "yes", "Add, Sum", "NumPy", "CuPy"))
WHERE = OperationLook("Where", ("Where", "Math", "floats", "yes", "Where", "own", "CuPy"))


@pytest.fixture
def table(show: Any) -> OperationsTable:
    table = OperationsTable()
    table.set_look((ADD, WHERE))
    show(table, 900, 300)
    return table


def test_what_is_typed_filters_the_rows(table: OperationsTable) -> None:
    QTest.keyClicks(table.filter, "sum")
    assert [str(table.view.model().index(0, 0).data()).split(",")[0]] == ["Add"]
    assert table.view.model().rowCount() == 1
    QTest.keyClicks(table.filter, "zzz")
    assert table.view.model().rowCount() == 0


def test_enter_picks_an_operation(table: OperationsTable, qtbot: QtBot) -> None:
    table.view.setCurrentIndex(table.view.model().index(1, 0))
    with qtbot.waitSignal(table.picked) as picked:
        QTest.keyClick(table.view, Qt.Key.Key_Return)
    assert picked.args == ["Where"]


def test_the_columns_fill_the_width() -> None:
    assert sum(share for _, share in (*COLUMNS, *KERNELS)) == pytest.approx(1.0)
