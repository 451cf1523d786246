"""The colour of a curve's label: that of the curve, moved towards the text until it can be read."""

from functools import lru_cache

from widgets.tokens import mix

READABLE = 4.5


@lru_cache(maxsize=64)
def label_ink(curve: str, panel: str, text: str) -> str:
    """Return the curve's colour, or the nearest one towards `text` with enough contrast on the panel."""
    shades = (mix(curve, text, share / 10) for share in range(11))
    return next((shade for shade in shades if contrast(shade, panel) >= READABLE), text)


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
