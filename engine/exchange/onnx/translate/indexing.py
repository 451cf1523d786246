"""Picking elements and slices by number."""

from __future__ import annotations

from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import translates
from engine.exchange.onnx.tensors import Tensor
from engine.ops.caching import TensorScatter
from engine.ops.finding import NonZero
from engine.ops.indexing import Gather
from engine.ops.ordering import PickAlong
from engine.ops.shaping import Transpose


@translates("Gather")
def gather(node: OnnxNode) -> Tensor:
    return Gather(axis=node.get("axis", 0) % max(node.rank(), 1))(node[0], node[1])


@translates("GatherElements")
def gather_elements(node: OnnxNode) -> Tensor:
    return PickAlong(axis=node.get("axis", 0))(node[0], node[1])


@translates("NonZero")
def non_zero(node: OnnxNode) -> Tensor:
    """One row for each axis in ONNX, one for each element here."""
    return Transpose(permutation=(1, 0))(NonZero()(node[0]))


@translates("TensorScatter")
def tensor_scatter(node: OnnxNode) -> Tensor:
    op = TensorScatter(axis=node.get("axis", -2), circular=node.get("mode", "linear") == "circular")
    return op(node[0], node[1], node[2] if node.has(2) else None)
