"""The questions in dialogs: each button is the answer that it says, and Escape changes nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.dialogs.questions import Questions
from engine.graph.graph import GraphDef
from engine.project.autosave import Recoverable
from engine.project.project import Project

WORK = [
    Recoverable(Path(f"/state/{n}.autosave"), Path(f"/home/{n}.flowscope"), False, 1e9, Project(GraphDef()))
    for n in range(2)
]


@pytest.fixture
def questions(qtbot: QtBot) -> Iterator[Questions]:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    yield Questions(window)


def press(button: str) -> None:
    """When the next dialog is there, press the button that begins with these words, or Escape for none."""

    def act() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(1, act)
            return
        found = [one for one in box.findChildren(QPushButton) if one.text().startswith(button)]
        if button:
            QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)
        else:
            QTest.keyClick(box, Qt.Key.Key_Escape)

    QTimer.singleShot(1, act)


@pytest.mark.parametrize(
    ("button", "answer"), [("Save", "save"), ("Discard", "discard"), ("Cancel", "cancel"), ("", "cancel")]
)
def test_unsaved_changes(questions: Questions, button: str, answer: str) -> None:
    press(button)
    assert questions.keep_changes("net.flowscope") == answer


@pytest.mark.parametrize(
    ("button", "answer"),
    [("Overwrite", "overwrite"), ("Save a copy", "copy"), ("Cancel", "cancel"), ("", "cancel")],
)
def test_a_changed_file(questions: Questions, button: str, answer: str) -> None:
    press(button)
    assert questions.overwrite_changed(Path("/home/net.flowscope")) == answer


@pytest.mark.parametrize(
    ("button", "answer"),
    [
        ("Recover 0.flowscope", WORK[0]),
        ("Recover 1.flowscope", WORK[1]),
        ("Discard", "discard"),
        ("Later", "later"),
        ("", "later"),
    ],
)
def test_recovery(questions: Questions, button: str, answer: object) -> None:
    press(button)
    assert questions.recover(WORK) == answer


@pytest.fixture
def type_name(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Type a name into the file dialog and press Enter; Qt's own dialog stands for that of the desktop."""
    monkeypatch.setattr(QFileDialog, "exec", _exec_own)

    def type_it(name: str) -> None:
        def act() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QFileDialog):
                QTimer.singleShot(1, act)
                return
            field = dialog.findChild(QLineEdit, "fileNameEdit")
            assert field is not None
            field.selectAll()
            QTest.keyClicks(field, name)
            QTest.keyClick(field, Qt.Key.Key_Return)

        QTimer.singleShot(1, act)

    return type_it


_real_exec = QFileDialog.exec


def _exec_own(dialog: QFileDialog) -> int:
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    return _real_exec(dialog)


@pytest.mark.parametrize(("typed", "name"), [("mine", "mine.flowscope"), ("mine.json", "mine.json")])
def test_a_name_without_an_ending_gets_ours(
    questions: Questions, type_name: Callable[[str], None], tmp_path: Path, typed: str, name: str
) -> None:
    type_name(typed)
    assert questions.path_to_save(tmp_path / "untitled.flowscope") == tmp_path / name
