"""The dialog of code: what is written is reported, foreign code is announced, and the keys of the editor."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.code.dialog import UNTRUSTED, CodeDialog, CodeLook, Draft

CODE = 'def forward(x):\n    """Two\n    lines."""\n    return x * 2  # twice\n'


@pytest.fixture
def dialog(show: Any) -> CodeDialog:
    dialog = CodeDialog(CodeLook("node", CODE, "x[n] -> y[n]", "k=1"))
    show(dialog, 700, 500)
    return dialog


def press(dialog: CodeDialog, button: Any) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_check_and_keep_report_what_stands_there(dialog: CodeDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.check_requested) as checked:
        press(dialog, dialog.check_button)
    assert checked.args == [Draft(CODE, "x[n] -> y[n]", "k=1")]
    dialog.signature.setText(" x[m] -> y[m] ")
    with qtbot.waitSignal(dialog.keep_requested) as kept:
        press(dialog, dialog.keep_button)
    assert kept.args == [Draft(CODE, "x[m] -> y[m]", "k=1")]


def test_foreign_code_is_announced_until_it_is_changed(show: Any) -> None:
    dialog = CodeDialog(CodeLook("node", CODE, "x[n] -> y[n]", "", trusted=False))
    show(dialog, 700, 500)
    assert dialog.findings() == UNTRUSTED
    assert (dialog.check_button.text(), dialog.keep_button.text()) == ("Trust and check", "Trust and keep")
    dialog.editor.setFocus()
    QTest.keyClicks(dialog.editor, "x")
    assert (dialog.check_button.text(), dialog.keep_button.text()) == ("Check", "Keep")
    assert dialog.findings() != UNTRUSTED


def test_a_click_on_check_leaves_the_focus_in_the_code(dialog: CodeDialog) -> None:
    dialog.editor.setFocus()
    press(dialog, dialog.check_button)
    assert dialog.editor.hasFocus()


def test_while_it_is_checked_only_cancel_can_be_pressed(dialog: CodeDialog) -> None:
    dialog.set_busy(True)
    assert not dialog.keep_button.isEnabled() and not dialog.check_button.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_finding_brings_its_line_into_view(dialog: CodeDialog) -> None:
    dialog.set_findings(("Line 4 of its code failed.",), "error", 4)
    assert dialog.editor.textCursor().blockNumber() == 3
    assert dialog.findings() == "Line 4 of its code failed."


def test_enter_keeps_the_indentation_and_tab_fills_up_to_four(dialog: CodeDialog) -> None:
    editor = dialog.editor
    editor.setPlainText("")
    for keys in ("def f(x):", "\n", "y = 1", "\n"):
        QTest.keyClick(editor, Qt.Key.Key_Return) if keys == "\n" else QTest.keyClicks(editor, keys)
    assert editor.toPlainText() == "def f(x):\n    y = 1\n    "
    QTest.keyClicks(editor, "a")
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.toPlainText().endswith("\n    a   ")
    QTest.keyClick(editor, Qt.Key.Key_Backtab)
    assert editor.toPlainText().endswith("\na   ")


def colours(dialog: CodeDialog, line: int) -> list[str]:
    block = dialog.editor.document().findBlockByNumber(line)
    return [part.format.foreground().color().name().upper() for part in block.layout().formats()]


def test_a_text_over_several_lines_has_one_colour(dialog: CodeDialog) -> None:
    dialog.editor.moveCursor(QTextCursor.MoveOperation.Start)
    assert len(set(colours(dialog, 1))) == len(set(colours(dialog, 2))) == 1
    assert colours(dialog, 1)[0] == colours(dialog, 2)[0]
    assert len(set(colours(dialog, 3))) == 3
