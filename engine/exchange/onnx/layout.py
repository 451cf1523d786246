"""Channels lie before an image's sizes in ONNX, and behind them in our engine: this exchanges the axes.

The exchanges are kept few: two that meet cancel, and what works element by element lets them through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.exchange.onnx.drawing import Drawing, Drawn
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.tensors import Known, Tensor
from engine.ops.shaping import Transpose
from engine.value import Value

Permutation = tuple[int, ...]


def channels_last(rank: int) -> Permutation:
    """The permutation from batch, channels, sizes to batch, sizes, channels."""
    return (0, *range(2, rank), 1)


def channels_first(rank: int) -> Permutation:
    """The permutation back."""
    return (0, rank - 1, *range(1, rank - 1))


def transposed(drawing: Drawing, value: Value, permutation: Sequence[int]) -> Value:
    """The value with its axes in another order; an exchange that it has just gone through is merged."""
    source, done = untransposed(drawing, value)
    whole = tuple(done[axis] for axis in permutation) if done else tuple(permutation)
    return source if whole == tuple(range(len(whole))) else Transpose(permutation=whole)(source)


def untransposed(drawing: Drawing, value: Value) -> tuple[Value, Permutation]:
    """What a value was before its axes were exchanged, and how; no permutation where they were not."""
    drawn = drawing.node(value)
    order = _order(drawn)
    return (drawing.input(drawn, "x"), order) if order else (value, ())


def common_permutation(drawing: Drawing, tensors: Sequence[Tensor]) -> Permutation:
    """How the axes of all these were exchanged, where they all were in the same way; scalars do not count."""
    found: set[Permutation] = set()
    rank = max((tensor.spec.rank or 0 for tensor in tensors), default=0)
    for tensor in tensors:
        if isinstance(tensor, Value) and tensor.spec.shape != ():
            found.add(untransposed(drawing, tensor)[1] if tensor.spec.rank == rank else ())
    return found.pop() if len(found) == 1 else ()


def before(drawing: Drawing, tensor: Tensor, permutation: Permutation) -> Value:
    """A tensor as it is before the exchange; what is known is given the axes that it would have there."""
    if isinstance(tensor, Value):
        return untransposed(drawing, tensor)[0] if tensor.spec.shape != () else tensor
    array = tensor.array
    if array.ndim:
        whole = array.reshape((1,) * (len(permutation) - array.ndim) + array.shape)
        moved = np.ascontiguousarray(whole.transpose(np.argsort(permutation)))
        array = moved.reshape(moved.shape[_leading_ones(moved) :])
    return drawing.value(Known(array, tensor.name, tensor.trainable))


def element_by_element(node: OnnxNode, apply: Callable[..., Value], *tensors: Tensor) -> Value:
    """Apply an op to corresponding elements; where the axes were exchanged, it is drawn before that."""
    drawing = node.drawing
    permutation = common_permutation(drawing, tensors)
    if not permutation:
        return apply(*(drawing.value(tensor) for tensor in tensors))
    result = apply(*(before(drawing, tensor, permutation) for tensor in tensors))
    return Transpose(permutation=permutation)(result)


def merge_exchanges(drawing: Drawing, outputs: Sequence[Value]) -> None:
    """Make one exchange of two that follow each other, and none of one that changes nothing."""
    for drawn in drawing.needed(outputs):
        for port in drawn.inputs:
            source = drawing.node(drawing.input(drawn, port))
            while (order := _order(source)) and order == tuple(range(len(order))):
                drawn.inputs[port] = source.inputs["x"]
                source = drawing.node(drawing.input(drawn, port))
        if isinstance(drawn.op, Transpose):
            source = drawing.node(drawing.input(drawn, "x"))
            before, after = _order(source), _order(drawn)
            if before and after:
                drawn.inputs["x"] = source.inputs["x"]
                drawn.op = Transpose(permutation=tuple(before[axis] for axis in after))


def _order(drawn: Drawn) -> Permutation:
    """The order in which a node puts the axes; nothing for other nodes."""
    rank = drawn.outputs[0].spec.rank if drawn.outputs else None
    if not isinstance(drawn.op, Transpose) or rank is None:
        return ()
    return tuple(axis % rank for axis in drawn.op.permutation) or tuple(reversed(range(rank)))


def _leading_ones(array: np.ndarray) -> int:
    """How many axes in front have size 1, and need not be written: a bias is then one row."""
    ones = 0
    while ones < array.ndim - 1 and array.shape[ones] == 1:
        ones += 1
    return ones
