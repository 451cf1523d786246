"""The panels below the canvas: their controls go with them, from one header to the other and back."""

from typing import Any

import pytest


@pytest.fixture
def person(live: Any, use: Any) -> Any:
    """Somebody at the window with the digits demo and the real engine."""
    return use(live)


def test_the_controls_of_the_inspector_lie_where_it_lies(person: Any, qtbot: Any) -> None:
    app, window = person.app, person.window
    qtbot.waitUntil(lambda: app._has_late_panels)
    for width, header in ((1600, window.inspector_tabs), (1100, window.tabs), (1600, window.inspector_tabs)):
        window.resize(width, 900)
        app.panels.show("Inspector")
        tools = header.layout().itemAt(header.layout().count() - 1).widget()
        assert tools is not None and tools.isVisible() and tools.parentWidget() is header, width
    app.panels.show("Log")
    assert app.panels.front == "Log" and window.log.isVisible()


def test_only_problems_are_counted(person: Any) -> None:
    looks = {look.name: look.count for look in person.window.tabs._tabs}
    assert looks["Problems"] == 0
    assert {count for name, count in looks.items() if name != "Problems"} == {None}
