"""The bundled fonts and the roles they play: `font("node title")` is the only way to a font."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase

import resources

UI_FAMILY = "Inter"
MONO_FAMILY = "JetBrains Mono"

ROLES: dict[str, tuple[str, bool, float, int]] = {
    # role: family, semibold, size in px, line height in px
    "panel title": (UI_FAMILY, True, 15, 19),
    "node title": (UI_FAMILY, True, 13, 16),
    "body": (UI_FAMILY, False, 13, 18),
    "menu": (UI_FAMILY, False, 13, 18),
    "strong": (UI_FAMILY, True, 13, 18),
    "section": (UI_FAMILY, True, 12, 18),
    "label": (UI_FAMILY, False, 12.5, 18),
    "tab": (UI_FAMILY, False, 12.5, 18),
    "selected tab": (UI_FAMILY, True, 12.5, 18),
    "caption": (UI_FAMILY, False, 12, 16),
    "hint": (UI_FAMILY, False, 11.5, 16),
    "status": (UI_FAMILY, False, 11.5, 16),
    "op name": (UI_FAMILY, False, 11, 13),
    "field value": (MONO_FAMILY, False, 12, 16),
    "formula": (MONO_FAMILY, False, 13, 18),
    "settings line": (MONO_FAMILY, False, 11, 16),
    "shape": (MONO_FAMILY, False, 10.5, 16),
    "axis": (MONO_FAMILY, False, 10.5, 16),
}


_NAME_ROLES = frozenset({"panel title", "node title", "strong", "tab", "selected tab"})
"""Roles for names; numbers that change are never shown in them."""


def font(role: str) -> QFont:
    """The font of a role; the caller owns the copy and may change it."""
    return QFont(_role_font(role))


def line_height(role: str) -> int:
    """The line height of a role in logical px."""
    return ROLES[role][3]


@lru_cache(maxsize=1)
def install() -> tuple[str, ...]:
    """Registers the bundled font files with Qt, once, and returns the families they brought."""
    families: list[str] = []
    for path in resources.font_files():
        number = QFontDatabase.addApplicationFont(str(path))
        if number < 0:
            raise RuntimeError(f"The bundled font {path.name} cannot be read. Install Flowscope again.")
        families += QFontDatabase.applicationFontFamilies(number)
    return tuple(families)


@lru_cache(maxsize=64)
def _role_font(role: str) -> QFont:
    family, semibold, size, _ = ROLES[role]
    install()
    result = QFont(family)
    result.setWeight(QFont.Weight.DemiBold if semibold else QFont.Weight.Normal)
    result.setPixelSize(math.floor(size + 0.5))  # Qt has whole pixels only: 12.5 is shown as 13
    # Figures keep their place while numbers change; `calt` would turn the x of `8 x 8` into another sign.
    result.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    result.setFeature(QFont.Tag("calt"), 0)
    if family == UI_FAMILY:
        # Tabular figures come with a wide hyphen, which tears names such as `digits-mlp` apart.
        result.setFeature(QFont.Tag("tnum"), 0 if role in _NAME_ROLES else 1)
    else:
        result.setFeature(QFont.Tag("liga"), 0)
        result.setStyleHint(QFont.StyleHint.Monospace)
    return result
