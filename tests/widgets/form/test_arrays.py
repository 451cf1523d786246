"""Arrays are typed cell by cell, pasted from a spreadsheet, grown and cut, and drawn."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from widgets.form import matrix, values
from widgets.form.array_field import ArrayField
from widgets.form.editors import LineEditor
from widgets.form.form import Form
from widgets.form.looks import FieldLook, FieldValue

Key = Qt.Key
VALUE = FieldLook("value", "Value", "array", ((1, 2), (3, 4)), 0.0)


class Watched:
    """An array in a form that takes over what is reported, as the window does."""

    def __init__(self, show: Any, value: FieldValue) -> None:
        self.window = QWidget()
        self.form = Form(self.window)
        self.form.resize(296, 500)
        self.seen: list[Any] = []
        self.form.set_look((replace(VALUE, value=value),))
        self.form.edited.connect(self._take)
        show(self.window, 296, 560)

    def _take(self, _name: str, value: FieldValue) -> None:
        self.seen.append(value)
        self.form.set_look((replace(VALUE, value=value),))

    @property
    def field(self) -> ArrayField:
        editor = self.form.row("value").editor
        assert isinstance(editor, ArrayField)
        return editor

    @property
    def sentence(self) -> str:
        return self.form.row("value").sentence()

    def write(self, row: int, column: int, text: str) -> None:
        """Type into a cell and press Enter."""
        table = self.field.table
        table.setFocus()
        table.setCurrentCell(row, column)
        QTest.keyClicks(table, text[0])  # the first key opens the cell
        editor = next(editor for editor in table.findChildren(QLineEdit) if editor.isVisible())
        QTest.keyClicks(editor, text[1:])
        QTest.keyClick(editor, Key.Key_Return)
        QApplication.processEvents()  # a table takes what was typed after the key has been handled

    def press(self, name: str) -> None:
        button = self.form.findChild(QWidget, f"field-value-{name}")
        assert button is not None
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def choose(self, mode: str) -> None:
        control = self.field.modes
        index = ("Table", "Draw", "Text").index(mode)
        QTest.mouseClick(
            control, Qt.MouseButton.LeftButton, pos=control.segment_rect(index).center().toPoint()
        )


@pytest.fixture
def watched(show: Any) -> Watched:
    return Watched(show, ((1, 2), (3, 4)))


def test_a_cell_is_typed(watched: Watched) -> None:
    watched.write(1, 0, "2.5")
    assert watched.seen == [((1, 2), (2.5, 4))]
    watched.write(0, 1, "7")
    assert watched.seen[-1] == ((1, 7), (2.5, 4)) and watched.sentence == ""


def test_what_is_no_number_is_said_with_its_place_and_changes_nothing(watched: Watched) -> None:
    watched.write(1, 0, "x")
    assert watched.seen == []
    assert "must be a number" in watched.sentence and "row 1, column 0" in watched.sentence
    watched.write(1, 0, "5")
    assert watched.seen == [((1, 2), (5, 4))] and watched.sentence == ""


def test_rows_and_columns_are_added_and_removed_at_the_current_cell(watched: Watched) -> None:
    watched.field.table.setCurrentCell(0, 0)
    watched.press("add-row")
    assert watched.seen[-1] == ((1, 2), (0, 0), (3, 4))
    watched.press("add-column")
    assert watched.seen[-1] == ((1, 0, 2), (0, 0, 0), (3, 0, 4))
    watched.press("remove-row")
    watched.press("remove-column")
    assert watched.seen[-1] == ((0, 0), (0, 4))


def test_a_spreadsheet_is_pasted_from_the_current_cell_on(watched: Watched) -> None:
    table = watched.field.table
    table.setFocus()
    table.setCurrentCell(1, 1)
    QApplication.clipboard().setText("5\t6.5\r\n7\t-8\r\n")
    QTest.keyClick(table, Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert watched.seen == [((1, 2, 0), (3, 5, 6.5), (0, 7, -8))]
    QApplication.clipboard().setText("1\tone")
    QTest.keyClick(table, Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert len(watched.seen) == 1 and "row 1, column 2 of what was pasted" in watched.sentence


def test_cells_are_copied_for_a_spreadsheet_and_cleared(watched: Watched) -> None:
    table = watched.field.table
    table.setFocus()
    table.selectAll()
    QTest.keyClick(table, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "1\t2\n3\t4"
    QTest.keyClick(table, Key.Key_Delete)
    assert watched.seen == [((0, 0), (0, 0))]


def test_one_axis_stays_one_axis_until_there_is_a_second_row(show: Any) -> None:
    watched = Watched(show, (1.5, 2.5))
    watched.write(0, 1, "3")
    assert watched.seen == [(1.5, 3)]
    watched.press("add-row")
    assert watched.seen[-1] == ((1.5, 3), (0.0, 0.0))


def test_a_stroke_with_the_mouse_is_one_edit(watched: Watched) -> None:
    watched.choose("Draw")
    heat = watched.field.heat
    assert heat.isVisible() and not watched.field.table.isVisible()
    first, second = (heat.cell_rect(0, column).center().toPoint() for column in (0, 1))
    field = watched.field.brush
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "9")
    QTest.keyClick(field, Key.Key_Return)
    QTest.mousePress(heat, Qt.MouseButton.LeftButton, pos=first)
    QTest.mouseMove(heat, QPoint(second))
    QTest.mouseRelease(heat, Qt.MouseButton.LeftButton, pos=second)
    assert len(watched.seen) == 1 and watched.seen[0] in (((9, 9), (3, 4)), ((9, 2), (3, 4)))
    QTest.mouseClick(heat, Qt.MouseButton.RightButton, pos=first)
    assert matrix.cells_of(watched.seen[-1])[0][0] == 0


def test_the_keyboard_draws_as_well(watched: Watched) -> None:
    watched.choose("Draw")
    heat = watched.field.heat
    heat.setFocus()
    for key in (Key.Key_Down, Key.Key_Right, Key.Key_Space):
        QTest.keyClick(heat, key)
    assert watched.seen == [((1, 2), (3, 1))]
    QTest.keyClick(heat, Key.Key_Delete)
    assert watched.seen[-1] == ((1, 2), (3, 0))


def test_the_row_is_as_high_as_what_it_shows(watched: Watched) -> None:
    heights = []
    for mode in ("Table", "Draw", "Text"):
        watched.choose(mode)
        row = watched.form.row("value")
        heights.append(row.height())
        assert row.height() >= 28 + watched.field.height()
        assert watched.form.height() == row.height()
    assert len(set(heights)) > 1


@pytest.mark.parametrize("value", [(((1,),),), (), tuple(range(65)), (tuple(range(65)),)])
def test_more_axes_and_many_cells_have_their_text_only(show: Any, value: FieldValue) -> None:
    watched = Watched(show, value)
    assert watched.field.text.isVisible() and not watched.field.modes.isEnabled()


def test_a_table_that_is_too_large_to_paste_is_refused() -> None:
    with pytest.raises(values.TextError, match="more than 64"):
        matrix.pasted(VALUE, ((1, 2),), 0, 0, "\n".join("1" for _ in range(65)))


def test_a_number_says_how_it_becomes_a_table(show: Any) -> None:
    watched = Watched(show, 1.5)
    editor = watched.form.row("value").editor
    assert isinstance(editor, LineEditor) and editor._hint == "or 1, 2, 3"
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "4, 5")
    QTest.keyClick(editor, Key.Key_Return)
    assert watched.seen == [(4, 5)] and watched.field.table.columnCount() == 2
