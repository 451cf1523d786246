"""A line of text with some of its letters marked, as the hits of a search are."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from widgets import theme
from widgets.controls.painting import draw_text, elided, text_width


def draw_marked(
    painter: QPainter, rect: QRectF, text: str, marks: tuple[int, ...], role: str, colour: str
) -> bool:
    """Draws the text, elided, with the letters at `marks` in the accent; says whether it was cut."""
    shown = elided(text, role, rect.width())
    kept = len(shown) - 1 if shown != text else len(shown)
    left = rect.left()
    for part, is_marked in _runs(shown, {mark for mark in marks if mark < kept}):
        ink = theme.current().accent if is_marked else colour
        width = text_width(part, role)
        draw_text(painter, QRectF(left, rect.top(), width + 2, rect.height()), part, role, ink)
        left += width
    return shown != text


def _runs(text: str, marks: set[int]) -> list[tuple[str, bool]]:
    """Cuts the text into pieces of marked and of plain letters."""
    runs: list[tuple[str, bool]] = []
    for place, letter in enumerate(text):
        marked = place in marks
        if runs and runs[-1][1] is marked:
            runs[-1] = (runs[-1][0] + letter, marked)
        else:
            runs.append((letter, marked))
    return runs
