"""Icons are there, take their colour, and are rendered once."""

import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

import resources
from widgets import icons
from widgets.tokens import CATEGORIES

TINTED = [name for name in resources.icon_names() if not name.startswith("style-")]


@pytest.mark.parametrize("name", TINTED)
def test_every_icon_draws_in_its_colour_and_in_no_other(qapp: QApplication, name: str) -> None:
    image = icons.pixmap(name, "#FF0000", 24, 1.0).toImage()
    pixels = [image.pixelColor(x, y) for x in range(24) for y in range(24)]
    inked = [pixel for pixel in pixels if pixel.alpha() > 40]
    assert len(inked) > 8
    assert all(ink.red() > 200 and ink.green() < 60 and ink.blue() < 60 for ink in inked)


def test_every_category_has_a_picture_of_its_own() -> None:
    names = {icons.category_icon(category) for category in CATEGORIES}
    assert len(names) == len(CATEGORIES)
    assert icons.category_icon("Cooking") not in names


def test_an_icon_is_rendered_once_for_name_colour_size_and_ratio(qapp: QApplication) -> None:
    first = icons.pixmap("action-run", "#00FF00", 16, 2.0)
    assert icons.pixmap("action-run", "#00FF00", 16, 2.0).cacheKey() == first.cacheKey()
    assert first.width() == 32
    assert first.deviceIndependentSize().width() == 16


def test_a_painter_that_is_scaled_gets_a_sharper_picture(qapp: QApplication) -> None:
    image = QImage(64, 64, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.scale(4, 4)
    icons.paint(painter, "action-stop", "#FFFFFF", 0, 0, 16)
    painter.end()
    alphas = [image.pixelColor(x, 32).alpha() for x in range(64)]
    # A square of 4 device px strokes, drawn and not blown up: full ink next to none.
    assert max(alphas) == 255
    assert alphas[32] == 0


def test_an_unknown_icon_is_named_in_the_error() -> None:
    with pytest.raises(KeyError, match="no icon called 'action-fly'"):
        resources.icon_path("action-fly")
