"""The panel of signatures: what it shows, what it reports by mouse and keys, and where it complains."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets.controls.labels import EmptyLabel
from widgets.controls.name_field import NameField
from widgets.signatures.looks import EntryLook, SignatureLook
from widgets.signatures.panel import EMPTY, SignaturesPanel

IMAGES = EntryLook("images", "digits", "images", "batch x 8 x 8 float32")
LOGITS = EntryLook("logits", "head", "y", "batch x 10 float32")
HIDDEN = EntryLook("hidden", "hidden", "y")
SERVE = SignatureLook("serving_default", (IMAGES,), (LOGITS, HIDDEN))
ODD = SignatureLook("odd", (), (HIDDEN,), "Signature 'odd': its outputs need more.")


@pytest.fixture
def panel(show: Any) -> SignaturesPanel:
    panel = SignaturesPanel()
    panel.set_look((SERVE, ODD))
    show(panel, 800, 260)
    return panel


def write(field: Any, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, key)


def child(panel: SignaturesPanel, name: str) -> Any:
    found = panel.findChild(QWidget, name)
    assert found is not None and found.isVisible()
    return found


def press(panel: SignaturesPanel, name: str) -> None:
    QTest.mouseClick(child(panel, name), Qt.MouseButton.LeftButton)


def rows(panel: SignaturesPanel) -> list[str]:
    model = panel.list.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def choose(panel: SignaturesPanel, row: int) -> None:
    panel.list.setCurrentIndex(panel.list.model().index(row, 0))


def test_an_empty_panel_says_how_one_is_made(show: Any) -> None:
    panel = SignaturesPanel()
    show(panel, 800, 260)
    (empty,) = panel.findChildren(EmptyLabel)
    assert empty.isVisible() and empty.text() == EMPTY
    assert panel.add.isEnabled() and not panel.remove.isEnabled()


def test_all_are_listed_and_the_chosen_one_is_shown_in_full(panel: SignaturesPanel) -> None:
    assert rows(panel) == ["serving_default: images → logits, hidden", "odd: nothing → hidden"]
    assert panel.name.text() == "serving_default"
    assert child(panel, "signature-inputs-0-name").text() == "images"
    assert child(panel, "signature-outputs-0-place").text() == "head.y"
    assert panel.problem() == ""
    choose(panel, 1)
    assert panel.name.text() == "odd"
    assert [field.text() for field in panel.outputs.findChildren(NameField) if field.isVisible()] == [
        "hidden"
    ]
    assert panel.problem() == ODD.problem


def test_another_name_is_reported_by_enter_and_by_leaving_the_field(
    panel: SignaturesPanel, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(panel.renamed) as asked:
        write(panel.name, "predict")
    assert asked.args == ["serving_default", "predict"]
    with qtbot.waitSignal(panel.entry_renamed) as asked:
        write(panel.outputs.field("hidden"), "inner", Qt.Key.Key_Tab)
    assert asked.args == ["serving_default", "outputs", "hidden", "inner"]


def test_escape_and_the_same_name_report_nothing(panel: SignaturesPanel, qtbot: QtBot) -> None:
    field = panel.inputs.field("images")
    with qtbot.assertNotEmitted(panel.entry_renamed):
        write(field, "pixels", Qt.Key.Key_Escape)
        assert field.text() == "images"
        write(field, "images")


def test_a_complaint_marks_the_field_until_one_types_on(panel: SignaturesPanel, qtbot: QtBot) -> None:
    panel.renamed.connect(lambda *_: panel.complain("There is one already."))
    write(panel.name, "odd")
    assert panel.name.is_wrong() and panel.name.text() == "odd"
    assert panel.problem() == "There is one already."
    with qtbot.assertNotEmitted(panel.renamed):
        panel.list.setFocus()  # what was refused is not asked for again
    panel.name.setFocus()
    QTest.keyClicks(panel.name, "er")
    assert not panel.name.is_wrong()


def test_a_complaint_about_no_name_marks_none(panel: SignaturesPanel) -> None:
    panel.add_requested.connect(lambda: panel.complain("Nothing is selected."))
    press(panel, "signature-add")
    assert panel.problem() == "Nothing is selected."
    assert not panel.name.is_wrong()


def test_buttons_report_what_they_say(panel: SignaturesPanel, qtbot: QtBot) -> None:
    for name, signal, arguments in (
        ("signature-add", panel.add_requested, []),
        ("signature-extend", panel.extend_requested, ["serving_default"]),
        ("signature-remove", panel.remove_requested, ["serving_default"]),
        ("signature-outputs-1-remove", panel.entry_removed, ["serving_default", "outputs", "hidden"]),
        ("signature-inputs-0-place", panel.jump_requested, ["digits"]),
    ):
        with qtbot.waitSignal(signal) as asked:
            press(panel, name)
        assert asked.args == arguments


def test_delete_removes_and_f2_and_enter_rename_from_the_list(panel: SignaturesPanel, qtbot: QtBot) -> None:
    choose(panel, 1)
    panel.list.setFocus()
    with qtbot.waitSignal(panel.remove_requested) as asked:
        QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert asked.args == ["odd"]
    for key in (Qt.Key.Key_F2, Qt.Key.Key_Return):
        panel.list.setFocus()
        QTest.keyClick(panel.list, key)
        assert panel.name.hasFocus()


def test_the_chosen_one_stays_chosen_also_under_another_name(panel: SignaturesPanel) -> None:
    choose(panel, 1)
    panel.set_look((SERVE, SignatureLook("even", (), (HIDDEN,))))
    assert panel.name.text() == "even"
    panel.set_look((SignatureLook("first", (), (LOGITS,)), SERVE, SignatureLook("even", (), (HIDDEN,))))
    assert panel.name.text() == "even"
    panel.set_look((SERVE,))
    assert panel.name.text() == "serving_default"
    panel.set_look(())
    assert rows(panel) == [] and not panel.remove.isEnabled()


def test_a_new_one_can_be_brought_to_the_front(panel: SignaturesPanel) -> None:
    panel.set_look((SERVE, ODD, SignatureLook("new", (), (LOGITS,))), "new")
    assert panel.name.text() == "new"


def test_a_renamed_entry_keeps_the_focus(panel: SignaturesPanel) -> None:
    field = panel.outputs.field("logits")
    write(field, "scores")
    renamed = EntryLook("scores", "head", "y", LOGITS.spec)
    panel.set_look((SignatureLook("serving_default", (IMAGES,), (renamed, HIDDEN)), ODD))
    assert panel.outputs.field("scores") is field and field.hasFocus()
