"""The live theme dresses the application and tells of a switch."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from widgets import theme


def test_a_switch_changes_the_palette_before_it_is_told(dressed: QApplication, qtbot: QtBot) -> None:
    seen: list[tuple[str, str]] = []

    def note(now: theme.Theme) -> None:
        seen.append((now.name, dressed.palette().color(QPalette.ColorRole.Window).name().upper()))

    theme.changed.connect(note)
    try:
        theme.set_theme("light")
        theme.set_theme("light")
    finally:
        theme.changed.disconnect(note)
    assert seen == [("light", theme.LIGHT.panel)]


def test_an_unknown_theme_is_refused_by_name(dressed: QApplication) -> None:
    with pytest.raises(ValueError, match=r"no theme called 'blue'.*dark, light"):
        theme.set_theme("blue")
    assert theme.current() is theme.DARK


def test_qts_own_widgets_wear_the_tokens(dressed: QApplication, qtbot: QtBot) -> None:
    button = QPushButton("Save")
    field = QLineEdit()
    for widget in (button, field):
        qtbot.addWidget(widget)
        widget.resize(120, 32)
        for now in (theme.DARK, theme.LIGHT):
            theme.set_theme(now.name)
            assert widget.grab().toImage().pixelColor(60, 5).name().upper() == now.raised


def test_reduced_motion_takes_all_time_out_of_animations() -> None:
    assert theme.motion(120) == 120
    theme.set_reduced_motion(True)
    try:
        assert theme.motion(120) == 0
    finally:
        theme.set_reduced_motion(False)
