"""The form: fields are edited by keyboard and mouse, checked in place, and change only when told."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from widgets import theme
from widgets.controls.painting import text_width
from widgets.form.editors import ChoiceEditor, LineEditor, ToggleEditor
from widgets.form.form import Form
from widgets.form.looks import FieldLook

UNITS = FieldLook("units", "Units", "int", 128, 64, 1, 65536, help="How many outputs.")
RATE = FieldLook("rate", "Rate", "float", 0.001, 0.001, 0, 1)
ACTIVATION = FieldLook(
    "activation", "Activation", "choice", "relu", "relu", choices=("linear", "relu", "tanh")
)
BIAS = FieldLook("use_bias", "Use bias", "bool", True, True)
VALUE = FieldLook("value", "Value", "array", ((1, 2), (3, 4)), 0.0)
FIELDS = (UNITS, RATE, ACTIVATION, BIAS)


class Watched:
    """A form in a window beside another widget that can take the focus, and what it reported."""

    def __init__(self, show: Any, fields: tuple[FieldLook, ...]) -> None:
        self.window = QWidget()
        self.form = Form(self.window)
        self.form.set_look(fields)
        self.form.resize(296, 300)
        self.elsewhere = QWidget(self.window)
        self.elsewhere.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.edits: list[tuple[str, object]] = []
        self.form.edited.connect(lambda name, value: self.edits.append((name, value)))
        show(self.window, 296, 420)

    def line(self, name: str) -> LineEditor:
        editor = self.form.findChild(LineEditor, f"field-{name}")
        assert isinstance(editor, LineEditor)
        return editor

    def retype(self, name: str, text: str) -> LineEditor:
        editor = self.line(name)
        editor.setFocus()
        editor.selectAll()
        QTest.keyClicks(editor, text)
        return editor


@pytest.fixture
def watched(show: Any) -> Watched:
    return Watched(show, FIELDS)


def test_enter_sends_the_value_once_and_leaving_sends_nothing_more(watched: Watched) -> None:
    editor = watched.retype("units", "256")
    assert watched.edits == []
    QTest.keyClick(editor, Qt.Key.Key_Return)
    watched.elsewhere.setFocus()
    assert watched.edits == [("units", 256)]


def test_leaving_the_field_sends_the_value(watched: Watched) -> None:
    watched.retype("rate", "1e-4")
    watched.elsewhere.setFocus()
    assert watched.edits == [("rate", 1e-4)]


def test_a_number_out_of_range_is_marked_and_not_sent(watched: Watched) -> None:
    row = watched.form.row("units")
    height = row.height()
    editor = watched.retype("units", "70000")
    assert editor.is_wrong()
    assert row.sentence() == "Units must lie between 1 and 65,536."
    assert row.height() > height
    QTest.keyClick(editor, Qt.Key.Key_Return)
    watched.elsewhere.setFocus()
    assert watched.edits == []
    assert editor.text() == "70000"


def test_rows_below_make_room_for_the_sentence(watched: Watched) -> None:
    below = watched.form.row("rate")
    top = below.y()
    watched.retype("units", "x")
    assert below.y() == watched.form.row("units").geometry().bottom() + 1 > top


def test_escape_takes_the_draft_back(watched: Watched) -> None:
    editor = watched.retype("units", "0")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.text() == "128"
    assert not editor.is_wrong()
    watched.elsewhere.setFocus()
    assert watched.edits == []


def test_the_same_value_written_otherwise_is_no_edit(watched: Watched) -> None:
    editor = watched.retype("units", "+128")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert watched.edits == []
    assert editor.text() == "128"


@pytest.mark.parametrize(
    ("key", "modifier", "value"),
    [
        (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, 129),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, 127),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier, 138),
    ],
)
def test_arrow_keys_step_numbers(
    watched: Watched, key: Qt.Key, modifier: Qt.KeyboardModifier, value: int
) -> None:
    editor = watched.line("units")
    editor.setFocus()
    QTest.keyClick(editor, key, modifier)
    assert watched.edits == [("units", value)]


def turn_wheel(widget: QWidget, up: bool) -> None:
    centre = QPointF(widget.rect().center())
    event = QWheelEvent(
        centre,
        widget.mapToGlobal(centre),
        QPoint(),
        QPoint(0, 120 if up else -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_the_wheel_steps_only_the_field_that_has_the_focus(watched: Watched) -> None:
    editor, choice = watched.line("units"), watched.form.row("activation").editor
    watched.elsewhere.setFocus()
    turn_wheel(editor, up=True)
    turn_wheel(choice, up=False)
    assert watched.edits == []
    editor.setFocus()
    turn_wheel(editor, up=True)
    assert watched.edits == [("units", 129)]


def test_a_toggle_asks_and_flips_only_when_told(watched: Watched) -> None:
    toggle = watched.form.row("use_bias").editor
    assert isinstance(toggle, ToggleEditor)
    QTest.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert watched.edits == [("use_bias", False)]
    assert toggle.isChecked()
    watched.form.set_look((UNITS, RATE, ACTIVATION, replace(BIAS, value=False)))
    assert not toggle.isChecked()
    QTest.keyClick(toggle, Qt.Key.Key_Space)
    assert watched.edits[-1] == ("use_bias", True)


def test_a_choice_is_made_by_keyboard(watched: Watched) -> None:
    choice = watched.form.row("activation").editor
    assert isinstance(choice, ChoiceEditor)
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_Down)
    assert watched.edits == [("activation", "tanh")]


def test_none_is_a_choice_by_name(show: Any) -> None:
    look = FieldLook("reg", "Regularizer", "choice", "l2", None, choices=("l1", "l2"))
    watched = Watched(show, (look,))
    choice = watched.form.row("reg").editor
    assert isinstance(choice, ChoiceEditor)
    assert [choice.itemText(i) for i in range(choice.count())] == ["none", "l1", "l2"]
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_Home)
    assert watched.edits == [("reg", None)]


def test_reset_appears_where_a_value_differs_and_asks_for_the_default(watched: Watched) -> None:
    reset = watched.form.findChild(QWidget, "reset-units")
    assert isinstance(reset, QWidget) and reset.isVisible()
    assert watched.form.findChild(QWidget, "reset-rate") is None
    QTest.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert watched.edits == [("units", 64)]
    watched.form.set_look((replace(UNITS, value=64), RATE, ACTIVATION, BIAS))
    assert not reset.isVisible()


def test_a_draft_survives_news_about_other_fields(watched: Watched) -> None:
    editor = watched.retype("units", "25")
    watched.form.set_look((UNITS, replace(RATE, value=0.5), ACTIVATION, BIAS))
    assert watched.line("units") is editor
    assert editor.text() == "25"
    assert editor.hasFocus()
    assert watched.line("rate").text() == "0.5"


def test_a_refused_edit_shows_the_old_value_again(watched: Watched) -> None:
    editor = watched.retype("units", "256")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    watched.form.set_look(FIELDS)
    assert editor.text() == "128"


def test_an_error_found_by_others_is_shown_below_the_field(watched: Watched) -> None:
    sentence = "128 columns meet 64 rows."
    watched.form.set_look((replace(UNITS, error=sentence), RATE, ACTIVATION, BIAS))
    row = watched.form.row("units")
    assert row.sentence() == sentence
    assert watched.line("units").is_wrong()
    assert row.editor.accessibleDescription() == sentence


def test_nested_lists_can_be_edited_as_text(show: Any) -> None:
    watched = Watched(show, (VALUE,))
    text = watched.form.findChild(QPlainTextEdit, "field-value-text")
    assert isinstance(text, QPlainTextEdit)
    assert text.toPlainText() == "[[1, 2],\n [3, 4]]"
    modes = watched.form.findChild(QWidget, "field-value-mode")
    assert modes is not None
    modes.setFocus()
    for _ in range(2):
        QTest.keyClick(modes, Qt.Key.Key_Right)
    text.setFocus()
    text.selectAll()
    QTest.keyClicks(text, "[[1, 2], [3]]")
    assert "row 2" in watched.form.row("value").sentence()
    watched.elsewhere.setFocus()
    assert watched.edits == []
    text.setFocus()
    text.selectAll()
    QTest.keyClicks(text, "[1, 2.5]")
    QTest.keyClick(text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert watched.edits == [("value", (1, 2.5))]


def test_a_number_turns_into_a_list_when_a_list_is_typed(show: Any) -> None:
    scalar = replace(VALUE, value=1.5)
    watched = Watched(show, (scalar,))
    editor = watched.retype("value", "[1, 2]")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert watched.edits == [("value", (1, 2))]
    watched.form.set_look((replace(scalar, value=(1, 2)),))
    assert watched.form.findChild(QPlainTextEdit, "field-value-text") is not None


def test_fields_are_named_for_screen_readers_and_tests(watched: Watched) -> None:
    for look in FIELDS:
        editor = watched.form.row(look.name).editor
        assert editor.objectName() == f"field-{look.name}"
        assert editor.accessibleName() == look.label


def test_tab_goes_from_field_to_field(watched: Watched) -> None:
    watched.line("rate").setFocus()
    QTest.keyClick(watched.line("rate"), Qt.Key.Key_Tab)
    assert watched.form.row("activation").editor.hasFocus()


def test_the_form_follows_the_theme_live(watched: Watched) -> None:
    seen = []
    for name in ("dark", "light"):
        theme.set_theme(name)
        image = watched.line("rate").grab().toImage()
        seen.append(image.pixelColor(image.width() // 2, 8).name().upper())
    assert seen == [theme.DARK.raised, theme.LIGHT.raised]


def test_what_a_wire_brings_is_shown_and_not_edited(watched: Watched) -> None:
    editor = watched.line("units")
    watched.form.set_look((replace(UNITS, enabled=False), RATE, ACTIVATION, BIAS))
    assert not editor.isEnabled()
    watched.form.set_look(FIELDS)
    assert editor.isEnabled()


def test_a_list_that_may_be_empty_takes_one_line_and_can_be_emptied_again(show: Any) -> None:
    look = FieldLook("alphas", "Alphas", "array", (), ())
    watched = Watched(show, (look,))
    assert watched.form.row("alphas").height() == 36
    QTest.keyClick(watched.retype("alphas", "0.5, 1"), Qt.Key.Key_Return)
    assert watched.edits == [("alphas", (0.5, 1))]
    watched.form.set_look((replace(look, value=(0.5, 1)),))
    editor = watched.line("alphas")
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert watched.edits[-1] == ("alphas", ())
    assert watched.form.row("alphas").sentence() == ""


def test_a_long_label_stands_in_two_lines_and_is_not_cut(show: Any) -> None:
    names = ("Recurrent activation", "Global clip norm", "Learning rate", "Units")
    looks = tuple(FieldLook(name, name, "int", 1, 2) for name in names)  # each with the sign that resets it
    form = Watched(show, looks).form
    for name in names:
        lines = form.row(name)._label_lines()
        assert " ".join(line for line, _ in lines) == name
        assert all(text_width(line, "label") <= place.width() for line, place in lines), name
        assert all(place.top() >= 0 and place.bottom() <= 36 for _, place in lines)
