"""Picking elements and slices by number."""

from __future__ import annotations

from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import translates
from engine.exchange.onnx.tensors import Tensor
from engine.ops.indexing import Gather
from engine.ops.ordering import PickAlong


@translates("Gather")
def gather(node: OnnxNode) -> Tensor:
    return Gather(axis=node.get("axis", 0) % max(node.rank(), 1))(node[0], node[1])


@translates("GatherElements")
def gather_elements(node: OnnxNode) -> Tensor:
    return PickAlong(axis=node.get("axis", 0))(node[0], node[1])
