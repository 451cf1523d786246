"""The properties panel shows one node, and reports what is asked of it with the node's name."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from widgets.form.looks import FieldLook, FlowRow, PropertiesLook
from widgets.form.properties import EMPTY, PropertiesPanel
from widgets.help.looks import HelpLook, LinkLook

LOOK = PropertiesLook(
    "hidden",
    "Dense",
    "Layers",
    (FieldLook("units", "Units", "int", 128, 64, 1, 65536),),
    (
        FlowRow("x", "batch x 64", "float32", "float32"),
        FlowRow("Gradient", "4.5e-3 rms", "healthy", "", "success"),
    ),
    HelpLook(
        "Dense", ("Every output looks at every input.",), links=(LinkLook("Gradient rule", "gradient"),)
    ),
    can_open=True,
)


@pytest.fixture
def panel(show: Any) -> PropertiesPanel:
    panel = PropertiesPanel()
    panel.set_look(LOOK)
    show(panel, 296, 600)
    return panel


def child(panel: QWidget, name: str) -> QWidget:
    found = panel.findChild(QWidget, name)
    assert isinstance(found, QWidget)
    return found


def test_without_a_node_it_says_what_to_do(panel: PropertiesPanel) -> None:
    panel.set_look(None)
    empty = child(panel, "properties-empty")
    assert isinstance(empty, QLabel)
    assert empty.isVisible() and empty.text() == EMPTY == "Select a node to see its settings."
    panel.set_look(LOOK)
    assert not empty.isVisible()


def test_edits_name_the_node(panel: PropertiesPanel) -> None:
    seen: list[tuple[str, str, object]] = []
    panel.edited.connect(lambda *edit: seen.append(edit))
    field = child(panel, "field-units")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert seen == [("hidden", "units", 129)]


def rename(panel: PropertiesPanel, text: str, end: Qt.Key) -> None:
    editor = child(panel, "rename-node")
    assert isinstance(editor, QLineEdit) and editor.hasFocus()
    assert editor.selectedText() == "hidden"
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, end)
    assert not editor.isVisible()


def test_a_double_click_renames(panel: PropertiesPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.renamed) as asked:
        QTest.mouseDClick(child(panel, "title-block"), Qt.MouseButton.LeftButton)
        rename(panel, "first", Qt.Key.Key_Return)
    assert asked.args == ["hidden", "first"]


def test_f2_renames_from_any_field_and_escape_gives_up(panel: PropertiesPanel, qtbot: QtBot) -> None:
    field = child(panel, "field-units")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_F2)
    with qtbot.assertNotEmitted(panel.renamed):
        rename(panel, "first", Qt.Key.Key_Escape)
    assert panel.isVisible()


def test_a_name_that_cannot_change_is_not_edited(panel: PropertiesPanel) -> None:
    panel.set_look(replace(LOOK, can_rename=False))
    QTest.mouseDClick(child(panel, "title-block"), Qt.MouseButton.LeftButton)
    assert not child(panel, "rename-node").isVisible()


def test_only_blocks_can_be_opened(panel: PropertiesPanel, qtbot: QtBot) -> None:
    link = child(panel, "open-block")
    with qtbot.waitSignal(panel.open_requested) as asked:
        QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    assert asked.args == ["hidden"]
    panel.set_look(replace(LOOK, can_open=False))
    assert not link.isVisible()


def test_links_of_the_help_are_reported(panel: PropertiesPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.link_requested) as asked:
        QTest.mouseClick(child(panel, "help-link-gradient"), Qt.MouseButton.LeftButton)
    assert asked.args == ["gradient"]


def test_what_flows_through_is_readable_for_screen_readers(panel: PropertiesPanel) -> None:
    assert (
        child(panel, "flows")
        .accessibleName()
        .startswith("What flows through: x: batch x 64 float32; Gradient")
    )


def test_sections_without_content_are_left_out(panel: PropertiesPanel) -> None:
    panel.set_look(replace(LOOK, fields=(), flows=(), help=None))
    titles = [title for title in panel.findChildren(QWidget) if title.accessibleName() in ("Settings",)]
    assert all(not title.isVisible() or title.height() == 0 for title in titles)


def test_a_draft_of_one_node_is_not_carried_to_another(panel: PropertiesPanel, qtbot: QtBot) -> None:
    field = child(panel, "field-units")
    field.setFocus()
    QTest.keyClicks(field, "9")
    with qtbot.assertNotEmitted(panel.edited):
        panel.set_look(replace(LOOK, node="logits"))
    fresh = panel.form.row("units").editor
    assert isinstance(fresh, QLineEdit)
    assert fresh.text() == "128"


def test_a_long_name_is_elided_and_in_the_tool_tip(panel: PropertiesPanel) -> None:
    name = "encoder_block_with_a_very_long_name_that_cannot_fit_into_the_panel"
    panel.set_look(replace(LOOK, node=name))
    assert name in child(panel, "title-block").toolTip()
    panel.set_look(LOOK)
    assert "hidden" not in child(panel, "title-block").toolTip()


def test_focus_field_brings_the_keyboard_to_a_setting(panel: PropertiesPanel) -> None:
    panel.focus_field("units")
    assert child(panel, "field-units").hasFocus()
