"""Turns values into colours: viridis for one sign, blue to orange for two signs, grey for pictures."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from widgets.tokens import Theme

Ramp = Literal["viridis", "signed", "grey"]
ByteArray = NDArray[np.uint8]

SHADES = 252
NAN, INFINITE, MISSING = 252, 253, 254
"""Entries of the colour table after the shades."""

# Sixteen evenly spaced colours of viridis, which its authors have given to the public domain (CC0).
_VIRIDIS = (
    *("#440154", "#481A6C", "#472F7D", "#414487", "#39568C", "#31688E", "#2A788E", "#23888E"),
    *("#1F988B", "#22A884", "#35B779", "#54C568", "#7AD151", "#A5DB36", "#D2E21B", "#FDE725"),
)


@dataclass(frozen=True)
class Scale:
    """A ramp between two limits."""

    ramp: Ramp
    low: float
    high: float

    def shades(self, values: NDArray[Any]) -> ByteArray:
        """Return entries of the colour table: a shade, or the mark for NaN or for an infinite value."""
        numbers = np.asarray(values, np.float64)
        finite = np.isfinite(numbers)
        # Halves, because the distance between two limits of opposite sign can be beyond float64.
        span = self.high / 2 - self.low / 2
        shares = (np.where(finite, numbers, self.low) / 2 - self.low / 2) / span if span > 0 else None
        if shares is None:
            shades = np.full(numbers.shape, SHADES // 2, np.uint8)
        else:
            shades = (np.clip(shares, 0.0, 1.0) * (SHADES - 1) + 0.5).astype(np.uint8)
        shades[~finite] = INFINITE
        shades[np.isnan(numbers)] = NAN
        return shades


def scale_for(minimum: float | None, maximum: float | None, ramp: Ramp | None = None) -> Scale:
    """Return the scale for finite values between minimum and maximum; zero is the middle of a signed one."""
    if minimum is None or maximum is None or not np.isfinite([minimum, maximum]).all():
        minimum, maximum = 0.0, 1.0
    ramp = ramp or ("signed" if minimum < 0 < maximum else "viridis")
    if ramp == "signed":
        reach = max(abs(minimum), abs(maximum))
        return Scale(ramp, -reach, reach)
    return Scale(ramp, float(minimum), float(maximum))


def finite_limits(values: NDArray[Any]) -> tuple[float | None, float | None]:
    """Return the smallest and the largest finite value, or None for both."""
    numbers = np.asarray(values, np.float64)
    finite = numbers[np.isfinite(numbers)]
    return (float(finite.min()), float(finite.max())) if finite.size else (None, None)


def colour_table(ramp: Ramp, theme: Theme) -> NDArray[np.uint32]:
    """Return the 256 opaque colours `0xAARRGGBB` of a ramp and its marks."""
    stops = {
        "viridis": _VIRIDIS,
        "signed": (theme.signed_low, theme.raised, theme.signed_high),
        "grey": ("#000000", "#FFFFFF"),
    }[ramp]
    parts = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops], np.float64)
    places = np.linspace(0, len(stops) - 1, SHADES)
    shades = np.stack([np.interp(places, np.arange(len(stops)), part) for part in parts.T], axis=1)
    table = np.zeros((256, 3))
    table[:SHADES] = shades.round()
    mark = [int(theme.nan[i : i + 2], 16) for i in (1, 3, 5)]
    table[NAN] = table[INFINITE] = mark
    table[MISSING] = [int(theme.panel[i : i + 2], 16) for i in (1, 3, 5)]
    red, green, blue = table.astype(np.uint32).T
    return np.asarray(0xFF000000 | red << 16 | green << 8 | blue, np.uint32)
