"""Blocks: ops that are made of other ops, down to the primitives; opening one shows its graph."""

from engine.blocks import convolutional, layers, losses, metrics, optimizers, pooling

__all__ = ["convolutional", "layers", "losses", "metrics", "optimizers", "pooling"]
