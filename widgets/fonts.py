"""The bundled fonts and the roles they play: `font("node title")` is the only way to a font."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

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
    "hint": (UI_FAMILY, False, 11.5, 16),
    "status": (UI_FAMILY, False, 11.5, 16),
    "op name": (UI_FAMILY, False, 11, 13),
    "field value": (MONO_FAMILY, False, 12, 16),
    "settings line": (MONO_FAMILY, False, 11, 16),
    "shape": (MONO_FAMILY, False, 10.5, 16),
    "axis": (MONO_FAMILY, False, 10.5, 16),
}


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
    _set_size(result, size)
    # Figures keep their place while numbers change; `calt` would turn the x of `8 x 8` into another sign.
    result.setFeature(QFont.Tag("calt"), 0)
    if family == UI_FAMILY:
        result.setFeature(QFont.Tag("tnum"), 1)
    else:
        result.setFeature(QFont.Tag("liga"), 0)
        result.setStyleHint(QFont.StyleHint.Monospace)
    return result


def _set_size(target: QFont, size: float) -> None:
    """Sets a size in px; Qt takes fractions in points only, at the screen's logical resolution."""
    if size == int(size):
        target.setPixelSize(int(size))
        return
    screen = QGuiApplication.primaryScreen()
    target.setPointSizeF(size * 72.0 / (screen.logicalDotsPerInchY() if screen else 96.0))
