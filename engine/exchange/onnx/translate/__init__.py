"""The translations of ONNX's operators, by family. Importing this package registers them."""

from engine.exchange.onnx.translate import (
    activation,
    arithmetic,
    comparison,
    convolution,
    creation,
    cutting,
    indexing,
    linear,
    normalization,
    pooling,
    reduction,
    shaping,
    training,
    unary,
)

__all__ = [
    "activation",
    "arithmetic",
    "comparison",
    "convolution",
    "creation",
    "cutting",
    "indexing",
    "linear",
    "normalization",
    "pooling",
    "reduction",
    "shaping",
    "training",
    "unary",
]
