"""Convolutions. The axes of the input are exchanged before, and those of the result behind."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.exchange.onnx.layout import channels_first, channels_last, transposed
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.registry import translates
from engine.exchange.onnx.tensors import Known, Tensor
from engine.ops.convolution import Convolution
from engine.ops.transposed import ConvolutionTranspose
from engine.value import Value


@translates("Conv")
def conv(node: OnnxNode) -> Tensor:
    rank = window_rank(node)
    settings = window_settings(node, rank)
    x = transposed(node.drawing, node[0], channels_last(rank + 2))
    y = Convolution(**settings, groups=node.get("group", 1))(
        x, kernel_of(node, 1, (*range(2, rank + 2), 1, 0))
    )
    return transposed(node.drawing, _with_bias(node, y), channels_first(rank + 2))


@translates("ConvTranspose")
def conv_transpose(node: OnnxNode) -> Tensor:
    rank = window_rank(node)
    settings = window_settings(node, rank)
    more = {"output_padding": tuple(node.get("output_padding", [0] * rank)), "groups": node.get("group", 1)}
    if sizes := node.get("output_shape"):
        settings.pop("pads", None)
        # Margins follow from the sizes; an odd one is larger in front unless SAME_UPPER asks otherwise.
        behind = node.get("auto_pad", "NOTSET") == "SAME_UPPER"
        more |= {"sizes": tuple(sizes[-rank:]), "padding": "same" if behind else "same_lower"}
    x = transposed(node.drawing, node[0], channels_last(rank + 2))
    kernel = kernel_of(node, 1, (*range(2, rank + 2), 1, 0))
    y = ConvolutionTranspose(**{**settings, **more})(x, kernel)
    return transposed(node.drawing, _with_bias(node, y), channels_first(rank + 2))


def kernel_of(node: OnnxNode, index: int, permutation: tuple[int, ...]) -> Value:
    """The filters in our order; a weight that only this node reads is brought along in it."""
    given = node.tensor(index)
    if isinstance(given, Known) and node.uses(node.proto.input[index]) == 1:
        array = np.ascontiguousarray(given.array.transpose(permutation))
        return node.drawing.value(Known(array, given.name, given.trainable))
    return transposed(node.drawing, node.drawing.value(given), permutation)


def _with_bias(node: OnnxNode, y: Value) -> Value:
    return y + node[2] if node.has(2) else y


def window_rank(node: OnnxNode) -> int:
    """Along how many axes the window slides."""
    rank = node.rank() - 2
    if not 1 <= rank <= 3:
        raise Unsupported(f"it slides along {rank} axes; one to three are supported")
    return rank


def window_settings(node: OnnxNode, rank: int) -> dict[str, Any]:
    """Strides, dilations and margins as our ops have them."""
    auto = node.get("auto_pad", "NOTSET")
    pads = tuple(node.get("pads", [0] * 2 * rank))
    found: dict[str, Any] = {
        "strides": tuple(node.get("strides", [1] * rank)),
        "dilations": tuple(node.get("dilations", [1] * rank)),
    }
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        found["padding"] = "same" if auto == "SAME_UPPER" else "same_lower"
    elif auto == "NOTSET" and any(pads):
        found["pads"] = pads
    return found
