"""How values are written in the inspector: four digits in a steady width, or every digit."""

import math
import sys
from typing import Any

import numpy as np


def short(value: Any) -> str:
    """Return a value with four significant digits; whole numbers and text in full."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (complex, np.complexfloating)):
        sign = "-" if value.imag < 0 else "+"
        return f"{short(float(value.real))} {sign} {short(abs(float(value.imag)))}i"
    if isinstance(value, (float, np.floating)):
        return _four_digits(float(value))
    return str(value)


def full(value: Any) -> str:
    """Return a value with all digits that it takes to read the same number back."""
    if isinstance(value, (np.floating, np.complexfloating)) and not _finite(value):
        return short(value)
    if isinstance(value, np.floating):
        plain = value == 0 or 1e-4 <= abs(value) < 1e16
        return str(np.format_float_positional(value, trim="-")) if plain else str(value)
    if isinstance(value, np.generic):
        return str(value.item())
    return short(value) if isinstance(value, float) and not math.isfinite(value) else str(value)


def statistic(value: float | None) -> str:
    """Return a statistic as in the column beside the view: 0.309, 12.34, 1.234e5; a dash if there is none."""
    if value is None:
        return "–"
    size = abs(value)
    if size < sys.float_info.min:
        return "0.000"  # nothing, or the edge beside nothing in a histogram of zeros
    if not math.isfinite(value) or size >= 1e5 or size < 1e-3:
        return _four_digits(value)
    return f"{value:.{3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0}f}"


def is_special(value: Any) -> bool:
    """Whether a value is NaN or infinite."""
    return isinstance(value, (float, complex, np.inexact)) and not _finite(value)


def _finite(value: Any) -> bool:
    return bool(np.isfinite(value))


def _four_digits(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    size = abs(value)
    if size and (size >= 1e5 or size < 1e-3):
        mantissa, exponent = f"{value:.3e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    if size >= 1000:
        return f"{value:.1f}" if size < 10000 else f"{value:.0f}"
    return f"{value:.{4 if size < 1 else 3 if size < 10 else 2 if size < 100 else 1}f}"
