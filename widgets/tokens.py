"""Design tokens: every colour, distance and radius of Flowscope, for the dark and the light theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CATEGORIES = (
    "Data",
    "Layers",
    "Math",
    "Shape",
    "Activation",
    "Loss",
    "Metrics",
    "Training",
    "State",
    "Control",
)

UNIT = 4
SPACE_XS, SPACE_S, SPACE_M, SPACE_L, SPACE_XL = 4, 8, 12, 16, 24
RADIUS_THUMBNAIL, RADIUS_CONTROL, RADIUS_NODE, RADIUS_FRAME = 4, 6, 8, 12
FOCUS_RING = 2
HOVER_MS, PANEL_MS, ZOOM_MS, TRAVEL_MS = 80, 120, 180, 240

GRADIENT_LOG10 = (-8.0, -7.0, -5.0, -3.0, -1.0, 1.0, 3.0)
"""The seven stops of the gradient ramp, as log10 of the root mean square."""


def mix(base: str, over: str, amount: float) -> str:
    """Blends `amount` (0 to 1) of the colour `over` into `base`; both and the result are `#rrggbb`."""
    pairs = ((int(base[i : i + 2], 16), int(over[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(b + (o - b) * amount):02X}" for b, o in pairs)


def with_alpha(colour: str, alpha: float) -> str:
    """Returns `colour` as `#aarrggbb`, the order that Qt reads, with an opacity from 0 to 1."""
    return f"#{round(alpha * 255):02X}{colour[1:]}"


@dataclass(frozen=True, slots=True)
class Theme:
    """All colours of one theme as `#rrggbb`, under the token names of the visual language."""

    name: str
    dark: bool
    canvas: str
    grid: str
    window: str
    panel: str
    raised: str
    hover: str
    border: str
    strong: str
    text: str
    text2: str
    text3: str
    disabled: str
    accent: str
    accentfill: str
    onaccent: str
    sel: str
    success: str
    warn: str
    error: str
    category: Mapping[str, str]
    dtypes: Mapping[str, str]
    curves: tuple[str, ...]
    gradient: tuple[str, ...]
    tint: float
    shadow: str
    signed_low: str = "#3F6DB5"
    signed_high: str = "#E58540"
    nan: str = "#FF2FD6"

    def dtype_colour(self, dtype: str) -> str:
        """The colour of wires, ports and labels of a dtype, by its NumPy name; `variable` is one too."""
        return self.dtypes[dtype_family(dtype)]

    def category_colour(self, category: str) -> str:
        """The full hue of a category, for its icon only."""
        return self.category.get(category, self.text3)

    def header(self, category: str) -> str:
        """The background of a node's header: the category's hue, mixed lightly into `raised`."""
        hue = self.category.get(category)
        return mix(self.raised, hue, self.tint) if hue else self.raised

    def curve(self, index: int) -> str:
        """The colour of the curve with this index; after the eighth the colours repeat."""
        return self.curves[index % len(self.curves)]

    def gradient_colour(self, log10_rms: float) -> str:
        """The colour of a gradient of this magnitude, interpolated between the stops of the ramp."""
        stops = GRADIENT_LOG10
        if not log10_rms > stops[0]:  # also true for NaN
            return self.gradient[0]
        for i in range(1, len(stops)):
            if log10_rms <= stops[i]:
                share = (log10_rms - stops[i - 1]) / (stops[i] - stops[i - 1])
                return mix(self.gradient[i - 1], self.gradient[i], share)
        return self.gradient[-1]


def dtype_family(dtype: str) -> str:
    """The colour family of a dtype name: `int8` and `uint64` are `int`, `bfloat16` is `float16`."""
    if dtype in ("float32", "float64", "bool", "variable"):
        return dtype
    if dtype in ("float16", "bfloat16") or dtype.startswith("float8"):
        return "float16"
    for start, family in (("int", "int"), ("uint", "int"), ("complex", "complex"), ("str", "string")):
        if dtype.startswith(start):
            return family
    return "string" if dtype in ("object", "bytes") else "unknown"


def _palette(text: str) -> Mapping[str, str]:
    """Reads `name #colour` pairs, so that the tables below look like those of the visual language."""
    words = text.split()
    return MappingProxyType(dict(zip(words[::2], words[1::2], strict=True)))


DARK = Theme(
    name="dark",
    dark=True,
    canvas="#15171C",
    grid="#23262E",
    window="#1A1C22",
    panel="#1F2229",
    raised="#282C35",
    hover="#323742",
    border="#363B46",
    strong="#79818F",
    text="#E9EBF0",
    text2="#B7BDC9",
    text3="#9DA5B4",
    disabled="#6B7280",
    accent="#9A92FF",
    accentfill="#6558E0",
    onaccent="#FFFFFF",
    sel="#2E2D4D",
    success="#4CC38A",
    warn="#E9B44C",
    error="#FF7A70",
    category=_palette(
        "Data #3FBFB0 Layers #6AA8F7 Math #A9B4C6 Shape #A3C45A Activation #E0A94A "
        "Loss #F0807A Metrics #5FC98B Training #E88F5A State #D58BD0 Control #59C1E0"
    ),
    dtypes=_palette(
        "float32 #7DB4F0 float16 #5CC8D7 float64 #4F8DE0 int #6CCB8C bool #F08CA5 "
        "string #E6B455 complex #D58BE0 variable #B3A8F5 unknown #8A92A1"
    ),
    curves=("#6AA8F7", "#F09F15", "#F6F367", "#D2631A", "#89F3FE", "#B0B6A1", "#9D6C85", "#6670DA"),
    gradient=("#4A6DC0", "#5B86C8", "#8FB4D8", "#C9CDD2", "#E8B878", "#E58540", "#D9432F"),
    tint=0.20,
    shadow="#66000000",
)

LIGHT = Theme(
    name="light",
    dark=False,
    canvas="#F1F2F5",
    grid="#DFE2E8",
    window="#E7E9ED",
    panel="#F9FAFB",
    raised="#FFFFFF",
    hover="#ECEEF2",
    border="#D5D9E0",
    strong="#7C8493",
    text="#1B1E25",
    text2="#474E5C",
    text3="#5F6776",
    disabled="#9AA1AD",
    accent="#5A4BD8",
    accentfill="#5A4BD8",
    onaccent="#FFFFFF",
    sel="#E6E4FB",
    success="#14703F",
    warn="#8A5A00",
    error="#B92722",
    category=_palette(
        "Data #0F7F74 Layers #2468C8 Math #56627A Shape #5B7A12 Activation #976300 "
        "Loss #C23A36 Metrics #1C7F4A Training #B4541A State #9A3F95 Control #0B7594"
    ),
    dtypes=_palette(
        "float32 #2F74C8 float16 #0E7F92 float64 #1F4FA8 int #23804A bool #BE3A60 "
        "string #8F6200 complex #9A3FAE variable #6A58C8 unknown #6F7786"
    ),
    curves=("#1F66C9", "#D5661F", "#5B1907", "#948595", "#765478", "#A9330F", "#0C308D", "#2A1049"),
    gradient=("#27408B", "#3F6DB5", "#5F8DB8", "#7B8088", "#B07A2A", "#C25A14", "#B3261E"),
    tint=0.14,
    shadow="#241B1E25",
)
