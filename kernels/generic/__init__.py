"""Kernels written once, for the functions that NumPy and CuPy share, by family of ops.

`out` never overlaps an input. For a scalar NumPy may return a number of its own instead of an array.
"""

from kernels.generic import (
    arithmetic,
    comparison,
    conversion,
    elementwise,
    linear,
    reduction,
    selection,
    shaping,
    state,
)

__all__ = [
    "arithmetic",
    "comparison",
    "conversion",
    "elementwise",
    "linear",
    "reduction",
    "selection",
    "shaping",
    "state",
]
