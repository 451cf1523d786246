"""The bundled fonts are there, and do what the visual language asks of them."""

import pytest
from PySide6.QtGui import QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication

from widgets import fonts

ROLES = sorted(fonts.ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_drawn_in_the_bundled_font_and_not_below_its_size(qapp: QApplication, role: str) -> None:
    family, semibold, size, height = fonts.ROLES[role]
    info = QFontInfo(fonts.font(role))
    assert info.family() == family
    assert info.pixelSize() >= size
    assert (info.weight() >= 600) is semibold
    assert QFontMetricsF(fonts.font(role)).ascent() < height


def test_figures_keep_their_width(qapp: QApplication) -> None:
    metrics = QFontMetricsF(fonts.font("body"))
    widths = {round(metrics.horizontalAdvance(figure * 10), 2) for figure in "0123456789"}
    assert len(widths) == 1


def test_names_keep_a_narrow_hyphen(qapp: QApplication) -> None:
    name = QFontMetricsF(fonts.font("tab")).horizontalAdvance("-")
    figure = QFontMetricsF(fonts.font("label")).horizontalAdvance("-")
    assert name < figure


def test_the_x_of_a_shape_stays_a_letter(qapp: QApplication) -> None:
    metrics = QFontMetricsF(fonts.font("label"))
    apart = sum(metrics.horizontalAdvance(part) for part in ("8 ", "x", " 8"))
    assert metrics.horizontalAdvance("8 x 8") == pytest.approx(apart, abs=0.2)


def test_the_mono_font_has_no_ligatures(qapp: QApplication) -> None:
    metrics = QFontMetricsF(fonts.font("field value"))
    assert metrics.horizontalAdvance("!=>=->") == pytest.approx(6 * metrics.horizontalAdvance("x"), abs=0.1)


def test_a_role_is_a_copy(qapp: QApplication) -> None:
    changed = fonts.font("body")
    changed.setPixelSize(40)
    assert fonts.font("body").pixelSize() == 13
