"""Losses that are computed straight from logits, one number for each example."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.generic.activation import log_softmax
from kernels.generic.indexing import check_indices
from kernels.generic.output import Array, deliver
from kernels.registry import kernel


@kernel()
def sparse_softmax_cross_entropy(xp: Any, logits: Array, labels: Array, *, out: Array | None = None) -> Array:
    check_indices(xp, labels, logits.shape[-1])
    rows = log_softmax(xp, logits, axis=-1)
    right = xp.take_along_axis(rows, labels[..., None].astype(np.int64), axis=-1)[..., 0]
    return deliver(xp, -right, out)


@kernel()
def sigmoid_cross_entropy(xp: Any, logits: Array, targets: Array, *, out: Array | None = None) -> Array:
    # max(x, 0) - x * t + log(1 + exp(-|x|)): no exp() of a large number, no log() of zero.
    tail = xp.log1p(xp.exp(-xp.absolute(logits)))
    return xp.add(xp.maximum(logits, 0) - logits * targets, tail, out=out)
