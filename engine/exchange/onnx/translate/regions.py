"""Regions of images, windows written out, and windows that are bent."""

from __future__ import annotations

import math

import numpy as np

from engine.blocks.deformable import DeformableConvolution
from engine.exchange.onnx.layout import channels_first, channels_last, transposed
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.registry import translates
from engine.exchange.onnx.tensors import Known, Tensor
from engine.exchange.onnx.translate.convolution import kernel_of, window_rank, window_settings
from engine.ops.conversion import Cast
from engine.ops.joining import Concat
from engine.ops.products import ReduceProd
from engine.ops.regions import NonMaxSuppression, RoiAlign, RoiPool
from engine.ops.shaping import Reshape, Squeeze, Transpose
from engine.ops.striding import StridedSlice
from engine.ops.unfolding import Col2Im
from engine.value import Value

_LEAST = -1e30


@translates("RoiAlign")
def roi_align(node: OnnxNode) -> Tensor:
    shifted = "half_pixel" if node.version >= 16 else "output_half_pixel"
    op = RoiAlign(
        size=(node.get("output_height", 1), node.get("output_width", 1)),
        scale=node.get("spatial_scale", 1.0),
        samples=node.get("sampling_ratio", 0),
        half_pixel=node.get("coordinate_transformation_mode", shifted) == "half_pixel",
        reduction="max" if node.get("mode", "avg") == "max" else "mean",
    )
    x = transposed(node.drawing, node[0], channels_last(4))
    return transposed(node.drawing, op(x, node[1], node[2]), channels_first(4))


@translates("MaxRoiPool")
def max_roi_pool(node: OnnxNode) -> Tensor:
    """A region begins with the number of its image."""
    op = RoiPool(size=tuple(node.get("pooled_shape")), scale=node.get("spatial_scale", 1.0))
    image = Squeeze(axes=(1,))(StridedSlice(starts=(0,), ends=(1,), axes=(1,))(node[1]))
    boxes = StridedSlice(starts=(1,), ends=(5,), axes=(1,))(node[1])
    x = transposed(node.drawing, node[0], channels_last(4))
    y, _ = op.apply(x, boxes, Cast(dtype="int64")(image))
    return transposed(node.drawing, y, channels_first(4))


@translates("NonMaxSuppression")
def non_max_suppression(node: OnnxNode) -> Tensor:
    settings = {"count": 2, "overlap": 3, "least_score": 4}
    defaults: dict[str, object] = {"count": 0, "overlap": 0.0, "least_score": _LEAST}
    corners = not node.get("center_point_box", 0)
    return node.settled(NonMaxSuppression, [node[0], node[1]], settings, **defaults, corners=corners)


@translates("Col2Im")
def col2im(node: OnnxNode) -> Tensor:
    """Channels, then the elements of the window, lie along one axis in ONNX; here each has its own."""
    batch, _, places = node.shape(0)
    rank = node.shape(1)[0]
    if not (isinstance(batch, int) and isinstance(places, int) and isinstance(rank, int)):
        raise Unsupported("the sizes of its input must be known")
    known = node.known(2)
    if known is not None:
        split = Reshape(shape=(batch, -1, math.prod(known.tolist()), places))(node[0])
    else:
        ends = (node.drawing.value(Known(np.asarray(sizes, np.int64))) for sizes in ([batch, -1], [places]))
        front, behind = ends
        elements = ReduceProd(keep_dims=True)(node[2])
        split = Reshape()(node[0], Concat()(front, elements, behind))
    x = Transpose(permutation=(0, 3, 2, 1))(split)
    settings = window_settings(node, rank)
    y = node.settled(Col2Im, [x], {"sizes": 1, "window": 2}, **settings)
    return transposed(node.drawing, y, channels_first(rank + 2))


@translates("DeformConv")
def deform_conv(node: OnnxNode) -> Tensor:
    rank = window_rank(node)
    settings = {"pads": (0,), **window_settings(node, rank)}
    op = DeformableConvolution(
        **settings, groups=node.get("group", 1), offset_groups=node.get("offset_group", 1)
    )
    last = channels_last(rank + 2)
    x, offsets = (transposed(node.drawing, node[i], last) for i in (0, 2))
    mask: Value | None = transposed(node.drawing, node[4], last) if node.has(4) else None
    y = op(x, kernel_of(node, 1, (*range(2, rank + 2), 1, 0)), offsets, mask)
    if node.has(3):
        y = y + node[3]
    return transposed(node.drawing, y, channels_first(rank + 2))
