"""The boundary picture puts predictions and points where they belong, in both themes."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from widgets import theme
from widgets.boundary import EMPTY, BoundaryLook, BoundaryView


@pytest.fixture
def view(show: Any) -> BoundaryView:
    view = BoundaryView()
    show(view, 320, 300)
    return view


def look_of(
    grid: ArrayLike, points: ArrayLike = (), labels: ArrayLike = (), held: ArrayLike = ()
) -> BoundaryLook:
    return BoundaryLook(
        (-1.0, 1.0),
        (-2.0, 2.0),
        np.asarray(grid, float),
        np.asarray(points, float).reshape(-1, 2),
        np.asarray(labels, int),
        np.asarray(held, bool),
    )


def pixel(view: BoundaryView, x: float, y: float) -> QColor:
    return view.grab().toImage().pixelColor(view.place(x, y).toPoint())


def test_without_predictions_it_says_what_to_do(view: BoundaryView) -> None:
    label = view.findChild(QLabel, "boundary-empty")
    assert label is not None
    assert label.isVisible() and label.text() == EMPTY
    view.set_look(look_of([[0.5]]))
    assert not label.isVisible()


@pytest.mark.parametrize("name", ["dark", "light"])
def test_class_one_above_is_orange_and_class_zero_below_blue(view: BoundaryView, name: str) -> None:
    theme.set_theme(name)
    grid = np.zeros((40, 40))
    grid[20:] = 1.0
    view.set_look(look_of(grid))
    above, below = pixel(view, 0, 1.5), pixel(view, 0, -1.5)
    assert above.red() > above.blue() and below.blue() > below.red()


def test_an_unsure_model_is_neutral(view: BoundaryView) -> None:
    view.set_look(look_of(np.full((8, 8), 0.5)))
    assert pixel(view, 0, 0) == QColor(theme.current().raised)


def test_training_points_are_filled_and_held_out_ones_are_rings(view: BoundaryView) -> None:
    view.set_look(look_of(np.full((8, 8), 0.5), [(0.5, 1), (-0.5, -1)], [1, 0], [False, True]))
    assert pixel(view, 0.5, 1) == QColor(theme.current().curve(1))
    assert pixel(view, -0.5, -1) == QColor(theme.current().canvas)
    assert view.accessibleDescription() == "1 training points, 1 held out"


def test_a_new_look_is_painted(view: BoundaryView) -> None:
    view.set_look(look_of(np.zeros((8, 8))))
    before = view.grab().toImage()
    view.set_look(look_of(np.ones((8, 8))))
    assert view.grab().toImage() != before


def test_the_pointer_reads_place_and_probability(view: BoundaryView) -> None:
    view.set_look(look_of(np.full((8, 8), 0.25)))
    before = view.grab().toImage()
    QTest.mouseMove(view, view.place(0, 0).toPoint())
    assert view.grab().toImage() != before
    QTest.mouseMove(view, QPoint(2, 2))
    assert view.grab().toImage() == before


@pytest.mark.parametrize(
    "look",
    [
        look_of(np.empty((0, 0))),
        look_of(np.full((3, 3), np.nan), [(np.nan, 0), (0, 0)], [0, 1], [False, False]),
        BoundaryLook((1.0, 1.0), (0.0, 0.0), np.full((2, 2), 0.5)),
    ],
)
def test_degenerate_looks_do_not_break(view: BoundaryView, look: BoundaryLook) -> None:
    view.set_look(look)
    QTest.mouseMove(view, QPoint(150, 100))
    view.grab()
    label = view.findChild(QLabel, "boundary-empty")
    assert label is not None
    assert not label.isVisible()
