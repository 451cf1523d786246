"""Number fields take arithmetic, and fields of several nodes say that they are mixed."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from widgets.form import expressions, values
from widgets.form.editors import ChoiceEditor, LineEditor, ToggleEditor
from widgets.form.form import Form
from widgets.form.looks import FieldLook, FieldValue

KNOWN = {
    "2*64": 128,
    "hidden": 100,
    "2*hidden": 200,
    "1/3": 1 / 3,
    "1e-3/2": 0.0005,
    "28*28": 784,
    "9**9": 9**9,
}


def calculated(text: str) -> float:
    """Stands for the arithmetic, which is not the form's."""
    if text not in KNOWN:
        raise ValueError(f"'{text}' is not known.")
    return KNOWN[text]


UNITS = FieldLook("units", "Units", "int", 64, 32, 1, 65536, calculate=calculated)
RATE = FieldLook("rate", "Rate", "float", 0.1, 0.1, 0, 1, calculate=calculated)
ACTIVATION = FieldLook("activation", "Activation", "choice", "relu", "relu", choices=("linear", "relu"))
BIAS = FieldLook("use_bias", "Use bias", "bool", True, True)


class Watched:
    """A form in a window, and what it reported."""

    def __init__(self, show: Any, *fields: FieldLook) -> None:
        self.window = QWidget()
        self.form = Form(self.window)
        self.form.set_look(fields)
        self.form.resize(296, 300)
        self.edits: list[tuple[str, object]] = []
        self.form.edited.connect(lambda name, value: self.edits.append((name, value)))
        show(self.window, 296, 420)

    def type(self, name: str, text: str, enter: bool = True) -> LineEditor:
        editor = self.form.row(name).editor
        assert isinstance(editor, LineEditor)
        editor.setFocus()
        editor.selectAll()
        QTest.keyClicks(editor, text)
        if enter:
            QTest.keyClick(editor, Qt.Key.Key_Return)
        return editor


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("int", "2*64", 128),
        ("float", "1e-3/2", 0.0005),
        ("ints", "2*64, 3", (128, 3)),
        ("ints", "[28*28, 2*64]", (784, 128)),
        ("floats", "1/3, 2", (1 / 3, 2.0)),
        ("shape", "batch x 28*28", ("batch", 784)),
        ("int", "2*hidden", "2*hidden"),
        ("ints", "2*hidden, 3", "2*hidden, 3"),
    ],
)
def test_arithmetic_gives_its_number_and_names_stay(kind: Any, text: str, value: FieldValue) -> None:
    look = FieldLook("size", "Size", kind, None, None, calculate=calculated)
    assert values.read(look, text) == value


@pytest.mark.parametrize(
    ("look", "text", "sentence"),
    [
        (UNITS, "1/3", "Units must be a whole number; this is 0.3333333333333333."),
        (UNITS, "9**9", "Units must lie between 1 and 65,536."),
        (UNITS, "hiden", "Units: 'hiden' is not known."),
        (RATE, "2*hidden", "Rate must lie between 0 and 1."),
        (replace(UNITS, calculate=None), "2*64", "Units must be a whole number."),
    ],
)
def test_what_an_expression_gives_is_checked_like_a_number(look: FieldLook, text: str, sentence: str) -> None:
    with pytest.raises(values.TextError) as refused:
        values.read(look, text)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("text", ["12", "-3", "65,536", "1e-3", "+.5", "inf", "NaN", "", "3.", "1E+5"])
def test_plain_numbers_are_no_expressions(text: str) -> None:
    assert not expressions.is_arithmetic(text) and not expressions.refers(text)


def test_the_hint_tells_the_value_while_one_types(show: Any) -> None:
    watched = Watched(show, UNITS)
    editor = watched.type("units", "2*64", enter=False)
    assert editor._hint == "= 128"
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert editor._hint == "" and watched.form.row("units").sentence() == "Units: '2*6' is not known."
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.text() == "64" and editor._hint == "1 to 65,536"


def test_a_number_is_sent_for_arithmetic_and_the_text_where_it_has_names(show: Any) -> None:
    watched = Watched(show, UNITS, RATE)
    watched.type("units", "2*64")
    watched.type("rate", "1e-3/2")
    watched.type("units", "2*hidden")
    assert watched.edits == [("units", 128), ("rate", 0.0005), ("units", "2*hidden")]


def test_an_expression_is_shown_with_its_value_and_can_be_replaced_by_that_value(show: Any) -> None:
    watched = Watched(show, replace(UNITS, value=200, expression="2*hidden"))
    editor = watched.form.row("units").editor
    assert isinstance(editor, LineEditor) and (editor.text(), editor._hint) == ("2*hidden", "= 200")
    watched.type("units", "2*hidden")
    assert watched.edits == []
    watched.type("units", "200")
    assert watched.edits == [("units", 200)]


def test_mixed_fields_say_so_and_take_any_value_also_the_one_of_the_last_node(show: Any) -> None:
    fields = (replace(look, mixed=True) for look in (UNITS, ACTIVATION, BIAS))
    watched = Watched(show, *fields)
    line, choice, toggle = (row.editor for row in watched.form.rows())
    assert isinstance(line, LineEditor) and (line.text(), line._hint) == ("", "mixed")
    assert isinstance(choice, ChoiceEditor) and choice.currentIndex() == -1
    assert isinstance(toggle, ToggleEditor) and toggle.is_mixed() and not toggle.isChecked()
    assert all(row.editor.accessibleDescription().startswith("mixed") for row in watched.form.rows())
    line.setFocus()
    choice.setFocus()
    assert watched.edits == []  # passing through a mixed field leaves it mixed
    watched.type("units", "64")
    toggle.setFocus()
    QTest.keyClick(toggle, Qt.Key.Key_Space)
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_Down)
    assert watched.edits == [("units", 64), ("use_bias", True), ("activation", "linear")]


def test_a_mixed_field_is_reset_for_all(show: Any) -> None:
    watched = Watched(show, replace(UNITS, value=32, mixed=True))
    button = watched.form.findChild(QWidget, "reset-units")
    assert button is not None and button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert watched.edits == [("units", 32)]
