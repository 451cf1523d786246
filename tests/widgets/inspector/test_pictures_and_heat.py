"""Pictures, heat map and histogram under real events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from widgets import theme
from widgets.inspector.heat_view import HeatView
from widgets.inspector.histogram_view import HistogramView
from widgets.inspector.looks import CaptionLook, TileRequest
from widgets.inspector.panel import InspectorPanel
from widgets.inspector.picture_view import PictureView
from widgets.inspector.tiles import ArraySource

if TYPE_CHECKING:
    from tests.widgets.inspector.conftest import Child, Colours, LookOf, Picture, Told

LEFT = Qt.MouseButton.LeftButton


def test_a_wrong_picture_has_a_frame_in_the_error_colour(
    panel: InspectorPanel, look_of: LookOf, child: Child, colours: Colours
) -> None:
    images = np.zeros((2, 8, 8), np.float32)
    error = QColor(theme.current().error).rgb()
    panel.set_tensor(look_of(images, captions=(CaptionLook("6"), CaptionLook("1")), revision=1))
    assert error not in colours(child(panel, "inspector-pictures"))
    panel.set_tensor(look_of(images, captions=(CaptionLook("6"), CaptionLook("1 -> 5", True)), revision=2))
    assert error in colours(child(panel, "inspector-pictures"))


def test_pictures_are_magnified_without_blur(
    panel: InspectorPanel, look_of: LookOf, child: Child, picture: Picture
) -> None:
    chessboard = np.indices((8, 8)).sum(axis=0)[None] % 2
    panel.set_tensor(look_of(chessboard.astype(np.float32)))
    view = child(panel, "inspector-pictures", PictureView)
    rect = view.picture_rect(0)
    image = picture(view)
    cell = rect.width() / 8
    for row in range(8):
        for column in range(8):
            at = rect.topLeft() + QPointF((column + 0.5) * cell, (row + 0.5) * cell)
            wanted = 0xFFFFFFFF if (row + column) % 2 else 0xFF000000
            assert image.pixel(at.toPoint()) == wanted


def test_the_picture_under_the_pointer_or_the_mark_is_told(
    panel: InspectorPanel, look_of: LookOf, child: Child, told: Told
) -> None:
    captions = tuple(CaptionLook(str(i)) for i in range(4))
    panel.set_tensor(look_of(np.ones((4, 8, 8), np.float32), captions=captions))
    view = child(panel, "inspector-pictures", PictureView)
    QTest.mouseMove(view, view.picture_rect(2).center().toPoint())
    assert told(panel) == "entry 2, 8 x 8, 2"
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert told(panel) == "entry 1, 8 x 8, 1"


def test_weights_are_shown_as_pictures_by_columns_or_rows(
    panel: InspectorPanel, look_of: LookOf, child: Child, told: Told
) -> None:
    panel.set_tensor(look_of(np.random.default_rng(0).normal(size=(64, 64)).astype(np.float32)))
    panel.set_view("picture")
    view = child(panel, "inspector-pictures", PictureView)
    assert view.count() == 32
    QTest.mouseMove(view, view.picture_rect(3).center().toPoint())
    assert told(panel) == "column 3, 8 x 8"
    QTest.keyClick(child(panel, "inspector-arrangement"), Qt.Key.Key_Right)
    QTest.mouseMove(view, view.picture_rect(4).center().toPoint())
    assert told(panel) == "row 4, 8 x 8"


def test_a_heat_map_tells_index_and_value(
    panel: InspectorPanel, look_of: LookOf, child: Child, told: Told
) -> None:
    panel.set_tensor(look_of(np.arange(12, dtype=np.float32).reshape(3, 4)))
    heat = child(panel, "inspector-heat-map", HeatView)
    QTest.mouseMove(heat, (heat.picture_rect().bottomRight() - QPointF(4, 4)).toPoint())
    assert told(panel) == "[2, 3]  11.00"


def test_a_heat_map_zooms_with_wheel_and_keys_and_pans_by_dragging(
    panel: InspectorPanel, look_of: LookOf, child: Child
) -> None:
    panel.set_tensor(look_of(np.random.default_rng(0).normal(size=(50, 60)).astype(np.float32)))
    heat = child(panel, "inspector-heat-map", HeatView)
    at = heat.picture_rect().center().toPoint()
    event = QWheelEvent(
        QPointF(at),
        QPointF(heat.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(heat, event)
    zoomed = heat.window_shown()
    assert zoomed.bottom - zoomed.top == pytest.approx(50 * 0.64)
    QTest.mousePress(heat, LEFT, pos=at)
    QTest.mouseMove(heat, at + QPoint(20, 10))
    QTest.mouseRelease(heat, LEFT, pos=at + QPoint(20, 10))
    assert heat.window_shown().left < zoomed.left and heat.window_shown().top < zoomed.top
    QTest.keyClick(heat, Qt.Key.Key_0)
    assert heat.window_shown().bottom == 50
    QTest.keyClick(heat, Qt.Key.Key_Plus)
    QTest.keyClick(heat, Qt.Key.Key_Down)
    assert heat.window_shown().top > 5


def test_what_is_not_finite_is_magenta_in_the_heat_map(
    panel: InspectorPanel, look_of: LookOf, child: Child, colours: Colours
) -> None:
    values = np.ones((4, 4), np.float32)
    magenta = QColor(theme.current().nan).rgb()
    panel.set_tensor(look_of(values))
    assert magenta not in colours(child(panel, "inspector-heat-map"))
    values = values.copy()
    values[1, 1], values[2, 2] = np.nan, np.inf
    panel.set_tensor(look_of(values, revision=1))
    assert magenta in colours(child(panel, "inspector-heat-map"))


def test_a_large_heat_map_asks_for_reduced_cells_and_shows_a_spike(
    panel: InspectorPanel, look_of: LookOf, child: Child, colours: Colours
) -> None:
    array = np.zeros((5000, 4000), np.float32)
    array[2500, 2000] = 100.0
    asked: list[TileRequest] = []
    panel.slice_requested.connect(asked.append)
    panel.set_tensor(look_of(array, sample=None))
    heat = child(panel, "inspector-heat-map", HeatView)
    before = colours(heat)
    (request,) = asked
    cells = (request.row1 - request.row0) // request.row_step
    assert cells * (request.column1 - request.column0) // request.column_step < 200_000
    panel.set_tile(ArraySource(array).read(request))
    assert colours(heat) != before
    assert QColor("#FDE725").rgb() in colours(heat)


def test_the_histogram_tells_its_bins_and_counts_logarithmically(
    panel: InspectorPanel, look_of: LookOf, child: Child, picture: Picture, told: Told
) -> None:
    panel.set_tensor(look_of(np.r_[np.zeros(1000), 1.0]))
    panel.set_view("histogram")
    view = child(panel, "inspector-histogram", HistogramView)
    rect = view.plot_rect()
    QTest.mouseMove(view, QPoint(int(rect.left()) + 3, int(rect.center().y())))
    assert told(panel) == "0.000 to 0.050: 1,000 values"
    linear = picture(view)
    QTest.keyClick(child(panel, "inspector-log-counts"), Qt.Key.Key_Right)
    assert picture(view) != linear
