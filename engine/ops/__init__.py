"""The primitives, by family. Importing this package registers them."""

from engine.ops import (
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
