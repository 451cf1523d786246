"""Losses that are computed straight from logits, one number for each example."""

from __future__ import annotations

from typing import Any

from kernels.generic.activation import largest
from kernels.generic.indexing import check_indices
from kernels.generic.output import Array, deliver
from kernels.registry import kernel


@kernel()
def sparse_softmax_cross_entropy(xp: Any, logits: Array, labels: Array, *, out: Array | None = None) -> Array:
    check_indices(xp, labels, logits.shape[-1])
    rows = logits.reshape(labels.size, logits.shape[-1])
    shifted = rows - largest(rows, axis=-1)
    right = shifted[xp.arange(labels.size), labels.reshape(-1)]
    loss = xp.log(xp.exp(shifted).sum(axis=-1)) - right
    return deliver(xp, loss.reshape(labels.shape), out)


@kernel()
def sigmoid_cross_entropy(xp: Any, logits: Array, targets: Array, *, out: Array | None = None) -> Array:
    # max(x, 0) - x * t + log(1 + exp(-|x|)): no exp() of a large number, no log() of zero.
    tail = xp.log1p(xp.exp(-xp.absolute(logits)))
    return xp.add(xp.maximum(logits, 0) - logits * targets, tail, out=out)
