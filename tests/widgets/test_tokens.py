"""The tokens keep the contrasts that the visual language promises."""

import math

import pytest

from widgets.tokens import CATEGORIES, DARK, LIGHT, Theme, dtype_family, mix, with_alpha

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
SURFACES = ("canvas", "window", "panel", "raised", "hover", "sel")


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@THEMES
@pytest.mark.parametrize("token", ["text", "text2", "text3", "accent", "success", "warn", "error"])
def test_text_is_readable_on_every_surface(theme: Theme, token: str) -> None:
    worst = min(contrast(getattr(theme, token), getattr(theme, surface)) for surface in SURFACES)
    assert round(worst, 1) >= 4.5


@THEMES
def test_icons_wires_and_curves_can_be_seen(theme: Theme) -> None:
    for category in CATEGORIES:
        assert contrast(theme.category_colour(category), theme.header(category)) >= 3
        assert contrast(theme.text, theme.header(category)) >= 4.5
        assert contrast(theme.text2, theme.header(category)) >= 4.5
    for colour in theme.dtypes.values():
        assert contrast(colour, theme.canvas) >= 3
        assert contrast(colour, theme.raised) >= 3
    assert all(contrast(colour, theme.panel) >= 3 for colour in theme.curves)
    assert all(contrast(colour, theme.canvas) >= 3 for colour in theme.gradient)


@THEMES
def test_text_on_the_primary_button_is_readable(theme: Theme) -> None:
    assert contrast(theme.onaccent, theme.accentfill) >= 4.5


@pytest.mark.parametrize(
    ("dtype", "family"),
    [
        ("float16", "float16"),
        ("bfloat16", "float16"),
        ("float32", "float32"),
        ("float64", "float64"),
        ("int8", "int"),
        ("uint64", "int"),
        ("bool", "bool"),
        ("str", "string"),
        ("string", "string"),
        ("complex64", "complex"),
        ("complex128", "complex"),
        ("variable", "variable"),
        ("?", "unknown"),
        ("", "unknown"),
    ],
)
def test_every_dtype_has_a_colour(dtype: str, family: str) -> None:
    assert dtype_family(dtype) == family
    assert DARK.dtype_colour(dtype) == DARK.dtypes[family]


def test_an_unknown_category_leaves_the_header_plain() -> None:
    assert DARK.header("Cooking") == DARK.raised
    assert DARK.category_colour("Cooking") == DARK.text3


@THEMES
def test_the_gradient_ramp_meets_its_stops_and_holds_its_ends(theme: Theme) -> None:
    assert theme.gradient_colour(-30) == theme.gradient[0]
    assert theme.gradient_colour(math.nan) == theme.gradient[0]
    assert theme.gradient_colour(-3) == theme.gradient[3]
    assert theme.gradient_colour(300) == theme.gradient[-1]
    assert theme.gradient_colour(-4) == mix(theme.gradient[2], theme.gradient[3], 0.5)


def test_curves_repeat_after_the_eighth() -> None:
    assert DARK.curve(8) == DARK.curve(0)
    assert len(set(DARK.curves)) == len(set(LIGHT.curves)) == 8


def test_colours_mix_and_fade() -> None:
    assert mix("#000000", "#FFFFFF", 0.5) == "#808080"
    assert mix("#102030", "#FFFFFF", 0.0) == "#102030"
    assert with_alpha("#9A92FF", 0.5) == "#809A92FF"
