"""The keyboard's way: walk, move, open, add, rename, copy; and what screen readers are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from widgets.canvas.looks import NoteLook
from widgets.canvas.view import CanvasView

if TYPE_CHECKING:
    from tests.widgets.canvas.conftest import Hand

Listen = Callable[[object], list[tuple[object, ...]]]
Key = Qt.Key
Ctrl, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_tab_asks_for_a_node(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.add_requested)
    hand.key(Key.Key_Tab)
    assert len(said) == 1
    assert said[0][2] is None


def test_arrows_move_the_selection_by_8(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.nodes_moved)
    view.select(["hidden"])
    hand.key(Key.Key_Right)
    hand.key(Key.Key_Up)
    assert said == [({"hidden": (328.0, 0.0)}, {}), ({"hidden": (320.0, -8.0)}, {})]


def test_ctrl_arrows_walk_from_node_to_node(view: CanvasView, hand: Hand) -> None:
    view.focus_node("digits")
    hand.key(Key.Key_Right, Ctrl)
    assert view.selection.focus == "hidden"
    hand.key(Key.Key_Left, Ctrl)
    assert view.selection.focus == "digits"
    assert view.selected_nodes() == ["digits"]


def test_f7_walks_in_reading_order_and_round(view: CanvasView, hand: Hand) -> None:
    seen = []
    for _ in range(4):
        hand.key(Key.Key_F7)
        seen.append(view.selection.focus)
    assert seen == ["digits", "hidden", "loss", "digits"]
    hand.key(Key.Key_F7, Shift)
    assert view.selection.focus == "loss"


@pytest.mark.parametrize(
    ("signal", "key", "held"),
    [
        ("open_requested", Key.Key_Return, Qt.KeyboardModifier.NoModifier),
        ("run_to_requested", Key.Key_Return, Ctrl),
    ],
)
def test_enter_opens_and_ctrl_enter_runs_to(
    view: CanvasView, hand: Hand, heard: Listen, signal: str, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    said = heard(getattr(view, signal))
    view.focus_node("hidden")
    hand.key(key, held)
    assert said == [("hidden",)]


@pytest.mark.parametrize(
    ("node", "key"), [("loss", Key.Key_Return), ("loss", Key.Key_E), ("hidden", Key.Key_E)]
)
def test_e_edits_the_settings_and_enter_where_nothing_can_be_opened(
    view: CanvasView, hand: Hand, heard: Listen, node: str, key: Qt.Key
) -> None:
    asked, opened = heard(view.settings_requested), heard(view.open_requested)
    view.focus_node(node)
    hand.key(key)
    assert asked == [(node,)] and not opened


def test_a_double_click_on_the_settings_line_edits_them_and_one_on_the_header_opens(
    view: CanvasView, hand: Hand, heard: Listen
) -> None:
    asked, opened = heard(view.settings_requested), heard(view.open_requested)
    hand.double_click(hand.header("hidden"))
    assert opened == [("hidden",)] and not asked
    hand.double_click(hand.at(330, 50))
    assert asked == [("hidden",)] and len(opened) == 1
    view.zoom_to(0.3)
    hand.double_click(hand.at(330, 50))
    assert len(asked) == 1 and len(opened) == 2  # far away the lines are not drawn


def test_w_watches_the_first_output(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.watch_requested)
    view.focus_node("digits")
    hand.key(Key.Key_W)
    assert said == [("digits", "images")]


def test_clipboard_keys_name_the_selection(view: CanvasView, hand: Hand, heard: Listen) -> None:
    copied, cut = heard(view.copy_requested), heard(view.cut_requested)
    pasted, doubled = heard(view.paste_requested), heard(view.duplicate_requested)
    view.select(["loss", "hidden"])
    hand.key(Key.Key_C, Ctrl)
    hand.key(Key.Key_X, Ctrl)
    hand.key(Key.Key_V, Ctrl)
    hand.key(Key.Key_D, Ctrl)
    assert copied == cut == doubled == [(["hidden", "loss"],)]
    assert len(pasted) == 1


def test_select_all_and_escape(view: CanvasView, hand: Hand) -> None:
    hand.key(Key.Key_A, Ctrl)
    assert view.selected_nodes() == ["digits", "hidden", "loss"]
    hand.key(Key.Key_Escape)
    assert view.selected_nodes() == []


def test_f2_renames_in_place(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.rename_requested)
    view.focus_node("hidden")
    hand.key(Key.Key_F2)
    field = view.edit.field
    assert field is not None
    QTest.keyClicks(field, "encoder")
    QTest.keyClick(field, Key.Key_Return)
    assert said == [("hidden", "encoder")]
    assert view.edit.field is None


def test_escape_drops_a_new_name(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.rename_requested)
    view.edit_name("hidden")
    field = view.edit.field
    assert field is not None
    QTest.keyClicks(field, "encoder")
    QTest.keyClick(field, Key.Key_Escape)
    assert said == []


def test_a_note_is_edited_in_place(view: CanvasView, hand: Hand, heard: Listen) -> None:
    view.set_look(replace(view.graph.look, notes={"n": NoteLook("n", 0, 240, 200, 96, "Old")}))
    said = heard(view.note_edited)
    QTest.mouseDClick(
        view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, hand.at(80, 300)
    )
    field = view.edit.field
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, "New")
    QTest.keyClick(field, Key.Key_Return, Ctrl)
    assert said == [("n", "New")]


def test_home_fits_all_and_f_the_selection(view: CanvasView, hand: Hand) -> None:
    view.set_place(5000, 5000, 2.0)
    hand.key(Key.Key_Home)
    assert sorted(view.visible_nodes()) == ["digits", "hidden", "loss"]
    view.set_place(5000, 5000, 2.0)
    view.select(["loss"])
    hand.key(Key.Key_F)
    assert view.viewport().rect().contains(view.node_rect("loss"))


def test_walking_brings_the_node_into_sight(view: CanvasView, hand: Hand) -> None:
    view.set_place(-3000, 0, 1.0)
    view.focus_node("loss")
    assert view.viewport().rect().contains(view.node_rect("loss"))


def test_screen_readers_hear_what_is_selected_and_wrong(view: CanvasView) -> None:
    look = view.graph.look
    wrong = replace(look.nodes["loss"], state="error", message="Connect labels.")
    view.set_look(replace(look, nodes={**look.nodes, "loss": wrong}))
    view.focus_node("loss")
    words = view.accessibleDescription()
    assert view.accessibleName() == "Graph canvas"
    assert "3 nodes, 1 wire." in words
    assert "error: Connect labels." in words


def test_every_overlay_button_has_a_name(view: CanvasView) -> None:
    fit = view.zoom_chip.findChild(QAbstractButton, "zoomFit")
    percent = view.zoom_chip.findChild(QAbstractButton, "zoomPercent")
    assert fit is not None
    assert percent is not None
    assert fit.accessibleName() == "Show all nodes"
    assert percent.accessibleName() == "Zoom 100 %"
