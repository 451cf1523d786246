"""The search box is worked by keyboard alone, and gives the focus back."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from widgets.search.box import SearchBox
from widgets.search.looks import ResultLook
from widgets.search.trigger import SearchTrigger

RESULTS = (
    ResultLook("run", "Action", "Run", shortcut="F5"),
    ResultLook("save", "Action", "Save as", "Choose a name", "Ctrl+Shift+S"),
    ResultLook("dense", "Node", "Dense", "Layers"),
    ResultLook("batch", "Help", "What a batch is"),
    ResultLook("undo", "Action", "Undo", enabled=False),
)


class Scene:
    def __init__(self, show: Any) -> None:
        self.window = QWidget()
        self.before = QLineEdit(self.window)
        self.box = SearchBox(self.window)
        show(self.window, 800, 600)
        self.before.setFocus()
        self.chosen: list[str] = []
        self.box.chosen.connect(self.chosen.append)

    def type(self, text: str) -> None:
        QTest.keyClicks(self.box.field, text)

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.box.field, key)


@pytest.fixture
def scene(show: Any) -> Scene:
    scene = Scene(show)
    scene.box.open(RESULTS)
    return scene


def test_it_opens_with_everything_and_the_keyboard_in_the_field(scene: Scene) -> None:
    assert scene.box.isVisible()
    assert scene.box.field.hasFocus()
    assert scene.box.titles() == ["Run", "Save as", "Dense", "What a batch is", "Undo"]


def test_typing_and_enter_choose_the_best(scene: Scene) -> None:
    scene.type("den")
    scene.press(Qt.Key.Key_Return)
    assert scene.chosen == ["dense"]
    assert not scene.box.isVisible()
    assert scene.before.hasFocus()


def test_arrow_keys_move_and_wrap(scene: Scene) -> None:
    scene.press(Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert scene.chosen == ["save"]
    scene.box.open(RESULTS)
    scene.press(Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Return)
    assert scene.chosen == ["save", "batch"]


def test_escape_closes_and_gives_the_focus_back(scene: Scene) -> None:
    scene.press(Qt.Key.Key_Escape)
    assert not scene.box.isVisible()
    assert scene.before.hasFocus()
    assert scene.chosen == []


def test_the_focus_does_not_go_to_what_comes_next_in_the_window(scene: Scene) -> None:
    other = QLineEdit(scene.window)
    other.show()
    scene.type("den")
    scene.press(Qt.Key.Key_Return)
    assert scene.before.hasFocus() and not other.hasFocus()


def test_it_closes_when_the_focus_goes_elsewhere(scene: Scene) -> None:
    scene.before.setFocus()
    assert not scene.box.isVisible()


def test_a_click_chooses(scene: Scene) -> None:
    view = scene.box.view
    place = view.visualRect(view.model().index(2, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert scene.chosen == ["dense"]


def test_what_is_off_cannot_be_chosen(scene: Scene) -> None:
    scene.type("undo")
    scene.press(Qt.Key.Key_Return)
    assert scene.chosen == []
    assert scene.box.isVisible()


def test_where_nothing_is_found_enter_searches_the_help(scene: Scene, qtbot: QtBot) -> None:
    scene.type("zzz")
    assert scene.box.titles() == []
    with qtbot.waitSignal(scene.box.help_search_requested) as asked:
        scene.press(Qt.Key.Key_Return)
    assert asked.args == ["zzz"]


def test_tab_stays_in_the_box(scene: Scene) -> None:
    scene.press(Qt.Key.Key_Tab)
    assert scene.box.field.hasFocus()


def test_it_stays_inside_a_small_window(scene: Scene) -> None:
    scene.window.resize(420, 300)
    assert scene.window.rect().contains(scene.box.geometry().adjusted(10, 0, -10, 0))


def test_the_trigger_is_a_button(show: Any, qtbot: QtBot) -> None:
    trigger = SearchTrigger()
    show(trigger, 320, 28)
    with qtbot.waitSignal(trigger.clicked):
        QTest.mouseClick(trigger, Qt.MouseButton.LeftButton)
    assert "Ctrl+K" in trigger.toolTip()
