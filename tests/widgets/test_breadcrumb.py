"""The breadcrumb leads back up, by mouse and by keyboard."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.breadcrumb import Breadcrumb

PATH = ("digits-mlp", "main", "hidden")


@pytest.fixture
def crumb(show: Any) -> Breadcrumb:
    crumb = Breadcrumb()
    crumb.set_look(PATH)
    show(crumb, crumb.sizeHint().width(), crumb.sizeHint().height())
    return crumb


def click(crumb: Breadcrumb, index: int) -> None:
    place = crumb.part_rect(index).center().toPoint()
    QTest.mouseClick(crumb, Qt.MouseButton.LeftButton, pos=place)


def test_a_click_on_a_part_asks_for_it(crumb: Breadcrumb, qtbot: QtBot) -> None:
    with qtbot.waitSignal(crumb.navigated) as asked:
        click(crumb, 1)
    assert asked.args == [1]


def test_the_last_part_is_where_one_is(crumb: Breadcrumb, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(crumb.navigated):
        click(crumb, 2)


def test_arrow_keys_choose_and_enter_goes(crumb: Breadcrumb, qtbot: QtBot) -> None:
    crumb.setFocus()
    QTest.keyClick(crumb, Qt.Key.Key_Left)
    QTest.keyClick(crumb, Qt.Key.Key_Left)
    QTest.keyClick(crumb, Qt.Key.Key_Left)
    with qtbot.waitSignal(crumb.navigated) as asked:
        QTest.keyClick(crumb, Qt.Key.Key_Return)
    assert asked.args == [0]


def test_it_is_as_wide_as_its_parts(crumb: Breadcrumb) -> None:
    wide = crumb.width()
    crumb.set_look(("digits-mlp", "main"))
    assert crumb.width() < wide
    assert crumb.part_rect(1).right() < crumb.box_rect().right()


def test_a_long_part_does_not_make_it_endless(crumb: Breadcrumb) -> None:
    crumb.set_look(("x" * 300, "main"))
    assert crumb.width() < 320
    assert crumb.accessibleName() == f"Open graph: {'x' * 300}, main"
