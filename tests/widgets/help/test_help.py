"""The help shows sentences, formula, ports and links of one op."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from widgets.help.links import LinkRow
from widgets.help.looks import HelpLook, LinkLook, PortLook
from widgets.help.panel import HelpPanel, marked_up

LOOK = HelpLook(
    "Dense",
    ("Every output looks at every input.", "It adds `bias` where a < b."),
    "y = relu(x · kernel + bias)",
    "Start near the number of inputs.",
    (PortLook("x", "batch x n", "the features"), PortLook("y", "batch x units", "the answers", True)),
    (LinkLook("Example graph", "example"), LinkLook("Gradient rule", "gradient")),
)


@pytest.fixture
def panel(show: Any) -> HelpPanel:
    panel = HelpPanel()
    panel.set_look(LOOK)
    show(panel, 296, 500)
    return panel


def texts(panel: HelpPanel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def test_everything_is_shown_in_order(panel: HelpPanel) -> None:
    shown = texts(panel)
    parts = ("Every output", "y = relu", "Start near", "the features", "the answers")
    places = [shown.index(part) for part in parts]
    assert places == sorted(places)


def test_links_report_their_target(panel: HelpPanel, qtbot: QtBot) -> None:
    link = panel.findChild(QWidget, "help-link-gradient")
    assert isinstance(link, QWidget)
    with qtbot.waitSignal(panel.link_requested) as asked:
        QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    assert asked.args == ["gradient"]


def test_another_help_takes_the_place_of_the_first(panel: HelpPanel, qapp: QApplication) -> None:
    panel.set_look(HelpLook("Relu", ("Cuts off what is below zero.",)))
    qapp.processEvents()
    assert "Cuts off" in texts(panel)
    assert "relu(x" not in texts(panel)
    panel.set_look(None)
    assert texts(panel) == "Select an op in the list to read what it does."


def test_code_is_marked_and_signs_are_not_markup() -> None:
    text = marked_up("`a<b>` & c")
    assert "a&lt;b&gt;</span> &amp; c" in text
    assert "JetBrains Mono" in text


def test_links_break_into_lines_where_it_is_narrow(show: Any) -> None:
    row = LinkRow(LOOK.links)
    assert row.heightForWidth(400) == 24
    assert row.heightForWidth(120) == 48
    show(row, 120, 48)
    tops = [link.y() for link in row.findChildren(QWidget)]
    assert tops == [0, 24]
