"""The same elements in other shapes, types and orders; cut, joined and repeated."""

from __future__ import annotations

import numpy as np

from engine.exchange.onnx.layout import before, common_permutation, transposed
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import translates
from engine.exchange.onnx.sizes import sizes_of
from engine.exchange.onnx.tensors import Known, Tensor, dtype_name
from engine.exchange.onnx.translate.activation import as_rows
from engine.ops.conversion import BitCast, Cast
from engine.ops.creation import Fill
from engine.ops.joining import Concat
from engine.ops.selection import Where
from engine.ops.shaping import Reshape, Squeeze, Unsqueeze
from engine.ops.sizes import Shape, Size
from engine.ops.striding import StridedSlice
from engine.ops.tiling import BroadcastTo, Tile
from engine.spec import Dim, broadcast_shapes

_FAR = 2**31 - 1
"""An end from here on is the end of any axis."""


@translates("Cast", since=6)
def cast(node: OnnxNode) -> Tensor:
    return _cast(node, dtype_name(node.get("to")))


@translates("CastLike")
def cast_like(node: OnnxNode) -> Tensor:
    return _cast(node, node.spec(1).dtype)


def _cast(node: OnnxNode, dtype: str) -> Tensor:
    return node.tensor(0) if node.spec(0).dtype == dtype else Cast(dtype=dtype)(node[0])


@translates("BitCast")
def bit_cast(node: OnnxNode) -> Tensor:
    return BitCast(dtype=dtype_name(node.get("to")))(node[0])


@translates("Transpose")
def transpose(node: OnnxNode) -> Tensor:
    rank = node.rank()
    return transposed(node.drawing, node[0], node.get("perm", list(reversed(range(rank)))))


@translates("Reshape", since=5)
def reshape(node: OnnxNode) -> Tensor:
    """A zero takes over the size of the input, unless it is allowed to mean none."""
    keep = not node.get("allowzero", 0)
    sizes = sizes_of(node, 1)
    wanted = None if sizes is None else _wanted(sizes.reshape(-1).tolist(), node.spec(0).shape or (), keep)
    if wanted is None:
        return Reshape(keep=keep)(node[0], node[1])
    return Reshape(shape=wanted, keep=keep and 0 in wanted)(node[0])


def _wanted(sizes: list[int | str], shape: tuple[Dim, ...], keep: bool) -> tuple[int, ...] | None:
    """Sizes as a setting; None where more than one of them must be computed when the model runs."""
    found: list[int | str] = list(sizes)
    if keep:
        found = [
            0 if isinstance(size, str) and shape[place : place + 1] == (size,) else size
            for place, size in enumerate(found)
        ]
    computed = [-1 if isinstance(size, str) else size for size in found]
    return tuple(computed) if computed.count(-1) <= 1 else None


@translates("Flatten")
def flatten(node: OnnxNode) -> Tensor:
    rank = node.rank()
    axis = node.get("axis", 1)
    return as_rows(node[0], axis + rank if axis < 0 else axis)


@translates("Squeeze")
def squeeze(node: OnnxNode) -> Tensor:
    return _axes_changed(node, Squeeze)


@translates("Unsqueeze")
def unsqueeze(node: OnnxNode) -> Tensor:
    return _axes_changed(node, Unsqueeze)


def _axes_changed(node: OnnxNode, kind: type[Squeeze] | type[Unsqueeze]) -> Tensor:
    """Axes are an attribute or an input; a list of none changes nothing."""
    axes = node.get("axes")
    if axes is None and not node.has(1):
        return kind()(node[0])
    if axes is None and node.known(1) is None:
        return kind()(node[0], node[1])
    listed = tuple(axes if axes is not None else node.fixed(1, "axes").reshape(-1).tolist())
    return kind(axes=listed)(node[0]) if listed else node.tensor(0)


@translates("Concat", since=4)
def concat(node: OnnxNode) -> Tensor:
    axis = node.get("axis") % node.rank()
    tensors = [node.tensor(i) for i in range(len(node))]
    permutation = common_permutation(node.drawing, tensors)
    if not permutation:
        return Concat(axis=axis)(*node.values())
    y = Concat(axis=permutation[axis])(*(before(node.drawing, tensor, permutation) for tensor in tensors))
    return transposed(node.drawing, y, permutation)


@translates("Tile", since=6)
def tile(node: OnnxNode) -> Tensor:
    return node.settled(Tile, [node[0]], {"multiples": 1})


@translates("Expand")
def expand(node: OnnxNode) -> Tensor:
    """Both shapes are broadcast to one: a wanted 1 leaves the size as it is."""
    if node.known(1) is None:
        sizes, before = sizes_of(node, 1), node.spec(0).shape
        if sizes is not None and before is not None and sizes.tolist() == list(before):
            return node.tensor(0)
        there = Fill(dtype="bool", value=1.0)(node[1])
        return Where()(there, node[0], node[0])
    wanted = tuple(int(size) for size in node.fixed(1, "shape"))
    shape = broadcast_shapes(node.shape(0), wanted) or ()
    if shape == node.shape(0):
        return node.tensor(0)
    return BroadcastTo(shape=tuple(size if isinstance(size, int) else -1 for size in shape))(node[0])


@translates("Shape")
def shape(node: OnnxNode) -> Tensor:
    begin, end = node.get("start", 0), node.get("end", _FAR)
    sizes = node.spec(0).shape
    if sizes is not None and all(isinstance(size, int) for size in sizes[begin:end]):
        return Known(np.asarray(sizes[begin:end], np.int64))
    whole = Shape()(node[0])
    return whole if (begin, end) == (0, _FAR) else StridedSlice(starts=(begin,), ends=(end,))(whole)


@translates("Size")
def size(node: OnnxNode) -> Tensor:
    spec = node.spec(0)
    return Known(np.asarray(spec.count, np.int64)) if spec.is_static else Size()(node[0])
