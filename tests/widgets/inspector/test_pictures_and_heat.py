"""Pictures, heat map and histogram under real events."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication

from widgets import theme
from widgets.inspector.looks import CaptionLook, TileRequest
from widgets.inspector.tiles import ArraySource

LEFT = Qt.MouseButton.LeftButton


def test_a_wrong_picture_has_a_frame_in_the_error_colour(panel, look_of, child, colours):
    images = np.zeros((2, 8, 8), np.float32)
    error = QColor(theme.current().error).rgb()
    panel.set_tensor(look_of(images, captions=(CaptionLook("6"), CaptionLook("1")), revision=1))
    assert error not in colours(child(panel, "inspector-pictures"))
    panel.set_tensor(look_of(images, captions=(CaptionLook("6"), CaptionLook("1 -> 5", True)), revision=2))
    assert error in colours(child(panel, "inspector-pictures"))


def test_pictures_are_magnified_without_blur(panel, look_of, child, picture):
    chessboard = np.indices((8, 8)).sum(axis=0)[None] % 2
    panel.set_tensor(look_of(chessboard.astype(np.float32)))
    view = child(panel, "inspector-pictures")
    rect = view.picture_rect(0)
    image = picture(view)
    cell = rect.width() / 8
    for row in range(8):
        for column in range(8):
            at = rect.topLeft() + QPointF((column + 0.5) * cell, (row + 0.5) * cell)
            wanted = 0xFFFFFFFF if (row + column) % 2 else 0xFF000000
            assert image.pixel(at.toPoint()) == wanted


def test_the_picture_under_the_pointer_or_the_mark_is_told(panel, qtbot, look_of, child, told):
    captions = tuple(CaptionLook(str(i)) for i in range(4))
    panel.set_tensor(look_of(np.ones((4, 8, 8), np.float32), captions=captions))
    view = child(panel, "inspector-pictures")
    qtbot.mouseMove(view, view.picture_rect(2).center().toPoint())
    assert told(panel) == "entry 2, 8 x 8, 2"
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert told(panel) == "entry 1, 8 x 8, 1"


def test_weights_are_shown_as_pictures_by_columns_or_rows(panel, qtbot, look_of, child, told):
    panel.set_tensor(look_of(np.random.default_rng(0).normal(size=(64, 64)).astype(np.float32)))
    panel.set_view("picture")
    view = child(panel, "inspector-pictures")
    assert view.count() == 32
    qtbot.mouseMove(view, view.picture_rect(3).center().toPoint())
    assert told(panel) == "column 3, 8 x 8"
    qtbot.keyClick(child(panel, "inspector-arrangement"), Qt.Key.Key_Right)
    qtbot.mouseMove(view, view.picture_rect(4).center().toPoint())
    assert told(panel) == "row 4, 8 x 8"


def test_a_heat_map_tells_index_and_value(panel, qtbot, look_of, child, told):
    panel.set_tensor(look_of(np.arange(12, dtype=np.float32).reshape(3, 4)))
    heat = child(panel, "inspector-heat-map")
    qtbot.mouseMove(heat, (heat.picture_rect().bottomRight() - QPointF(4, 4)).toPoint())
    assert told(panel) == "[2, 3]  11.00"


def test_a_heat_map_zooms_with_wheel_and_keys_and_pans_by_dragging(panel, qtbot, look_of, child):
    panel.set_tensor(look_of(np.random.default_rng(0).normal(size=(50, 60)).astype(np.float32)))
    heat = child(panel, "inspector-heat-map")
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
    qtbot.mousePress(heat, LEFT, pos=at)
    qtbot.mouseMove(heat, at + QPoint(20, 10))
    qtbot.mouseRelease(heat, LEFT, pos=at + QPoint(20, 10))
    assert heat.window_shown().left < zoomed.left and heat.window_shown().top < zoomed.top
    qtbot.keyClick(heat, Qt.Key.Key_0)
    assert heat.window_shown().bottom == 50
    qtbot.keyClick(heat, Qt.Key.Key_Plus)
    qtbot.keyClick(heat, Qt.Key.Key_Down)
    assert heat.window_shown().top > 5


def test_what_is_not_finite_is_magenta_in_the_heat_map(panel, look_of, child, colours):
    values = np.ones((4, 4), np.float32)
    magenta = QColor(theme.current().nan).rgb()
    panel.set_tensor(look_of(values))
    assert magenta not in colours(child(panel, "inspector-heat-map"))
    values = values.copy()
    values[1, 1], values[2, 2] = np.nan, np.inf
    panel.set_tensor(look_of(values, revision=1))
    assert magenta in colours(child(panel, "inspector-heat-map"))


def test_a_large_heat_map_asks_for_reduced_cells_and_shows_a_spike(panel, look_of, child, colours):
    array = np.zeros((5000, 4000), np.float32)
    array[2500, 2000] = 100.0
    asked: list[TileRequest] = []
    panel.slice_requested.connect(asked.append)
    panel.set_tensor(look_of(array, sample=None))
    heat = child(panel, "inspector-heat-map")
    before = colours(heat)
    (request,) = asked
    cells = (request.row1 - request.row0) // request.row_step
    assert cells * (request.column1 - request.column0) // request.column_step < 200_000
    panel.set_tile(ArraySource(array).read(request))
    assert colours(heat) != before
    assert QColor("#FDE725").rgb() in colours(heat)


def test_the_histogram_tells_its_bins_and_counts_logarithmically(panel, qtbot, look_of, child, picture, told):
    panel.set_tensor(look_of(np.r_[np.zeros(1000), 1.0]))
    panel.set_view("histogram")
    view = child(panel, "inspector-histogram")
    rect = view.plot_rect()
    qtbot.mouseMove(view, QPoint(int(rect.left()) + 3, int(rect.center().y())))
    assert told(panel) == "0.000 to 0.050: 1,000 values"
    linear = picture(view)
    qtbot.keyClick(child(panel, "inspector-log-counts"), Qt.Key.Key_Right)
    assert picture(view) != linear
