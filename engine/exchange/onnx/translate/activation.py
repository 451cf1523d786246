"""Activations, and what spreads one along an axis."""

from __future__ import annotations

import math

from engine.blocks.activations import Celu, PRelu, Shrink, Swish, Threshold
from engine.exchange.onnx.layout import element_by_element, transposed, untransposed
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import ByDefinition
from engine.exchange.onnx.registry import Translation, translates
from engine.exchange.onnx.tensors import Known, Tensor
from engine.op import Op
from engine.ops.activation import (
    Elu,
    Gelu,
    Hardmax,
    HardSigmoid,
    LeakyRelu,
    LogSoftmax,
    Selu,
    Softmax,
    Softplus,
)
from engine.ops.selection import Where
from engine.ops.shaping import Reshape
from engine.value import Value

_SELU_ALPHA, _SELU_GAMMA = 1.6732632423543772, 1.0507009873554805


@translates("Elu")
def elu(node: OnnxNode) -> Tensor:
    alpha = node.get("alpha", 1.0)
    if alpha < 0.0:
        raise ByDefinition
    return element_by_element(node, Elu(alpha=alpha), node.tensor(0))


@translates("LeakyRelu")
def leaky_relu(node: OnnxNode) -> Tensor:
    slope = node.get("alpha", 0.01)
    if not 0.0 <= slope <= 1.0:
        raise ByDefinition
    return element_by_element(node, LeakyRelu(slope=slope), node.tensor(0))


@translates("Selu")
def selu(node: OnnxNode) -> Tensor:
    alpha, gamma = node.get("alpha", _SELU_ALPHA), node.get("gamma", _SELU_GAMMA)
    if not (
        math.isclose(alpha, _SELU_ALPHA, rel_tol=1e-6) and math.isclose(gamma, _SELU_GAMMA, rel_tol=1e-6)
    ):
        raise ByDefinition
    return element_by_element(node, Selu(), node.tensor(0))


@translates("Gelu")
def gelu(node: OnnxNode) -> Tensor:
    return element_by_element(
        node, Gelu(approximate=node.get("approximate", "none") == "tanh"), node.tensor(0)
    )


@translates("Softplus")
def softplus(node: OnnxNode) -> Tensor:
    return element_by_element(node, Softplus(), node.tensor(0))


@translates("HardSigmoid")
def hard_sigmoid(node: OnnxNode) -> Tensor:
    op = HardSigmoid(alpha=node.get("alpha", 0.2), beta=node.get("beta", 0.5))
    return element_by_element(node, op, node.tensor(0))


@translates("Shrink")
def shrink(node: OnnxNode) -> Tensor:
    threshold, bias = node.get("lambd", 0.5), node.get("bias", 0.0)

    def plainly(x: Value) -> Value:
        zero = node.drawing.constant(0, x.spec.dtype)
        return Where()(x < -threshold, x + bias, Where()(x > threshold, x - bias, zero))

    whole_numbers = not node.spec(0).is_float
    op = plainly if whole_numbers or threshold < 0.0 else Shrink(threshold=threshold, bias=bias)
    return element_by_element(node, op, node.tensor(0))


@translates("Celu")
def celu(node: OnnxNode) -> Tensor:
    return element_by_element(node, Celu(alpha=node.get("alpha", 1.0)), node.tensor(0))


@translates("Swish")
def swish(node: OnnxNode) -> Tensor:
    return element_by_element(node, Swish(alpha=node.get("alpha", 1.0)), node.tensor(0))


@translates("ThresholdedRelu")
def thresholded_relu(node: OnnxNode) -> Tensor:
    return element_by_element(node, Threshold(threshold=node.get("alpha", 1.0)), node.tensor(0))


@translates("PRelu", since=7)
def p_relu(node: OnnxNode) -> Tensor:
    slope = node.tensor(1)
    if slope.spec.rank == 1 and node.rank() > 2 and slope.spec.shape == node.shape(0)[1:2]:
        # What the version converter leaves of opset 6: one slope for each channel.
        channels = (-1, *[1] * (node.rank() - 2))
        if isinstance(slope, Known):
            slope = Known(slope.array.reshape(channels), slope.name, slope.trainable)
        else:
            slope = Reshape(shape=channels)(slope)
    return element_by_element(node, PRelu(), node.tensor(0), slope)


def _along_axis(op: type[Op]) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        """Along one axis, and through an exchange of axes that stands before it."""
        source, permutation = untransposed(node.drawing, node[0])
        axis = node.get("axis", -1) % node.rank()
        if permutation:
            y = op.from_attributes({"axis": permutation[axis]})(source)
            return transposed(node.drawing, y, permutation)
        return op.from_attributes({"axis": axis if axis < node.rank() - 1 else -1})(source)

    return translate


def _over_the_rest(op: type[Op]) -> Translation:
    """Before opset 13 the axis and all that follow count as one."""

    def translate(node: OnnxNode) -> Tensor:
        x, shape = node[0], node.shape(0)
        axis = node.get("axis", 1) % max(len(shape), 1)
        if all(size == 1 for size in shape[axis + 1 :]):
            return op.from_attributes({"axis": axis if axis < len(shape) - 1 else -1})(x)
        return as_before(op()(as_rows(x, axis)), x)

    return translate


def as_rows(x: Value, axis: int) -> Value:
    """A matrix: the axes before one, and the others."""
    shape = x.spec.shape or ()
    rest = shape[axis:]
    if all(isinstance(size, int) for size in rest) and 0 not in rest:
        return Reshape(shape=(-1, math.prod(int(size) for size in rest)))(x)
    front = math.prod(int(size) for size in x.spec.static_shape[:axis])
    return Reshape(shape=(front, math.prod(x.spec.static_shape[axis:])))(x)


def as_before(y: Value, x: Value) -> Value:
    """A tensor in the shape of x, of which one size at most may be unknown."""
    shape = x.spec.shape or ()
    return Reshape(shape=tuple(size if isinstance(size, int) else -1 for size in shape))(y)


translates("Softmax", since=13)(_along_axis(Softmax))
translates("LogSoftmax", since=13)(_along_axis(LogSoftmax))
translates("Softmax", since=1)(_over_the_rest(Softmax))
translates("LogSoftmax", since=1)(_over_the_rest(LogSoftmax))


translates("Hardmax", since=13)(_along_axis(Hardmax))
translates("Hardmax", since=1)(_over_the_rest(Hardmax))
