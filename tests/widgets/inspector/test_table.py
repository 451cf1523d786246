"""The table under real events: any size, tiles on request, copying, going to an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from widgets.controls.line_edit import FieldEdit
from widgets.inspector.axis_field import AxisField
from widgets.inspector.looks import StatsLook, TensorLook, TileLook, TileRequest
from widgets.inspector.panel import InspectorPanel
from widgets.inspector.table_view import TensorTable
from widgets.inspector.tiles import ArraySource

if TYPE_CHECKING:
    from tests.widgets.inspector.conftest import Child, LookOf, Told


def test_a_table_of_a_hundred_million_values_opens_and_reads_only_what_is_seen(
    panel: InspectorPanel, child: Child
) -> None:
    asked: list[TileRequest] = []
    panel.slice_requested.connect(asked.append)
    look = TensorLook("big/x", "float32", (10_000, 10_000), "10000 x 10000", StatsLook(size=10**8))
    panel.set_tensor(look)
    panel.set_view("table")
    table = child(panel, "inspector-table", TensorTable)
    table.grab()
    assert (table.model().rowCount(), table.model().columnCount()) == (10_000, 10_000)
    assert 1 <= len(asked) <= 8
    assert all((r.row1 - r.row0) * (r.column1 - r.column0) <= 4096 for r in asked)
    goto = child(panel, "inspector-go-to", FieldEdit)
    QTest.keyClicks(goto, "9999, 9999")
    QTest.keyClick(goto, Qt.Key.Key_Return)
    table.grab()
    assert table.currentIndex().row() == 9999 and table.currentIndex().column() == 9999
    assert any(request.row1 == 10_000 and request.column1 == 10_000 for request in asked)


def test_a_vector_of_a_hundred_million_values_is_folded(panel: InspectorPanel, child: Child) -> None:
    look = TensorLook("big/v", "float32", (100_000_000,), "100000000", StatsLook(size=10**8))
    panel.slice_requested.connect(
        lambda asked: panel.set_tile(TileLook(asked, np.arange(asked.column0, asked.column1)[None]))
    )
    panel.set_tensor(look)
    table = child(panel, "inspector-table", TensorTable)
    goto = child(panel, "inspector-go-to", FieldEdit)
    QTest.keyClicks(goto, "87654321")
    QTest.keyClick(goto, Qt.Key.Key_Return)
    assert table.model().data(table.currentIndex()) == "87654321"


def test_missing_values_are_quiet_until_their_tile_comes(
    panel: InspectorPanel, look_of: LookOf, child: Child
) -> None:
    array = np.arange(400.0).reshape(20, 20)
    asked: list[TileRequest] = []
    panel.slice_requested.connect(asked.append)
    panel.set_tensor(look_of(array, sample=None))
    panel.set_view("table")
    model = child(panel, "inspector-table", TensorTable).model()
    assert model.data(model.index(3, 4)) == "·"
    for request in asked:
        panel.set_tile(ArraySource(array).read(request))
    assert model.data(model.index(3, 4)) == "64.00"


def test_a_selection_is_copied_as_tab_separated_text(
    panel: InspectorPanel, look_of: LookOf, child: Child, told: Told
) -> None:
    panel.set_tensor(look_of(np.arange(12).reshape(3, 4)))
    panel.set_view("table")
    table = child(panel, "inspector-table", TensorTable)
    model = table.model()
    chosen = QItemSelection(model.index(1, 1), model.index(2, 2))
    table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "5\t6\n9\t10"
    assert told(panel) == "Copied 2 x 2 values."


def test_copying_waits_for_values_that_are_not_here(
    panel: InspectorPanel, look_of: LookOf, child: Child
) -> None:
    array = np.arange(12.0).reshape(3, 4)
    asked: list[TileRequest] = []
    panel.slice_requested.connect(asked.append)
    panel.set_tensor(look_of(array, sample=None))
    panel.set_view("table")
    table = child(panel, "inspector-table", TensorTable)
    QGuiApplication.clipboard().setText("before")
    table.selectAll()
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "before"
    for request in asked:
        panel.set_tile(ArraySource(array).read(request))
    assert QGuiApplication.clipboard().text().splitlines()[2] == "8.000\t9.000\t10.00\t11.00"


def test_all_digits_are_shown_on_request(panel: InspectorPanel, look_of: LookOf, child: Child) -> None:
    panel.set_tensor(look_of(np.array([[0.123456789]])))
    panel.set_view("table")
    model = child(panel, "inspector-table", TensorTable).model()
    assert model.data(model.index(0, 0)) == "0.1235"
    QTest.keyClick(child(panel, "inspector-digits"), Qt.Key.Key_Right)
    assert model.data(model.index(0, 0)) == "0.123456789"


def test_leading_axes_are_picked_by_fields(panel: InspectorPanel, look_of: LookOf, child: Child) -> None:
    array = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    panel.set_tensor(look_of(array))
    panel.set_view("table")
    model = child(panel, "inspector-table", TensorTable).model()
    QTest.keyClick(child(panel, "inspector-axis-0"), Qt.Key.Key_Up)
    field = child(panel, "inspector-axis-1", AxisField)
    field.selectAll()
    QTest.keyClicks(field, "2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert model.data(model.index(0, 0)) == str(array[1, 2, 0, 0])
    field.selectAll()
    QTest.keyClicks(field, "9")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.is_wrong() and model.data(model.index(0, 0)) == str(array[1, 2, 0, 0])


def test_going_to_a_wrong_index_says_why(
    panel: InspectorPanel, look_of: LookOf, child: Child, told: Told
) -> None:
    panel.set_tensor(look_of(np.zeros((2, 2))))
    panel.set_view("table")
    goto = child(panel, "inspector-go-to", FieldEdit)
    QTest.keyClicks(goto, "7, 0")
    QTest.keyClick(goto, Qt.Key.Key_Return)
    assert told(panel) == "Axis 0 has 2 entries. Choose an index from 0 to 1."
    assert goto.is_wrong()


def test_going_to_an_index_moves_the_leading_axes_too(
    panel: InspectorPanel, look_of: LookOf, child: Child
) -> None:
    array = np.arange(4 * 5 * 6).reshape(4, 5, 6)
    panel.set_tensor(look_of(array))
    panel.set_view("table")
    QTest.keyClicks(child(panel, "inspector-go-to"), "3, 1, 2")
    QTest.keyClick(child(panel, "inspector-go-to"), Qt.Key.Key_Return)
    table = child(panel, "inspector-table", TensorTable)
    assert table.model().data(table.currentIndex()) == str(array[3, 1, 2])
    assert child(panel, "inspector-axis-0", AxisField).text() == "3"
