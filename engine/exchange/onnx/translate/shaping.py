"""The same elements in other shapes, types and orders; cut, joined and repeated."""

from __future__ import annotations

import numpy as np

from engine.exchange.onnx.layout import before, common_permutation, transposed
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.registry import Results, translates
from engine.exchange.onnx.tensors import Known, Tensor, dtype_name
from engine.exchange.onnx.translate.activation import as_rows
from engine.ops.conversion import Cast
from engine.ops.cutting import Slice
from engine.ops.joining import Concat
from engine.ops.matrix_parts import TriangularPart
from engine.ops.shaping import BroadcastTo, Reshape, Squeeze, Tile
from engine.spec import Dim, broadcast_shapes
from engine.value import Value


@translates("Cast", since=6)
def cast(node: OnnxNode) -> Tensor:
    return _cast(node, dtype_name(node.get("to")))


@translates("CastLike")
def cast_like(node: OnnxNode) -> Tensor:
    return _cast(node, node.spec(1).dtype)


def _cast(node: OnnxNode, dtype: str) -> Tensor:
    return node.tensor(0) if node.spec(0).dtype == dtype else Cast(dtype=dtype)(node[0])


@translates("Transpose")
def transpose(node: OnnxNode) -> Tensor:
    rank = node.rank()
    return transposed(node.drawing, node[0], node.get("perm", list(reversed(range(rank)))))


@translates("Reshape", since=5)
def reshape(node: OnnxNode) -> Tensor:
    """A zero takes over the size of the input, unless it is allowed to mean none."""
    wanted = [int(size) for size in node.fixed(1, "shape").reshape(-1)]
    if not node.get("allowzero", 0):
        shape = node.spec(0).shape or ()
        wanted = _with_copied(wanted, shape)
    return Reshape(shape=tuple(wanted))(node[0])


def _with_copied(wanted: list[int], shape: tuple[Dim, ...]) -> list[int]:
    """Sizes with the zeros replaced by those of the input; one that is not known becomes the open one."""
    found: list[Dim] = [
        (shape[i] if i < len(shape) else 0) if size == 0 else size for i, size in enumerate(wanted)
    ]
    names = [size for size in found if isinstance(size, str)]
    if len(names) == 1 and -1 in found:
        found = _with_open_size_found(found, shape)
        names = [size for size in found if isinstance(size, str)]
    if len(names) > 1 or (names and -1 in found):
        raise Unsupported("more than one of its sizes depends on the feed")
    return [size if isinstance(size, int) else -1 for size in found]


def _with_open_size_found(found: list[Dim], shape: tuple[Dim, ...]) -> list[Dim]:
    """The sizes with the open one computed, where the same named size stands on both sides."""
    left = [size for size in shape if size not in found or isinstance(size, int)]
    if any(isinstance(size, str) for size in left):
        return found
    total = int(np.prod([int(size) for size in left]))
    others = int(np.prod([size for size in found if isinstance(size, int) and size != -1]))
    return [total // others if size == -1 and others else size for size in found]


@translates("Flatten")
def flatten(node: OnnxNode) -> Tensor:
    rank = node.rank()
    axis = node.get("axis", 1)
    return as_rows(node[0], axis + rank if axis < 0 else axis)


@translates("Squeeze")
def squeeze(node: OnnxNode) -> Tensor:
    axes = node.ints("axes", 1)
    if axes == ():
        return node.tensor(0)
    return Squeeze(axes=tuple(axis % node.rank() for axis in axes or ()))(node[0])


@translates("Unsqueeze")
def unsqueeze(node: OnnxNode) -> Tensor:
    axes, shape = node.ints("axes", 1) or (), node.shape(0)
    rank = len(shape) + len(axes)
    added = sorted(axis % rank for axis in axes)
    x = node[0]
    from engine.ops.shaping import ExpandDims

    for axis in added:
        x = ExpandDims(axis=axis)(x)
    return x


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
    return Tile(multiples=tuple(int(n) for n in node.fixed(1, "repeats")))(node[0])


@translates("Expand")
def expand(node: OnnxNode) -> Tensor:
    wanted = tuple(int(size) for size in node.fixed(1, "shape"))
    shape = broadcast_shapes(node.shape(0), wanted) or ()
    if shape == node.shape(0):
        return node.tensor(0)
    return BroadcastTo(shape=tuple(size if isinstance(size, int) else -1 for size in shape))(node[0])


@translates("Trilu")
def trilu(node: OnnxNode) -> Tensor:
    offset = int(node.fixed(1, "diagonal").reshape(())) if node.has(1) else 0
    return TriangularPart(upper=bool(node.get("upper", 1)), offset=offset)(node[0])


@translates("Shape")
def shape(node: OnnxNode) -> Tensor:
    sizes = node.shape(0)
    begin, end = node.get("start", 0), node.get("end", len(sizes))
    found = sizes[slice(begin, end)]
    if not all(isinstance(size, int) for size in found):
        raise Unsupported("the sizes of its input depend on the feed")
    return Known(np.asarray(found, np.int64))


@translates("Size")
def size(node: OnnxNode) -> Tensor:
    if not node.spec(0).is_static:
        raise Unsupported("the sizes of its input depend on the feed")
    return Known(np.asarray(node.spec(0).count, np.int64))


@translates("Split")
def split(node: OnnxNode) -> Results:
    """Equal parts, or parts of given sizes; what does not divide leaves a smaller last part."""
    axis = node.get("axis", 0) % node.rank()
    whole = node.shape(0)[axis]
    sizes = node.ints("split", 1)
    count = len(node.proto.output)
    if sizes is None:
        if not isinstance(whole, int):
            raise Unsupported(f"the size of axis {axis} must be known")
        each = -(-whole // count)
        sizes = tuple(max(min(each, whole - i * each), 0) for i in range(count))
    begins = [sum(sizes[:i]) for i in range(len(sizes))]
    return tuple(_part(node[0], axis, begin, size) for begin, size in zip(begins, sizes, strict=True))


def _part(x: Value, axis: int, begin: int, size: int) -> Value:
    return Slice(begin=(0,) * axis + (begin,), size=(-1,) * axis + (size,))(x)
