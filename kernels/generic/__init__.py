"""Kernels written once, for the functions that NumPy and CuPy share, by family of ops.

`out` never overlaps an input. For a scalar NumPy may return a number of its own instead of an array.
"""

from kernels.generic import (
    activation,
    arithmetic,
    bitwise,
    comparison,
    conversion,
    convolution,
    cutting,
    elementwise,
    indexing,
    joining,
    linear,
    loss,
    matrix_parts,
    ordering,
    pooling,
    random,
    reduction,
    selection,
    shaping,
    state,
    statistics,
    trigonometry,
)

__all__ = [
    "activation",
    "arithmetic",
    "bitwise",
    "comparison",
    "conversion",
    "convolution",
    "cutting",
    "elementwise",
    "indexing",
    "joining",
    "linear",
    "loss",
    "matrix_parts",
    "ordering",
    "pooling",
    "random",
    "reduction",
    "selection",
    "shaping",
    "state",
    "statistics",
    "trigonometry",
]
