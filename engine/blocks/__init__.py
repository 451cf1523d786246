"""Blocks: ops that are made of other ops, down to the primitives; opening one shows its graph."""

from engine.blocks import layers, losses, metrics, optimizers

__all__ = ["layers", "losses", "metrics", "optimizers"]
