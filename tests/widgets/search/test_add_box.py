"""The box that adds a node: at the pointer, with help beside the list, worked by keyboard alone."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from widgets.help.looks import HelpLook
from widgets.search.add_box import AddBox
from widgets.search.looks import AddLook

OPS = (
    AddLook("Softmax", "Activation", ("Makes of numbers shares of one.",), 0.5),
    AddLook("Dense", "Layers", ("Linear", "FullyConnected", "Every output looks at every input.")),
    AddLook("MultiHeadAttention", "Layers"),
    AddLook("Sigmoid", "Activation", ("Logistic",)),
)


class Scene:
    def __init__(self, show: Any) -> None:
        self.window = QWidget()
        self.before = QLineEdit(self.window)
        self.box = AddBox(self.window, lambda op: HelpLook(op, (f"What {op} does.",)))
        show(self.window, 1200, 800)
        self.before.setFocus()
        self.chosen: list[str] = []
        self.box.chosen.connect(self.chosen.append)

    def type(self, text: str) -> None:
        QTest.keyClicks(self.box.field, text)

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.box.field, key)

    def helped(self) -> str:
        look = self.box.help.view._look
        return look.title if look is not None else ""


@pytest.fixture
def scene(show: Any) -> Scene:
    scene = Scene(show)
    scene.box.open_at(OPS, QPoint(300, 200))
    return scene


def test_its_field_opens_at_the_pointer_with_the_keyboard(scene: Scene) -> None:
    field = scene.box.field
    assert field.hasFocus()
    assert field.rect().contains(field.mapFrom(scene.window, QPoint(300, 200)))


@pytest.mark.parametrize("corner", [QPoint(2, 2), QPoint(1198, 798)])
def test_it_stays_inside_the_window(scene: Scene, corner: QPoint) -> None:
    scene.box.open_at(OPS, corner)
    box = scene.box.box_rect().toRect().translated(scene.box.pos())
    assert scene.window.rect().contains(box)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("dens", "Dense"),
        ("mha", "MultiHeadAttention"),
        ("fully", "Dense"),
        ("logistic", "Sigmoid"),
        ("shares", "Softmax"),
        ("sgmd", "Sigmoid"),
        ("s", "Softmax"),
    ],
)
def test_names_initials_other_names_and_letters_find_it(scene: Scene, typed: str, first: str) -> None:
    scene.type(typed)
    assert scene.box.titles()[0] == first
    scene.press(Qt.Key.Key_Return)
    assert scene.chosen == [first]
    assert not scene.box.isVisible()
    assert scene.before.hasFocus()


def test_the_help_follows_the_chosen_row(scene: Scene, qtbot: QtBot) -> None:
    assert scene.helped() == "Softmax"
    scene.press(Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: scene.helped() == "Dense")


def test_a_link_in_the_help_shows_another_op_and_chooses_nothing(scene: Scene) -> None:
    scene.box.help.link_requested.emit("help:Sigmoid")
    assert scene.helped() == "Sigmoid"
    assert scene.box.isVisible()
    scene.press(Qt.Key.Key_Return)
    assert scene.chosen == ["Softmax"]


def test_what_is_not_there_is_said_and_cannot_be_chosen(scene: Scene) -> None:
    scene.type("zzz")
    scene.press(Qt.Key.Key_Return)
    assert scene.chosen == []
    assert scene.box.isVisible()
    assert scene.box.nothing("zzz") == 'No node called "zzz".'
    scene.box.open_at((), QPoint(300, 200), fitting=True)
    assert "takes this wire" in scene.box.nothing("")


def test_in_a_narrow_window_the_list_comes_without_help(scene: Scene) -> None:
    scene.window.resize(420, 500)
    assert scene.box.help.isHidden()
    assert scene.box.field.hasFocus()
