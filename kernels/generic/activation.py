"""Activations: the bends between layers, and the two that turn logits into probabilities."""

from __future__ import annotations

import math
from typing import Any

from kernels.generic.elementwise import erf
from kernels.generic.output import Array
from kernels.registry import kernel

# Klambauer et al., Self-Normalizing Neural Networks, 2017.
_SELU_ALPHA = 1.6732632423543772
_SELU_SCALE = 1.0507009873554805


@kernel()
def relu(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.maximum(x, 0, out=out)


@kernel()
def leaky_relu(xp: Any, x: Array, *, slope: float, out: Array | None = None) -> Array:
    # With a slope between 0 and 1 the larger of both is the right one on either side.
    return xp.maximum(xp.multiply(x, slope, out=out), x, out=out)


@kernel()
def elu(xp: Any, x: Array, *, alpha: float, out: Array | None = None) -> Array:
    return _elu(xp, x, alpha, 1.0, out)


@kernel()
def selu(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return _elu(xp, x, _SELU_ALPHA, _SELU_SCALE, out)


@kernel()
def sigmoid(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    # Where exp(-x) overflows to infinity, its reciprocal is the 0 that is wanted.
    result = xp.exp(xp.negative(x, out=out), out=out)
    return xp.true_divide(1.0, xp.add(result, 1.0, out=out), out=out)


@kernel()
def hard_sigmoid(xp: Any, x: Array, *, alpha: float, beta: float, out: Array | None = None) -> Array:
    result = xp.add(xp.multiply(x, alpha, out=out), beta, out=out)
    return xp.clip(result, 0.0, 1.0, out=out)


@kernel()
def tanh(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.tanh(x, out=out)


@kernel()
def softplus(xp: Any, x: Array, *, beta: float, out: Array | None = None) -> Array:
    # max(x, 0) + log(1 + exp(-|x|)): exp(x) overflows float32 above x = 88.7; logaddexp is slower.
    sharp = xp.multiply(x, beta)
    tail = xp.log1p(xp.exp(xp.negative(xp.absolute(sharp, out=out), out=out), out=out), out=out)
    result = xp.add(xp.maximum(sharp, 0), tail, out=out)
    return xp.true_divide(result, beta, out=out)


@kernel()
def softsign(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    size = xp.add(xp.absolute(x, out=out), 1.0, out=out)
    return xp.true_divide(x, size, out=out)


@kernel()
def gelu(xp: Any, x: Array, *, approximate: bool, out: Array | None = None) -> Array:
    if approximate:
        below = xp.tanh((x * x * x * 0.044715 + x) * math.sqrt(2 / math.pi), out=out)
    else:
        below = erf(xp, x * math.sqrt(0.5), out=out)
    below = xp.multiply(xp.add(below, 1.0, out=out), 0.5, out=out)
    return xp.multiply(x, below, out=out)


@kernel()
def silu(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return xp.multiply(x, sigmoid(xp, x, out=out), out=out)


@kernel()
def softmax(xp: Any, x: Array, *, axis: int, out: Array | None = None) -> Array:
    # The largest logit is taken off first, so that exp() overflows nowhere.
    result = xp.subtract(x, largest(x, axis), out=out)
    result = xp.exp(result, out=out)
    return xp.true_divide(result, result.sum(axis=axis, keepdims=True), out=out)


@kernel()
def log_softmax(xp: Any, x: Array, *, axis: int, out: Array | None = None) -> Array:
    shifted = xp.subtract(x, largest(x, axis), out=out)
    total = xp.log(xp.exp(shifted).sum(axis=axis, keepdims=True))
    return xp.subtract(shifted, total, out=out)


@kernel()
def hardmax(xp: Any, x: Array, *, axis: int, out: Array | None = None) -> Array:
    result = xp.zeros_like(x) if out is None else out
    if not x.size:
        return result
    sizes = [1] * x.ndim
    sizes[axis] = x.shape[axis]
    places = xp.arange(x.shape[axis]).reshape(sizes)
    result[...] = places == xp.argmax(x, axis=axis, keepdims=True)
    return result


def largest(x: Array, axis: int) -> Array:
    """The largest element along an axis; of no elements there is none, and nothing to take off."""
    return x.max(axis=axis, keepdims=True) if x.size else x


def _elu(xp: Any, x: Array, alpha: float, scale: float, out: Array | None) -> Array:
    # One of both sides is always zero; adding them needs no branch.
    below = xp.multiply(xp.expm1(xp.minimum(x, 0, out=out), out=out), alpha * scale, out=out)
    return xp.add(xp.maximum(x, 0) * scale, below, out=out)
