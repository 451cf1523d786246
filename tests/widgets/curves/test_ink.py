"""Every label can be read on the panel, and stays in the colour of its curve where that is readable."""

import pytest

from widgets.curves.ink import READABLE, contrast, label_ink
from widgets.tokens import DARK, LIGHT, Theme


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_labels_have_the_contrast_of_text(theme: Theme) -> None:
    inks = [label_ink(curve, theme.panel, theme.text) for curve in theme.curves]
    assert min(contrast(ink, theme.panel) for ink in inks) >= READABLE
    assert inks[0] == theme.curves[0]


def test_contrast_of_black_and_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#123456", "#123456") == 1
