"""What tests of the widgets share: an application in the dark theme, and widgets that are really shown."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from widgets import theme

Show = Callable[..., None]


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in the dark theme, before and after the test."""
    theme.set_theme("dark")
    theme.apply(qapp)
    yield qapp
    theme.set_theme("dark")


@pytest.fixture
def show(dressed: QApplication, qtbot: QtBot) -> Show:
    """Shows a widget at a size and waits until it is there and has the keyboard."""

    def shown(widget: QWidget, width: int = 300, height: int = 400) -> None:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitExposed(widget):
            widget.show()
        widget.activateWindow()
        dressed.processEvents()

    return shown
