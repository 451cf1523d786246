"""Small whole numbers in the place of floats, and products of them."""

from __future__ import annotations

from engine.blocks.quantization import Dequantize, DynamicQuantize, Quantize
from engine.blocks.quantized import ConvolutionInteger, MatMulInteger, QuantizedConvolution, QuantizedMatMul
from engine.exchange.onnx.layout import channels_first, channels_last, transposed
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import Results, translates
from engine.exchange.onnx.tensors import Tensor, dtype_name
from engine.exchange.onnx.translate.convolution import kernel_of, window_rank, window_settings
from engine.ops.conversion import Cast
from engine.value import Value


@translates("QuantizeLinear", since=10)
def quantize(node: OnnxNode) -> Tensor:
    """The dtype is that of the zero point, or else the one that is asked for."""
    dtype = dtype_name(node.get("output_dtype")) if node.get("output_dtype") else "uint8"
    op = Quantize(dtype=dtype, axis=_axis(node), block_size=node.get("block_size", 0))
    return op(node[0], node[1], _optional(node, 2))


@translates("DequantizeLinear", since=10)
def dequantize(node: OnnxNode) -> Tensor:
    op = Dequantize(axis=_axis(node), block_size=node.get("block_size", 0))
    y = op(node[0], node[1], _optional(node, 2))
    dtype = dtype_name(node.get("output_dtype")) if node.get("output_dtype") else y.spec.dtype
    return y if y.spec.dtype == dtype else Cast(dtype=dtype)(y)


def _axis(node: OnnxNode) -> int:
    """The axis along which scales differ; of a vector there is only one, whatever the node says."""
    rank = node.rank()
    axis = int(node.get("axis", 1))
    return axis % rank if -rank <= axis < rank else -1


def _optional(node: OnnxNode, index: int) -> Value | None:
    return node[index] if node.has(index) else None


@translates("DynamicQuantizeLinear", since=11)
def dynamic_quantize(node: OnnxNode) -> Results:
    return DynamicQuantize().apply(node[0])


@translates("MatMulInteger", since=10)
def mat_mul_integer(node: OnnxNode) -> Tensor:
    return MatMulInteger()(node[0], node[1], _optional(node, 2), _optional(node, 3))


@translates("QLinearMatMul", since=10)
def q_linear_mat_mul(node: OnnxNode) -> Tensor:
    return QuantizedMatMul()(*node.values())


@translates("ConvInteger", since=10)
def conv_integer(node: OnnxNode) -> Tensor:
    rank = window_rank(node)
    op = ConvolutionInteger(**window_settings(node, rank), groups=node.get("group", 1))
    x = transposed(node.drawing, node[0], channels_last(rank + 2))
    kernel = kernel_of(node, 1, (*range(2, rank + 2), 1, 0))
    y = op(x, kernel, _optional(node, 2), _optional(node, 3))
    return transposed(node.drawing, y, channels_first(rank + 2))


@translates("QLinearConv", since=10)
def q_linear_conv(node: OnnxNode) -> Tensor:
    rank = window_rank(node)
    op = QuantizedConvolution(**window_settings(node, rank), groups=node.get("group", 1))
    x = transposed(node.drawing, node[0], channels_last(rank + 2))
    kernel = kernel_of(node, 3, (*range(2, rank + 2), 1, 0))
    rest = [_optional(node, index) for index in range(4, 9)]
    y = op(x, node[1], node[2], kernel, *rest)
    return transposed(node.drawing, y, channels_first(rank + 2))
