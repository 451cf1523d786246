"""Pooling. The axes of the input are exchanged before, and those of the result behind."""

from __future__ import annotations

import math

import numpy as np

from engine.blocks.lp_pooling import GlobalLpPooling, LpPool
from engine.exchange.onnx.layout import channels_first, channels_last, transposed
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import Results, Translation, translates
from engine.exchange.onnx.tensors import Known, Tensor
from engine.exchange.onnx.translate.convolution import window_rank, window_settings
from engine.op import Op
from engine.ops.arithmetic import FloorDivide, Mod
from engine.ops.max_pooling import MaxPool, MaxPoolIndices, MaxUnpool
from engine.ops.padding import Pad
from engine.ops.pooling import AveragePool
from engine.ops.reduction import ReduceMax, ReduceMean
from engine.value import Value


def _pool(node: OnnxNode, op: type[Op], **more: object) -> Value:
    rank = window_rank(node)
    settings = {**window_settings(node, rank), "window": tuple(node.get("kernel_shape")), **more}
    x = transposed(node.drawing, node[0], channels_last(rank + 2))
    return transposed(node.drawing, op.from_attributes(settings)(x), channels_first(rank + 2))


@translates("MaxPool")
def max_pool(node: OnnxNode) -> Results:
    ceil = bool(node.get("ceil_mode", 0))
    y = _pool(node, MaxPool, ceil_mode=ceil)
    return y, _flat_indices(node, ceil) if node.wants(1) else None


def _flat_indices(node: OnnxNode, ceil: bool) -> Value:
    """Where the largest elements lie among all elements of the tensor; our op counts within one image."""
    batch, channels, *sizes = node.spec(0).static_shape
    places = _pool(node, MaxPoolIndices, ceil_mode=ceil)
    if node.get("storage_order", 0) and len(sizes) == 2:
        rows, columns = sizes
        places = Mod()(places, columns) * rows + FloorDivide()(places, columns)
    return places + node.drawing.value(_image_offsets(batch, channels, sizes))


def _image_offsets(batch: int, channels: int, sizes: list[int]) -> Known:
    """At which place each image of a tensor begins."""
    starts = np.arange(batch * channels, dtype=np.int64) * math.prod(sizes)
    return Known(starts.reshape(batch, channels, *[1] * len(sizes)))


@translates("AveragePool")
def average_pool(node: OnnxNode) -> Tensor:
    counted = bool(node.get("count_include_pad", 0))
    return _pool(node, AveragePool, ceil_mode=bool(node.get("ceil_mode", 0)), count_margins=counted)


@translates("LpPool", since=2)
def lp_pool(node: OnnxNode) -> Tensor:
    return _pool(node, LpPool, power=float(node.get("p", 2)), ceil_mode=bool(node.get("ceil_mode", 0)))


@translates("MaxUnpool")
def max_unpool(node: OnnxNode) -> Tensor:
    """Put elements back; the indices count among all elements of the tensor that was pooled.

    A larger shape that is asked for has zeros behind, as ONNX's reference fills it.
    """
    rank, window = window_rank(node), tuple(node.get("kernel_shape"))
    settings = window_settings(node, rank)
    settings.pop("dilations")
    batch, channels, *places = node.spec(0).static_shape
    steps, pads = settings["strides"], settings.get("pads", (0,) * 2 * rank)
    sizes = [(place - 1) * steps[i] - pads[i] - pads[rank + i] + window[i] for i, place in enumerate(places)]
    local = node[1] - node.drawing.value(_image_offsets(batch, channels, sizes))
    last = channels_last(rank + 2)
    op = MaxUnpool(window=window, **settings)
    y = op(transposed(node.drawing, node[0], last), transposed(node.drawing, local, last))
    y = transposed(node.drawing, y, channels_first(rank + 2))
    if not node.has(2):
        return y
    before, whole, known = (0,) * (rank + 2), np.array([batch, channels, *sizes]), node.known(2)
    if known is not None:
        return Pad(before=before, after=tuple((known - whole).tolist()))(y)
    margins = node[2] - node.drawing.value(Known(whole))
    return node.settled(Pad, [y, None, margins], {}, before=before)


def _global(op: type[Op]) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        """One number for each channel; read through an exchange of axes, which it does not mind."""
        return _over_places(node, op, axes=tuple(range(1, node.rank() - 1)))

    return translate


def _over_places(node: OnnxNode, op: type[Op], **settings: object) -> Value:
    rank = node.rank()
    x = transposed(node.drawing, node[0], channels_last(rank))
    y = op.from_attributes({**settings, "keep_dims": True})(x)
    return transposed(node.drawing, y, channels_first(rank))


translates("GlobalMaxPool")(_global(ReduceMax))
translates("GlobalAveragePool")(_global(ReduceMean))


@translates("GlobalLpPool", since=2)
def global_lp_pool(node: OnnxNode) -> Tensor:
    return _over_places(node, GlobalLpPooling, power=float(node.get("p", 2)))
