"""Sizes that a model computes from sizes: those that are numbers become known, the others keep their names.

Exporters write `x.view(batch, steps, 4, 8)` as a dozen nodes that take shapes apart and put them together.
Followed symbol by symbol, most of them say no more than: the first two sizes stay.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

import numpy as np

from engine.exchange.onnx.drawing import Drawing
from engine.exchange.onnx.names import value_label
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.tensors import Known, Tensor
from engine.spec import INTEGERS, UNKNOWN
from engine.value import Value

LARGEST = 64
"""A row of more numbers is no shape."""

Sizes = np.ndarray
"""Whole numbers, and names or formulas in the place of those that a feed decides; of dtype object."""
Follow = Callable[[OnnxNode], Sizes | None]


def sizes_of(node: OnnxNode, index: int) -> Sizes | None:
    """What is known of the elements of an input that holds sizes."""
    known = node.known(index)
    if known is not None:
        small = known.dtype.name in INTEGERS and known.size <= LARGEST
        return known.astype(object) if small else None
    return node.drawing.sizes.get(Drawing.key(node[index])) if node.has(index) else None


def followed(node: OnnxNode, result: Tensor | None) -> Tensor | None:
    """The result of a node that computes sizes: known if all are numbers, else with what is known noted."""
    follow = _FOLLOWED.get(node.proto.op_type)
    if follow is None or not isinstance(result, Value) or result.spec.dtype not in INTEGERS:
        return result
    sizes = follow(node)
    if sizes is None:
        return result
    if all(isinstance(size, int) for size in sizes.flat):
        name = value_label(node.proto.output[0], node.proto.op_type)
        return Known(np.asarray(sizes.astype(result.spec.dtype)), name)
    node.drawing.sizes[Drawing.key(result)] = sizes
    return result


def _shape(node: OnnxNode) -> Sizes | None:
    shape = node.spec(0).shape
    if shape is None:
        return None
    number, port = Drawing.key(node[0])
    named = [f"{number}.{port}[{i}]" if size == UNKNOWN else size for i, size in enumerate(shape)]
    return np.array(named, object)[node.get("start", 0) : node.get("end")]


def _gather(node: OnnxNode) -> Sizes | None:
    sizes, indices = sizes_of(node, 0), node.known(1)
    return None if sizes is None or indices is None else np.asarray(sizes[indices], object)


def _slice(node: OnnxNode) -> Sizes | None:
    sizes = sizes_of(node, 0)
    cut = [node.ints(name, place) for place, name in enumerate(("starts", "ends"), start=1)]
    steps = node.ints("steps", 4) or (1,)
    if sizes is None or sizes.ndim != 1 or any(part is None for part in cut):
        return None
    (start,), (end,) = (part for part in cut if part is not None)
    return sizes[start : end : steps[0]]


def _concat(node: OnnxNode) -> Sizes | None:
    parts = [sizes_of(node, place) for place in range(len(node))]
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if len(known) == len(parts) else None


def _same(node: OnnxNode) -> Sizes | None:
    return sizes_of(node, 0)


def _as_row(node: OnnxNode) -> Sizes | None:
    """A single size as a row of one."""
    sizes = sizes_of(node, 0)
    return None if sizes is None or sizes.ndim else sizes.reshape(1)


def _out_of_row(node: OnnxNode) -> Sizes | None:
    """The only size of a row."""
    sizes = sizes_of(node, 0)
    return None if sizes is None or sizes.size != 1 else sizes.reshape(())


def _computed(symbol: str, compute: Callable[[int, int], int]) -> Follow:
    neutral = 0 if symbol in "+-" else 1

    def of_two(a: int | str, b: int | str) -> int | str:
        if isinstance(a, int) and isinstance(b, int):
            return compute(a, b)
        if b == neutral:
            return a
        return b if a == neutral and symbol in "+*" else f"({a}{symbol}{b})"

    def follow(node: OnnxNode) -> Sizes | None:
        a, b = sizes_of(node, 0), sizes_of(node, 1)
        if a is None or b is None:
            return None
        return np.asarray(np.frompyfunc(of_two, 2, 1)(a, b), object)

    return follow


def _truncated(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1) if b else 0


_FOLLOWED: Mapping[str, Follow] = {
    "Shape": _shape,
    "Gather": _gather,
    "Slice": _slice,
    "Concat": _concat,
    "Cast": _same,
    "Identity": _same,
    "Squeeze": _out_of_row,
    "Unsqueeze": _as_row,
    "Add": _computed("+", operator.add),
    "Sub": _computed("-", operator.sub),
    "Mul": _computed("*", operator.mul),
    "Div": _computed("/", _truncated),
}
