"""Recurrent networks of ONNX, each direction a sequence of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.blocks.linear_attention import LinearAttention
from engine.blocks.masking import SequenceMask
from engine.blocks.recurrent_sequences import GRUSequence, LSTMSequence, SimpleRNNSequence
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.registry import translates
from engine.exchange.onnx.tensors import Known, Tensor
from engine.ops.axes import SplitAxis
from engine.ops.indexing import Gather
from engine.ops.joining import Stack
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import Transpose
from engine.value import Value

_STEPS_FIRST = (1, 0, 2)
_BENDS = {
    "affine": ("affine", 1.0, 0.0),
    "elu": ("elu", 1.0, None),
    "hardsigmoid": ("hard_sigmoid", 0.2, 0.5),
    "leakyrelu": ("leaky_relu", 0.01, None),
    "relu": ("relu", None, None),
    "scaledtanh": ("scaled_tanh", 1.0, 1.0),
    "sigmoid": ("sigmoid", None, None),
    "softplus": ("softplus", None, None),
    "softsign": ("softsign", None, None),
    "tanh": ("tanh", None, None),
    "thresholdedrelu": ("thresholded_relu", 1.0, None),
}
"""Our names of activations, and the alpha and beta that ONNX gives them; None where they have none."""

_CHANGES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Callable[[Value], Value]]] = {
    "as it is": (np.copy, lambda x: x),
    "turned": (lambda a: a.T.copy(), Transpose()),
    "summed": (lambda a: a.reshape(2, -1).sum(axis=0), lambda x: ReduceSum(axes=(0,))(_halves(x))),
    "first half": (lambda a: a.reshape(2, -1)[0], lambda x: _pick(_halves(x), 0)),
    "second half": (lambda a: a.reshape(2, -1)[1], lambda x: _pick(_halves(x), 1)),
}
"""What becomes of a weight: of one that the model holds, and of one that a run brings."""


@translates("RNN", since=7)
def rnn(node: OnnxNode) -> tuple[Tensor | None, ...]:
    def read(place: int, x: Value, mask: Value | None, settings: dict[str, Any]) -> Sequence[Value]:
        (activation,) = settings.pop("bends")
        op = SimpleRNNSequence(activation=activation, **settings)
        bias = _weight(node, 3, place, "summed")
        return op.apply(x, *_kernels(node, place), bias, mask, _state(node, 5, place))

    return _directions(node, ["Tanh"], read)


@translates("LSTM", since=7)
def lstm(node: OnnxNode) -> tuple[Tensor | None, ...]:
    def read(place: int, x: Value, mask: Value | None, settings: dict[str, Any]) -> Sequence[Value]:
        gate, activation, output = settings.pop("bends")
        op = LSTMSequence(
            recurrent_activation=gate,
            activation=activation,
            output_activation=output,
            gates="iofc",
            coupled=bool(node.get("input_forget", 0)),
            **settings,
        )
        bias, peephole = _weight(node, 3, place, "summed"), _weight(node, 7, place)
        states = (_state(node, 5, place), _state(node, 6, place))
        return op.apply(x, *_kernels(node, place), bias, peephole, mask, *states)

    return _directions(node, ["Sigmoid", "Tanh", "Tanh"], read)


@translates("GRU", since=7)
def gru(node: OnnxNode) -> tuple[Tensor | None, ...]:
    def read(place: int, x: Value, mask: Value | None, settings: dict[str, Any]) -> Sequence[Value]:
        gate, activation = settings.pop("bends")
        op = GRUSequence(
            recurrent_activation=gate,
            activation=activation,
            reset_after=bool(node.get("linear_before_reset", 0)),
            **settings,
        )
        biases = [_weight(node, 3, place, f"{half} half") for half in ("first", "second")]
        return op.apply(x, *_kernels(node, place), *biases, mask, _state(node, 5, place))

    return _directions(node, ["Sigmoid", "Tanh"], read)


@translates("LinearAttention")
def linear_attention(node: OnnxNode) -> tuple[Tensor, ...]:
    op = LinearAttention(
        heads=node.get("q_num_heads"),
        key_heads=node.get("kv_num_heads"),
        rule=node.get("update_rule", "gated_delta"),
        scale=node.get("scale", 0.0),
    )
    return op.apply(*(node[index] if node.has(index) else None for index in range(6)))


def _directions(
    node: OnnxNode, usual: list[str], read: Callable[..., Sequence[Value]]
) -> tuple[Tensor | None, ...]:
    """Read in each direction, and lay the results side by side as the layout has them."""
    steps_first = not node.get("layout", 0)
    x = Transpose(permutation=_STEPS_FIRST)(node[0]) if steps_first else node[0]
    mask = SequenceMask()(node[4], x) if node.has(4) else None
    direction = node.get("direction", "forward")
    count = 2 if direction == "bidirectional" else 1
    bends = _bends(node, usual * count)
    results = []
    for place in range(count):
        names, alphas, betas = zip(*bends[place * len(usual) : (place + 1) * len(usual)], strict=True)
        backward = direction == "reverse" or place == 1
        settings = {"bends": names, "alphas": alphas, "betas": betas, "backward": backward}
        results.append(read(place, x, mask, {**settings, "clip": node.get("clip", 0.0)}))
    sequences, *lasts = zip(*results, strict=True)
    if steps_first:
        turned = [Transpose(permutation=_STEPS_FIRST)(sequence) for sequence in sequences]
        return Stack(axis=1)(*turned), *(Stack(axis=0)(*last) for last in lasts)
    return Stack(axis=2)(*sequences), *(Stack(axis=1)(*last) for last in lasts)


def _bends(node: OnnxNode, usual: list[str]) -> list[tuple[str, float, float]]:
    """Our names of the activations, with alpha and beta; those that are given are taken in turn."""
    given = {name: list(node.get(f"activation_{name}") or ()) for name in ("alpha", "beta")}
    found = []
    for name in node.get("activations") or usual:
        if name.lower() not in _BENDS:
            raise Unsupported(f"the activation {name} is unknown")
        ours, alpha, beta = _BENDS[name.lower()]
        alpha = given["alpha"].pop(0) if alpha is not None and given["alpha"] else alpha
        beta = given["beta"].pop(0) if beta is not None and given["beta"] else beta
        found.append((ours, float(alpha or 0.0), float(beta or 0.0)))
    if len(found) != len(usual):
        raise Unsupported(f"{len(found)} activations are given, and {len(usual)} are needed")
    return found


def _kernels(node: OnnxNode, place: int) -> tuple[Value, Value]:
    """Both kernels of a direction, with the gates side by side in their columns."""
    kernel, recurrent = (_weight(node, index, place, "turned") for index in (1, 2))
    if kernel is None or recurrent is None:
        raise Unsupported("it has no weights")
    return kernel, recurrent


def _weight(node: OnnxNode, index: int, place: int, change: str = "as it is") -> Value | None:
    """The weight of a direction, in the form that we have it."""
    if not node.has(index):
        return None
    held, brought = _CHANGES[change]
    weight = node.tensor(index)
    if isinstance(weight, Known):
        return node.drawing.value(Known(held(weight.array[place]), weight.name, weight.trainable))
    return brought(_pick(weight, place))


def _state(node: OnnxNode, index: int, place: int) -> Value | None:
    """The first state of a direction; none where it is zeros, as it would be without it."""
    if not node.has(index) or node.is_all(index, 0.0):
        return None
    return _pick(node[index], place, axis=int(node.get("layout", 0)))


def _pick(x: Value, place: int, axis: int = 0) -> Value:
    return Gather(axis=axis)(x, x.builder.constant(place, "int64"))


def _halves(x: Value) -> Value:
    return SplitAxis(sizes=(2, -1))(x)
