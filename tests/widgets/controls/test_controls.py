"""The small controls: they elide, ask, and follow what they are told."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from widgets import theme
from widgets.controls.buttons import IconButton, LinkButton, TextButton
from widgets.controls.labels import ElidedLabel, EmptyLabel
from widgets.controls.line_edit import FieldEdit
from widgets.controls.segmented import SegmentedControl
from widgets.controls.tabs import TabHeader, TabLook
from widgets.controls.toggle import ToggleSwitch


def test_a_label_tells_in_its_tool_tip_what_it_cannot_show(show: Any) -> None:
    label = ElidedLabel("a tensor with a long name")
    show(label, 300, 18)
    assert label.toolTip() == ""
    label.resize(60, 18)
    assert label.toolTip() == "a tensor with a long name"
    label.set_text("short", tip="Said anyway")
    assert label.toolTip() == "Said anyway"
    assert label.accessibleName() == "short"


@pytest.fixture
def segments(show: Any) -> SegmentedControl:
    control = SegmentedControl("density", "Density")
    control.set_look(("Learn", "Build", "Expert"), 1)
    show(control, control.sizeHint().width(), 28)
    return control


def test_segments_ask_and_wait_to_be_told(segments: SegmentedControl, qtbot: QtBot) -> None:
    place = segments.segment_rect(2).center().toPoint()
    with qtbot.waitSignal(segments.chosen) as asked:
        QTest.mouseClick(segments, Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [2]
    assert segments.current() == 1
    segments.set_look(("Learn", "Build", "Expert"), 2)
    with qtbot.assertNotEmitted(segments.chosen):
        QTest.mouseClick(segments, Qt.MouseButton.LeftButton, pos=place)


def test_segments_are_chosen_by_arrow_keys(segments: SegmentedControl, qtbot: QtBot) -> None:
    segments.setFocus()
    with qtbot.waitSignal(segments.chosen) as asked:
        QTest.keyClick(segments, Qt.Key.Key_Left)
    assert asked.args == [0]
    assert segments.accessibleName() == "Density: Build"


def test_segments_keep_their_places(segments: SegmentedControl) -> None:
    before = [segments.segment_rect(i) for i in range(3)]
    segments.set_look(("Learn", "Build", "Expert"), 0)
    assert [segments.segment_rect(i) for i in range(3)] == before


@pytest.fixture
def tabs(show: Any) -> TabHeader:
    header = TabHeader()
    header.set_look((TabLook("Curves"), TabLook("Problems", 2, "error"), TabLook("Log")), 0)
    show(header, 600, 36)
    return header


def test_tabs_ask_by_mouse_and_keyboard(tabs: TabHeader, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tabs.chosen) as asked:
        QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tab_rect(2).center().toPoint())
    assert asked.args == [2]
    tabs.setFocus()
    with qtbot.waitSignal(tabs.chosen) as asked:
        QTest.keyClick(tabs, Qt.Key.Key_Right)
    assert asked.args == [1]
    assert tabs.current() == 0


def test_the_tab_that_is_shown_is_underlined(tabs: TabHeader) -> None:
    line = tabs.tab_rect(0).center().toPoint()
    line.setY(35)
    assert tabs.grab().toImage().pixelColor(line).name().upper() == theme.DARK.accent
    other = QPoint(int(tabs.tab_rect(2).center().x()), 34)
    assert tabs.grab().toImage().pixelColor(other).name().upper() == theme.DARK.panel


def test_tools_never_cover_the_tabs(tabs: TabHeader) -> None:
    tools = QWidget()
    tools.setMinimumWidth(40)
    tools.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    tabs.set_tools(tools)
    QApplication.processEvents()
    assert tools.geometry().left() > tabs.tab_rect(len(tabs._tabs) - 1).right()
    assert tools.geometry().right() < tabs.width()


def test_the_tools_of_a_tab_come_and_go(tabs: TabHeader) -> None:
    first, second = QWidget(tabs), QWidget(tabs)
    tabs.set_tools(first)
    assert first.isVisible()
    tabs.set_tools(second)
    assert second.isVisible() and not first.isVisible()
    tabs.set_tools(None)
    assert not second.isVisible()


def test_a_toggle_is_flipped_by_enter(show: Any) -> None:
    toggle = ToggleSwitch()
    show(toggle, 38, 24)
    QTest.keyClick(toggle, Qt.Key.Key_Return)
    assert toggle.isChecked()


def focus_ring(widget: QWidget) -> bool:
    image = widget.grab().toImage()
    colours = {image.pixelColor(x, 1).name().upper() for x in range(image.width())}
    return theme.DARK.accent in colours


def test_the_ring_shows_focus_by_keyboard_but_not_after_a_click(show: Any) -> None:
    window = QWidget()
    first = TextButton("Save", name="save", parent=window)
    second = TextButton("Open", name="open", parent=window)
    second.move(0, 40)
    show(window, 200, 100)
    for button in (first, second):
        button.resize(button.sizeHint())
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert first.hasFocus() and not focus_ring(first)
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert second.hasFocus() and focus_ring(second)


@pytest.mark.parametrize(
    "button",
    [
        lambda: IconButton("action-run", "Run (F5)", name="run"),
        lambda: TextButton("Run", name="run", primary=True),
        lambda: LinkButton("Run", name="run"),
    ],
    ids=["icon", "text", "link"],
)
def test_buttons_are_clicked_and_pressed_by_space(show: Any, qtbot: QtBot, button: Any) -> None:
    made = button()
    show(made, made.sizeHint().width() or 28, 28)
    assert made.objectName() == "run"
    assert made.accessibleName() == "Run"
    with qtbot.waitSignal(made.clicked):
        QTest.mouseClick(made, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(made.clicked):
        QTest.keyClick(made, Qt.Key.Key_Space)


def test_the_hint_of_a_field_gives_way_to_its_text(show: Any) -> None:
    field = FieldEdit()
    field.set_hint("1 to 65,536")
    show(field, 160, 34)
    right = [(x, y) for x in range(90, 150) for y in range(10, 24)]

    def inked() -> bool:
        image = field.grab().toImage()
        return any(image.pixelColor(x, y).name().upper() != theme.DARK.raised for x, y in right)

    assert inked()
    field.setText("1234567890")
    assert not inked()


def test_texts_with_links_follow_the_theme(show: Any) -> None:
    label = EmptyLabel('<a href="x">Open</a>')
    show(label, 120, 60)
    theme.set_theme("light")
    image = label.grab().toImage()
    colours = {image.pixelColor(x, y).name().upper() for x in range(120) for y in range(60)}
    assert theme.LIGHT.accent in colours
    assert theme.DARK.accent not in colours
