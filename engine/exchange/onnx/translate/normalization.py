"""Normalizations, and dropout."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.blocks.layers import Dropout
from engine.blocks.magnitude import LocalResponseNormalization, RMSNormalization
from engine.blocks.normalization import BatchNormalization, InstanceNormalization, LayerNormalization
from engine.blocks.parts import narrowed
from engine.exchange.onnx.layout import channels_first, channels_last, transposed
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import ByDefinition
from engine.exchange.onnx.registry import Results, translates
from engine.exchange.onnx.tensors import Tensor
from engine.op import Op
from engine.ops.comparison import GreaterEqual, LogicalNot, LogicalOr
from engine.ops.conversion import Cast, OnesLike, ZerosLike
from engine.ops.elementwise import Abs, Reciprocal, Rsqrt, Sqrt, Square
from engine.ops.random import RandomUniform
from engine.ops.reduction import ReduceMean, ReduceSum
from engine.ops.selection import Where
from engine.value import Value

_LARGEST_RATE = 0.99
"""The largest part that the layer drops."""
_STEADIEST = 0.9999
"""The largest momentum that the layer takes; it matters only when training goes on."""


@translates("BatchNormalization", since=7)
def batch_normalization(node: OnnxNode) -> Results:
    """With the statistics that training found, or with those of the batch, merged into the former."""
    rank = node.rank()
    x = transposed(node.drawing, node[0], channels_last(rank)) if rank > 1 else node[0]
    if (layer := _layer(node, x)) is not None:
        return transposed(node.drawing, layer, channels_first(rank))
    scale, bias, mean, variance = (node[i] for i in range(1, 5))
    epsilon, momentum = node.get("epsilon", 1e-5), node.get("momentum", 0.9)
    new_mean, new_variance = mean, variance
    if node.get("training_mode", 0):
        axes = tuple(range(rank - 1)) if rank > 1 else (0,)
        batch_mean = ReduceMean(axes=axes)(x)
        batch_variance = ReduceMean(axes=axes)(Square()(x - batch_mean))
        new_mean = mean * momentum + narrowed(batch_mean, mean) * (1.0 - momentum)
        new_variance = variance * momentum + narrowed(batch_variance, variance) * (1.0 - momentum)
        mean, variance = batch_mean, batch_variance
    dtype = x.spec.dtype
    centred = x - narrowed(mean, x)
    y = centred * narrowed(Rsqrt()(variance + epsilon), x) * narrowed(scale, x) + narrowed(bias, x)
    assert y.spec.dtype == dtype
    y = transposed(node.drawing, y, channels_first(rank)) if rank > 1 else y
    return y, new_mean, new_variance


def _layer(node: OnnxNode, x: Value) -> Value | None:
    """The layer of that name, where all its weights are known."""
    if node.get("training_mode", 0) or node.rank() < 2 or node.wants(1):
        return None
    momentum = min(node.get("momentum", 0.9), _STEADIEST)
    layer = BatchNormalization(epsilon=node.get("epsilon", 1e-5), momentum=momentum)
    return _with_weights(node, layer, x, ("gamma", "beta", "moving_mean", "moving_variance"))


def _with_weights(node: OnnxNode, layer: Op, x: Value, names: Sequence[str]) -> Value | None:
    """A layer on x with what the next inputs hold as its weights; None where one is not known beforehand."""
    weights: dict[str, np.ndarray] = {}
    for index, name in enumerate(names, start=1):
        known = node.known(index)
        if known is None or known.dtype != x.spec.dtype or known.shape != (x.spec.shape or ())[-1:]:
            return None
        weights[name] = known
    y = layer(x)
    node.drawing.node(y).weights.update(weights)
    return y


@translates("LayerNormalization", since=17)
def layer_normalization(node: OnnxNode) -> Tensor:
    """Our layer where the last axis is normalized and the weights are known."""
    layer = LayerNormalization(epsilon=node.get("epsilon", 1e-5), center=node.has(2))
    names = ("gamma", "beta") if node.has(2) else ("gamma",)
    return _of_rows(node, layer, names)


@translates("RMSNormalization", since=23)
def rms_normalization(node: OnnxNode) -> Tensor:
    return _of_rows(node, RMSNormalization(epsilon=node.get("epsilon", 1e-5)), ("gamma",))


def _of_rows(node: OnnxNode, layer: Op, names: Sequence[str]) -> Tensor:
    last = node.get("axis", -1) in (-1, node.rank() - 1)
    exact = node.spec(0).dtype in ("float32", "float64") and not (node.wants(1) or node.wants(2))
    y = _with_weights(node, layer, node[0], names) if last and exact and node.rank() > 1 else None
    if y is None:
        raise ByDefinition
    return y


@translates("InstanceNormalization")
def instance_normalization(node: OnnxNode) -> Tensor:
    rank = node.rank()
    x = transposed(node.drawing, node[0], channels_last(rank))
    layer = InstanceNormalization(epsilon=node.get("epsilon", 1e-5))
    if (drawn := _with_weights(node, layer, x, ("gamma", "beta"))) is not None:
        return transposed(node.drawing, drawn, channels_first(rank))
    axes = tuple(range(1, rank - 1))
    mean = ReduceMean(axes=axes, keep_dims=True)(x)
    variance = ReduceMean(axes=axes, keep_dims=True)(Square()(x - mean))
    y = (x - mean) * Rsqrt()(variance + node.get("epsilon", 1e-5)) * node[1] + node[2]
    return transposed(node.drawing, y, channels_first(rank))


@translates("LpNormalization")
def lp_normalization(node: OnnxNode) -> Tensor:
    x, axis = node[0], node.get("axis", -1)
    if node.get("p", 2) == 1:
        norm = ReduceSum(axes=(axis,), keep_dims=True)(Abs()(x))
    else:
        norm = Sqrt()(ReduceSum(axes=(axis,), keep_dims=True)(Square()(x)))
    # A row of zeros stays one.
    return Where()(norm > 0, x / norm, ZerosLike()(x))


@translates("LRN")
def local_response_normalization(node: OnnxNode) -> Tensor:
    rank, size = node.rank(), node.get("size")
    alpha, beta, bias = node.get("alpha", 1e-4), node.get("beta", 0.75), node.get("bias", 1.0)
    layer = LocalResponseNormalization(size=size, alpha=alpha, beta=beta, bias=bias)
    x = transposed(node.drawing, node[0], channels_last(rank))
    return transposed(node.drawing, layer(x), channels_first(rank))


@translates("Dropout", since=7)
def dropout(node: OnnxNode) -> Results:
    """Our layer, which drops only while training, unless the model itself says whether it trains."""
    x, training = node[0], node.known(2)
    asked = node.has(2) and (training is None or bool(training))
    if asked:
        return _dropping(node, x)
    rate = node.known(1) if node.has(1) else np.asarray(node.get("ratio", 0.5))
    mask = Cast(dtype="bool")(OnesLike()(x)) if node.wants(1) else None
    if rate is None or not 0.0 < float(rate) <= _LARGEST_RATE or not node.wants(0):
        return x, mask
    return Dropout(rate=float(rate))(x), mask


def _dropping(node: OnnxNode, x: Value) -> tuple[Value, Value]:
    """Drop in every run in which the model's own input says so."""
    rate = narrowed(node[1], x) if node.has(1) else node.drawing.constant(0.5, x.spec.dtype)
    idle = LogicalNot()(node[2])
    mask = LogicalOr()(GreaterEqual()(RandomUniform()(x), rate), idle)
    one = node.drawing.constant(1.0, x.spec.dtype)
    scaled = x * Where()(idle, one, Reciprocal()(one - rate))
    return Where()(mask, scaled, ZerosLike()(x)), mask
