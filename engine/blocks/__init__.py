"""Blocks: ops that are made of other ops, down to the primitives; opening one shows its graph."""

from engine.blocks import (
    attention,
    convolutional,
    embedding,
    layers,
    losses,
    metrics,
    normalization,
    optimizers,
    pooling,
)

__all__ = [
    "attention",
    "convolutional",
    "embedding",
    "layers",
    "losses",
    "metrics",
    "normalization",
    "optimizers",
    "pooling",
]
