"""Blocks: ops that are made of other ops, down to the primitives; opening one shows its graph."""

from engine.blocks import (
    activations,
    attention,
    convolutional,
    embedding,
    formulas,
    gating,
    layers,
    linear_algebra,
    losses,
    metrics,
    normalization,
    optimizers,
    pooling,
    products,
)

__all__ = [
    "activations",
    "attention",
    "convolutional",
    "embedding",
    "formulas",
    "gating",
    "layers",
    "linear_algebra",
    "losses",
    "metrics",
    "normalization",
    "optimizers",
    "pooling",
    "products",
]
