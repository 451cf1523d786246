"""The inspector under real events: what it shows of which tensor, also of broken and of live ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from widgets import theme
from widgets.controls.labels import ElidedLabel
from widgets.controls.segmented import SegmentedControl
from widgets.inspector.axis_field import AxisField
from widgets.inspector.heat_view import HeatView
from widgets.inspector.panel import EMPTY, InspectorPanel

if TYPE_CHECKING:
    from tests.widgets.inspector.conftest import Child, Colours, LookOf, Picture

LEFT = Qt.MouseButton.LeftButton


def test_without_a_wire_it_says_what_to_do(panel: InspectorPanel, look_of: LookOf, child: Child) -> None:
    label = child(panel, "inspector-empty", QLabel)
    assert label.isVisible() and label.text() == EMPTY
    panel.set_tensor(look_of(np.zeros(3, np.float32)))
    assert not label.isVisible()
    panel.set_tensor(None)
    assert label.isVisible() and panel.view() is None


def test_the_header_names_the_wire_and_reports_the_pin(
    panel: InspectorPanel, qtbot: QtBot, look_of: LookOf, child: Child
) -> None:
    look = look_of(np.zeros((2, 8, 8), np.float32), "digits/images", count_text="32 of 360 val")
    panel.set_tensor(look)
    assert child(panel, "inspector-name", ElidedLabel).text() == "digits/images"
    assert child(panel, "inspector-count", ElidedLabel).text() == "32 of 360 val"
    with qtbot.waitSignal(panel.pin_wished) as wish:
        QTest.mouseClick(child(panel, "inspector-pin"), LEFT)
    assert wish.args == [True]
    panel.set_tensor(look_of(np.zeros((2, 8, 8), np.float32), "digits/images", pinned=True))
    with qtbot.waitSignal(panel.pin_wished) as wish:
        QTest.keyClick(child(panel, "inspector-pin"), Qt.Key.Key_Space)
    assert wish.args == [False]


def test_the_best_view_comes_first_and_a_choice_is_kept_per_wire(
    panel: InspectorPanel, look_of: LookOf, child: Child
) -> None:
    images = np.random.default_rng(0).random((4, 8, 8)).astype(np.float32)
    panel.set_tensor(look_of(images, "a/b"))
    assert panel.view() == "picture"
    control = child(panel, "inspector-views", SegmentedControl)
    QTest.mouseClick(control, LEFT, pos=control.segment_rect(2).center().toPoint())
    assert panel.view() == "table" and child(panel, "inspector-table").isVisible()
    panel.set_tensor(look_of(np.eye(5, dtype=np.float32), "c/d"))
    assert panel.view() == "heat"
    panel.set_tensor(look_of(images, "a/b", revision=7))
    assert panel.view() == "table"


def test_views_can_be_chosen_by_keyboard(panel: InspectorPanel, look_of: LookOf, child: Child) -> None:
    panel.set_tensor(look_of(np.eye(5, dtype=np.float32)))
    QTest.keyClick(child(panel, "inspector-views"), Qt.Key.Key_Right)
    assert panel.view() == "table"


def test_statistics_are_readable_by_screen_readers(
    panel: InspectorPanel, look_of: LookOf, child: Child
) -> None:
    panel.set_tensor(look_of(np.array([[0.0, 1.0], [np.nan, np.inf]])))
    words = child(panel, "inspector-statistics").accessibleDescription()
    assert "2 x 2 float64" in words and "Max 1.000" in words and "NaN, Inf 1, 1" in words


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 8), np.float32),
        np.zeros((0,), np.int64),
        np.zeros((3, 0, 8, 8), np.float32),
        np.array(3.5),
        np.array(True),
        np.full((4, 8, 8), np.nan, np.float32),
        np.full((5, 5), np.inf),
        np.array([1e308, -1e308]),
        np.array(["cat", "dog"], object),
        np.array([1 + 2j, np.nan]),
        np.ones((2, 3, 4, 5, 6), np.float32),
        np.random.default_rng(0).random((2, 9, 9, 3)),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
@pytest.mark.parametrize("name", ["dark", "light"])
def test_no_tensor_breaks_any_view(
    panel: InspectorPanel, array: NDArray[Any], name: str, look_of: LookOf
) -> None:
    theme.set_theme(name)
    panel.set_tensor(look_of(array))
    for view in ("picture", "heat", "table", "histogram"):
        panel.set_view(view)
        panel.grab()
    assert panel.view() is not None


def test_a_live_tensor_keeps_view_zoom_and_place(
    panel: InspectorPanel, look_of: LookOf, child: Child, picture: Picture
) -> None:
    random = np.random.default_rng(0)
    panel.set_tensor(look_of(random.normal(size=(2, 30, 30)), revision=1))
    panel.set_view("heat")
    heat = child(panel, "inspector-heat-map", HeatView)
    QTest.keyClick(child(panel, "inspector-axis-0"), Qt.Key.Key_Up)
    QTest.keyClick(heat, Qt.Key.Key_Plus)
    window, before = heat.window_shown(), picture(heat)
    panel.set_tensor(look_of(random.normal(size=(2, 30, 30)), revision=2))
    assert heat.window_shown() == window
    assert child(panel, "inspector-axis-0", AxisField).text() == "1"
    assert picture(heat) != before


def test_a_theme_switch_repaints_every_view(
    panel: InspectorPanel, look_of: LookOf, picture: Picture, colours: Colours
) -> None:
    panel.set_tensor(look_of(np.random.default_rng(0).normal(size=(64, 64))))
    for view in ("picture", "heat", "table", "histogram"):
        panel.set_view(view)
        theme.set_theme("dark")
        dark = picture(panel)
        theme.set_theme("light")
        assert picture(panel) != dark
        assert QColor(theme.current().panel).rgb() in colours(panel)


def test_a_narrow_panel_gives_the_room_to_the_view(
    panel: InspectorPanel, look_of: LookOf, child: Child
) -> None:
    panel.set_tensor(look_of(np.eye(3)))
    assert child(panel, "inspector-statistics").isVisible()
    panel.resize(300, 288)
    assert not child(panel, "inspector-statistics").isVisible()


def test_every_control_has_a_name_for_screen_readers(
    panel: InspectorPanel, look_of: LookOf, child: Child
) -> None:
    panel.set_tensor(look_of(np.zeros((2, 3, 4, 5))))
    panel.set_view("table")
    names = ("pin", "views", "table", "go-to", "digits", "axis-0", "statistics", "heat-map", "histogram")
    for name in names:
        assert child(panel, f"inspector-{name}").accessibleName()
