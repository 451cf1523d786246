"""A window of 1000 x 700: the canvas keeps the most room, nothing is cut and nothing lies over anything."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.application import Application
from app.runs.controller import RunController
from app.settings import SettingsStore
from tests.app.conftest import QuietClient
from widgets import theme


@pytest.fixture
def small(dressed: None, qtbot: QtBot, settings: SettingsStore, script: Any) -> Iterator[Application]:
    controller = RunController(QuietClient())  # type: ignore[arg-type]  # what the controller calls is there
    application = Application(settings, ask=script, controller=controller)
    theme.set_reduced_motion(True)
    application.window.resize(1000, 700)
    with qtbot.waitExposed(application.window):
        application.start(None)
    qtbot.waitUntil(lambda: application.window.findChild(QWidget, "inspector-panel") is not None)
    QApplication.processEvents()
    yield application
    application.close()


def test_the_canvas_is_higher_than_the_panels_below(small: Application) -> None:
    window = small.window
    assert (window.width(), window.height()) == (1000, 700)
    assert window.canvas.height() > 1.5 * window.bottom.height()
    assert window.bottom.height() >= 160 and window.canvas.width() >= 480


def test_panels_that_somebody_made_higher_stay_so(small: Application) -> None:
    window = small.window
    window.left.setSizes([320, 330])
    window.hide()
    before = window.left.sizes()
    window.show()
    QApplication.processEvents()
    assert window.left.sizes() == before


def test_the_map_does_not_cover_the_graph(small: Application) -> None:
    small.window.canvas.set_place(5000, 0, 1.0)
    assert not small.window.canvas.mini_map.isVisible()


def test_tabs_and_their_tools_lie_side_by_side(small: Application) -> None:
    tabs = small.window.tabs
    for name in ("Curves", "Inspector", "Problems", "Passes", "Log"):
        small.panels.show(name)
        QApplication.processEvents()
        right = tabs.tab_rect(len(tabs._tabs) - 1).right()
        tools = [child for child in tabs.children() if isinstance(child, QWidget) and child.isVisible()]
        assert all(right < tool.geometry().left() for tool in tools), name
        assert all(tool.geometry().right() <= tabs.width() for tool in tools), name
