"""Pens, brushes and text measures of the canvas, made once per colour and width and then shared."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen

from widgets import theme

BIG_TITLE = 20


@lru_cache(maxsize=512)
def colour(value: str) -> QColor:
    """The colour of a token's value; shared, so never change it."""
    return QColor(value)


@lru_cache(maxsize=512)
def brush(value: str) -> QBrush:
    """A flat brush; shared, so never change it."""
    return QBrush(QColor(value))


@lru_cache(maxsize=1024)
def pen(value: str, width: float = 1.0, dash: tuple[float, ...] = (), cosmetic: bool = False) -> QPen:
    """A pen with round joins; `dash` is in px. Shared, so never change it."""
    made = QPen(QColor(value), width)
    made.setCapStyle(Qt.PenCapStyle.FlatCap if dash else Qt.PenCapStyle.RoundCap)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    made.setCosmetic(cosmetic)
    if dash:
        made.setDashPattern([length / max(width, 1e-6) for length in dash])
    return made


@lru_cache(maxsize=512)
def mix(base: str, over: str, amount: float) -> str:
    """The blend of two colours, computed once."""
    return theme.mix(base, over, amount)


@lru_cache(maxsize=512)
def soft(value: str, alpha: float) -> str:
    """A colour with an opacity, computed once."""
    return theme.with_alpha(value, alpha)


def header(category: str) -> str:
    """The background of a header in the theme that holds now."""
    skin = theme.current()
    hue = skin.category.get(category)
    return mix(skin.raised, hue, skin.tint) if hue else skin.raised


@lru_cache(maxsize=32)
def font(role: str, struck: bool = False) -> QFont:
    """The font of a role; `big title` is for nodes seen from afar. Shared, so never change it."""
    made = theme.font("node title" if role == "big title" else role)
    if role == "big title":
        made.setPixelSize(BIG_TITLE)
    made.setStrikeOut(struck)
    return made


@lru_cache(maxsize=32)
def metrics(role: str) -> QFontMetricsF:
    """The measures of a role's font."""
    return QFontMetricsF(font(role))


@lru_cache(maxsize=16384)
def text_width(role: str, text: str) -> float:
    """How wide a text is, in px at 100 %."""
    return metrics(role).horizontalAdvance(text)


@lru_cache(maxsize=16384)
def elide(role: str, text: str, width: float) -> str:
    """The text, shortened in the middle when it is wider than `width`."""
    if text_width(role, text) <= width:
        return text
    return metrics(role).elidedText(text, Qt.TextElideMode.ElideMiddle, max(width, 0.0))


def wrap(role: str, text: str, width: float, lines: int) -> tuple[str, ...]:
    """The text in at most `lines` lines; the last one ends in an ellipsis if more is to come."""
    result: list[str] = []
    line = ""
    words = text.split()
    for i, word in enumerate(words):
        longer = f"{line} {word}" if line else word
        if not line or text_width(role, longer) <= width:
            line = longer
            continue
        if len(result) == lines - 1:
            rest = " ".join([line, *words[i:]])
            return (*result, metrics(role).elidedText(rest, Qt.TextElideMode.ElideRight, width))
        result.append(elide(role, line, width))
        line = word
    return (*result, elide(role, line, width)) if line else tuple(result)
