"""Optional values. Only tensors can be fed here, so that it is known while importing whether there is one."""

from __future__ import annotations

import numpy as np

from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import translates
from engine.exchange.onnx.tensors import Known, Tensor


@translates("OptionalHasElement")
def optional_has_element(node: OnnxNode) -> Tensor:
    return Known(np.asarray(node.has(0)))


@translates("OptionalGetElement")
def optional_get_element(node: OnnxNode) -> Tensor:
    return node.tensor(0)
