"""The live theme: which tokens hold now, a signal when they change, and how the application wears them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from widgets.fonts import font, line_height
from widgets.style import application_palette, style_sheet
from widgets.tokens import (
    CATEGORIES,
    DARK,
    FOCUS_RING,
    HOVER_MS,
    LIGHT,
    PANEL_MS,
    RADIUS_CONTROL,
    RADIUS_FRAME,
    RADIUS_NODE,
    RADIUS_THUMBNAIL,
    SPACE_L,
    SPACE_M,
    SPACE_S,
    SPACE_XL,
    SPACE_XS,
    TRAVEL_MS,
    UNIT,
    ZOOM_MS,
    Theme,
    mix,
    with_alpha,
)

__all__ = [
    "CATEGORIES",
    "DARK",
    "FOCUS_RING",
    "HOVER_MS",
    "LIGHT",
    "PANEL_MS",
    "RADIUS_CONTROL",
    "RADIUS_FRAME",
    "RADIUS_NODE",
    "RADIUS_THUMBNAIL",
    "SPACE_L",
    "SPACE_M",
    "SPACE_S",
    "SPACE_XL",
    "SPACE_XS",
    "THEMES",
    "TRAVEL_MS",
    "UNIT",
    "ZOOM_MS",
    "Theme",
    "apply",
    "changed",
    "colour",
    "current",
    "font",
    "line_height",
    "mix",
    "motion",
    "set_reduced_motion",
    "set_theme",
    "with_alpha",
]

THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


class _Live(QObject):
    """Holds the theme of the moment; the module is its only owner."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.theme = DARK
        self.reduced_motion = False
        self.dressed: QApplication | None = None


_live = _Live()
changed = _live.changed
"""Emitted with the new `Theme` after the application wears it; repaint, and ask icons again."""


def current() -> Theme:
    """The theme that holds now."""
    return _live.theme


def set_theme(name: str) -> None:
    """Switches to the theme `dark` or `light`; every widget follows while it is shown."""
    if name not in THEMES:
        raise ValueError(f"There is no theme called {name!r}. Choose one of: {', '.join(THEMES)}.")
    if name == _live.theme.name:
        return
    _live.theme = THEMES[name]
    if _live.dressed is not None:
        _dress(_live.dressed)
    changed.emit(_live.theme)


def apply(app: QApplication) -> None:
    """Gives the application the style, font, palette and style sheet of the current theme."""
    app.setStyle("Fusion")
    app.setFont(font("body"))
    _live.dressed = app
    _dress(app)


def set_reduced_motion(reduced: bool) -> None:
    """Turns every animation off (True) or on; asked for by the user or by the system."""
    _live.reduced_motion = reduced


def motion(milliseconds: int) -> int:
    """The duration of an animation: as asked, or 0 under reduced motion."""
    return 0 if _live.reduced_motion else milliseconds


def colour(value: str) -> QColor:
    """A token's value as a QColor."""
    return QColor(value)


def _dress(app: QApplication) -> None:
    app.setPalette(application_palette(_live.theme))
    app.setStyleSheet(style_sheet(_live.theme))
