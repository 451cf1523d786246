"""The primitives, by family. Importing this package registers them."""

from engine.ops import (
    activation,
    arithmetic,
    comparison,
    conversion,
    cutting,
    data,
    elementwise,
    indexing,
    joining,
    linear,
    loss,
    random,
    reduction,
    selection,
    shaping,
    state,
)

__all__ = [
    "activation",
    "arithmetic",
    "comparison",
    "conversion",
    "cutting",
    "data",
    "elementwise",
    "indexing",
    "joining",
    "linear",
    "loss",
    "random",
    "reduction",
    "selection",
    "shaping",
    "state",
]
