"""The run bar shows the state of a run, and offers what makes sense in it."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets import theme
from widgets.runbar import RunBar, RunBarLook


@pytest.fixture
def bar(show: Any) -> RunBar:
    bar = RunBar()
    show(bar, bar.width(), bar.height())
    return bar


@pytest.mark.parametrize(
    ("look", "words", "primary", "step", "stop"),
    [
        (RunBarLook("idle"), "Run", True, True, False),
        (RunBarLook("idle", can_run=False), "Run", False, False, False),
        (RunBarLook("starting"), "Starting", False, False, True),
        (RunBarLook("running"), "Pause", True, True, True),
        (RunBarLook("running", can_run=False), "Pause", True, False, True),
        (RunBarLook("paused"), "Resume", True, True, True),
        (RunBarLook("stopping"), "Stopping", False, False, False),
    ],
)
def test_each_state_offers_what_makes_sense(
    bar: RunBar, look: RunBarLook, words: str, primary: bool, step: bool, stop: bool
) -> None:
    bar.set_look(look)
    assert bar.primary.text() == words
    assert bar.primary.isEnabled() is primary
    assert bar.step_button.isEnabled() is step
    assert bar.stop_button.isEnabled() is stop


def test_the_primary_button_runs_pauses_and_resumes(bar: RunBar, qtbot: QtBot) -> None:
    for state, signal in (("idle", bar.run), ("running", bar.pause), ("paused", bar.run)):
        bar.set_look(RunBarLook(state))  # type: ignore[arg-type]  # the states of the table are known
        with qtbot.waitSignal(signal):
            QTest.mouseClick(bar.primary, Qt.MouseButton.LeftButton)
        assert bar.look().state == state


def test_step_and_stop_are_reported(bar: RunBar, qtbot: QtBot) -> None:
    bar.set_look(RunBarLook("paused"))
    with qtbot.waitSignal(bar.step):
        QTest.mouseClick(bar.step_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(bar.stop):
        QTest.mouseClick(bar.stop_button, Qt.MouseButton.LeftButton)


def test_the_buttons_are_reached_by_keyboard(bar: RunBar, qtbot: QtBot) -> None:
    bar.set_look(RunBarLook("paused"))
    bar.primary.setFocus()
    QTest.keyClick(bar.primary, Qt.Key.Key_Tab)
    assert bar.step_button.hasFocus()
    with qtbot.waitSignal(bar.step):
        QTest.keyClick(bar.step_button, Qt.Key.Key_Space)


def test_run_to_here_is_in_the_menu(bar: RunBar, qtbot: QtBot) -> None:
    action = bar.findChild(QAction, "run-to-here")
    assert isinstance(action, QAction)
    assert not action.isEnabled()
    bar.set_look(RunBarLook("paused", can_run_to_here=True))
    with qtbot.waitSignal(bar.run_to_here):
        action.trigger()


def test_why_it_cannot_run_is_in_the_tool_tip(bar: RunBar) -> None:
    bar.set_look(RunBarLook("idle", can_run=False, reason="2 problems stop the run."))
    assert bar.primary.toolTip() == "2 problems stop the run."
    bar.set_look(RunBarLook("idle"))
    assert bar.primary.toolTip() == "Run (F5)"
    assert bar.stop_button.toolTip() == "Stop (Shift+F5)"


def colour_at(bar: RunBar, share: float) -> str:
    left, right, y = 10 + 200, 10 + 464 - 16, 6 + 32
    return bar.grab().toImage().pixelColor(round(left + share * (right - left)), y).name().upper()


def test_the_bar_is_filled_as_far_as_the_run_is(bar: RunBar) -> None:
    bar.set_look(RunBarLook("running", fraction=0.5))
    assert colour_at(bar, 0.25) == theme.DARK.accent
    assert colour_at(bar, 0.75) == theme.DARK.hover
    bar.set_look(RunBarLook("running", fraction=5.0))
    assert colour_at(bar, 0.97) == theme.DARK.accent


def test_a_long_text_is_in_the_tool_tip(bar: RunBar) -> None:
    text = "Epoch 22 of 30, step 965 of 100,000, validation in progress"
    bar.set_look(RunBarLook("running", text, "4 s left"))
    label = bar.findChild(type(bar._text), "run-text")
    assert label is not None and label.toolTip() == text
    assert "4 s left" in bar.accessibleDescription()


def test_it_has_the_size_of_the_design(bar: RunBar) -> None:
    assert (bar.box_rect().width(), bar.box_rect().height()) == (464, 44)
