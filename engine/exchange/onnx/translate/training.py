"""Steps of optimizers that a model describes itself: the domain ai.onnx.preview.training."""

from __future__ import annotations

from collections.abc import Sequence

from engine.blocks.parts import narrowed
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.registry import Results, translates
from engine.exchange.onnx.tensors import Tensor
from engine.ops.arithmetic import Power
from engine.ops.elementwise import Sqrt, Square
from engine.ops.selection import Where
from engine.ops.state import Gradients
from engine.value import Value

DOMAIN = "ai.onnx.preview.training"


def _groups(node: OnnxNode, kinds: int) -> list[tuple[Value, ...]]:
    """The inputs behind rate and step count: each kind (weights, gradients, states) for every weight."""
    values = [node[i] for i in range(2, len(node))]
    count = len(values) // kinds
    return [tuple(values[kind * count + i] for kind in range(kinds)) for i in range(count)]


def _in_order(results: Sequence[tuple[Value, ...]]) -> tuple[Tensor, ...]:
    """The outputs of all weights: first all new weights, then all new states."""
    return tuple(tensor for kind in zip(*results, strict=True) for tensor in kind)


@translates("Adagrad", domain=DOMAIN)
def adagrad(node: OnnxNode) -> tuple[Tensor, ...]:
    """Source: Duchi, Hazan and Singer, Adaptive subgradient methods, 2011."""
    epsilon, decay, decline = (
        node.get("epsilon", 0.0),
        node.get("norm_coefficient", 0.0),
        node.get("decay_factor", 0.0),
    )
    results = []
    for x, gradient, squares in _groups(node, 3):
        rate = narrowed(node[0], x) / (narrowed(node[1], x) * decline + 1.0)
        regular = x * decay + gradient
        total = squares + Square()(regular)
        results.append((x - rate * regular / (Sqrt()(total) + epsilon), total))
    return _in_order(results)


@translates("Momentum", domain=DOMAIN)
def momentum(node: OnnxNode) -> tuple[Tensor, ...]:
    """Source: Sutskever et al., On the importance of initialization and momentum, 2013."""
    alpha, beta, decay = node.get("alpha"), node.get("beta"), node.get("norm_coefficient")
    results = []
    for x, gradient, velocity in _groups(node, 3):
        regular = x * decay + gradient
        # The first step takes the whole gradient into the velocity.
        first = narrowed(node[1] > 0, x)
        share = first * (beta - 1.0) + 1.0
        new = velocity * alpha + regular * share
        step = regular + new * alpha if node.get("mode") == "nesterov" else new
        results.append((x - narrowed(node[0], x) * step, new))
    return _in_order(results)


@translates("Adam", domain=DOMAIN)
def adam(node: OnnxNode) -> tuple[Tensor, ...]:
    """Source: Kingma and Ba, Adam: a method for stochastic optimization, 2015."""
    alpha, beta, epsilon = node.get("alpha", 0.9), node.get("beta", 0.999), node.get("epsilon", 0.0)
    decay, decay_after = node.get("norm_coefficient", 0.0), node.get("norm_coefficient_post", 0.0)
    results = []
    for x, gradient, mean, squares in _groups(node, 4):
        regular = x * decay + gradient
        new_mean = mean * alpha + regular * (1.0 - alpha)
        new_squares = squares * beta + Square()(regular) * (1.0 - beta)
        rate, count = narrowed(node[0], x), narrowed(node[1], x)
        # The zeros that both averages began with are made up for, but not before the first step.
        corrected = rate * Sqrt()(1.0 - _power(x, beta, count)) / (1.0 - _power(x, alpha, count))
        rate = Where()(node[1] > 0, corrected, rate)
        new = x - rate * new_mean / (Sqrt()(new_squares) + epsilon)
        results.append((new * (1.0 - decay_after), new_mean, new_squares))
    return _in_order(results)


@translates("Gradient", domain=DOMAIN)
def gradient(node: OnnxNode) -> Results:
    """The tensor that is differentiated is named by an attribute."""
    y = node.graphs.scope.get(node.get("y"))
    if y is None:
        raise Unsupported(f"nothing makes '{node.get('y')}', which it differentiates")
    xs = [node[place] for place in range(len(node.get("xs")))]
    return Gradients().apply(node.drawing.value(y), *xs)


def _power(like: Value, base: float, exponent: Value) -> Value:
    return Power()(like.builder.constant(base, like.spec.dtype), exponent)
