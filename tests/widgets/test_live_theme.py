"""Every widget of these rooms repaints by itself when the theme is switched."""

from collections import Counter
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.breadcrumb import Breadcrumb
from widgets.form.looks import FieldLook, FlowRow, PropertiesLook
from widgets.form.properties import PropertiesPanel
from widgets.log import LogList, LogLook
from widgets.problems import ProblemList, ProblemLook
from widgets.runbar import RunBar
from widgets.search.box import SearchBox
from widgets.search.looks import ResultLook
from widgets.status import StatusBar


def properties() -> QWidget:
    panel = PropertiesPanel()
    field = FieldLook("units", "Units", "int", 128, 64, 1, 65536)
    panel.set_look(PropertiesLook("hidden", "Dense", "Layers", (field,), (FlowRow("x", "batch"),)))
    return panel


def problems() -> QWidget:
    made = ProblemList()
    made.set_look((ProblemLook("error", "dense", "Sizes differ.", "Fix"),))
    return made


def log() -> QWidget:
    made = LogList()
    made.add([LogLook("12:00:00", "warning", "Slow.")])
    return made


def crumb() -> QWidget:
    made = Breadcrumb()
    made.set_look(("digits", "main"))
    return made


def box() -> QWidget:
    window = QWidget()
    window.resize(500, 300)
    SearchBox(window).open((ResultLook("run", "Action", "Run", shortcut="F5"),))
    return window


def strangers(widget: QWidget, other: theme.Theme) -> set[str]:
    """Colours of the other theme in the widget; a few pixels are the soft edge of a letter by chance."""
    image = widget.grab().toImage()
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    seen = Counter(image.pixelColor(x, y).name().upper() for x, y in places)
    own = {getattr(theme.current(), token) for token in TOKENS}
    foreign = {getattr(other, token) for token in TOKENS} - own
    return {colour for colour in foreign if seen[colour] > 24}


TOKENS = ("window", "panel", "raised", "hover", "border", "text", "text2", "accent", "sel", "error", "warn")


@pytest.mark.parametrize("make", [properties, problems, log, crumb, box, RunBar, StatusBar])
def test_no_colour_of_the_other_theme_stays(show: Any, make: Any) -> None:
    widget = make()
    show(widget, max(widget.width(), 300), min(max(widget.height(), 24), 300))
    theme.set_theme("light")
    assert strangers(widget, theme.DARK) == set()
    theme.set_theme("dark")
    assert strangers(widget, theme.LIGHT) - {"#FFFFFF"} == set()
