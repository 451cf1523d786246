"""Parts of tensors, margins around them, and triangles of matrices."""

from __future__ import annotations

import numpy as np

from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.registry import Results, translates
from engine.exchange.onnx.tensors import Known, Tensor
from engine.ops.cutting import Slice
from engine.ops.matrix_parts import TriangularPart
from engine.ops.padding import Pad
from engine.ops.reduction import CumSum
from engine.ops.striding import StridedSlice
from engine.value import Value


@translates("Slice", since=10)
def slice_(node: OnnxNode) -> Tensor:
    settings = {"starts": 1, "ends": 2, "axes": 3, "steps": 4}
    return node.settled(StridedSlice, [node[0]], settings)


@translates("Slice", since=1)
def slice_by_attributes(node: OnnxNode) -> Tensor:
    axes = tuple(node.get("axes", ()))
    return StridedSlice(starts=tuple(node.get("starts")), ends=tuple(node.get("ends")), axes=axes)(node[0])


@translates("Pad", since=11)
def pad(node: OnnxNode) -> Tensor:
    """Margins in front and behind are one input of ours each, and one for both in ONNX."""
    pads, mode = node.tensor(1), node.get("mode", "constant")
    if isinstance(pads, Known):
        half = len(pads.array) // 2
        sides = {"before": pads.array[:half].tolist(), "after": pads.array[half:].tolist()}
        return node.settled(Pad, [node[0]], {"value": 2, "axes": 3}, mode=mode, **sides)
    length = node.shape(1)[0]
    if not isinstance(length, int):
        raise Unsupported("the number of its pads must be known")
    before, after = (StridedSlice(starts=(i,), ends=(i + length // 2,))(node[1]) for i in (0, length // 2))
    return node.settled(Pad, [node[0], before, after], {"value": 2, "axes": 3}, mode=mode)


@translates("Pad", since=2)
def pad_by_attributes(node: OnnxNode) -> Tensor:
    pads, mode = node.get("pads"), node.get("mode", "constant")
    half = len(pads) // 2
    op = Pad(before=tuple(pads[:half]), after=tuple(pads[half:]), mode=mode, value=node.get("value", 0.0))
    return op(node[0])


@translates("Trilu")
def trilu(node: OnnxNode) -> Tensor:
    return node.settled(TriangularPart, [node[0]], {"offset": 1}, upper=bool(node.get("upper", 1)))


@translates("Split")
def split(node: OnnxNode) -> Results:
    """Equal parts, or parts of given sizes; where it does not come out even, the last part is smaller."""
    axis = node.get("axis", 0) % node.rank()
    if node.has(1) and node.known(1) is None:
        return _parts_of_open_sizes(node, axis)
    sizes, whole = node.ints("split", 1), node.shape(0)[axis]
    if sizes is None:
        if not isinstance(whole, int):
            raise Unsupported(f"the size of axis {axis} must be known")
        count = len(node.proto.output)
        each = -(-whole // count)
        sizes = tuple(max(min(each, whole - i * each), 0) for i in range(count))
    begins = np.cumsum([0, *sizes])
    return tuple(
        Slice(begin=(0,) * axis + (int(begin),), size=(-1,) * axis + (size,))(node[0])
        for begin, size in zip(begins, sizes, strict=False)
    )


def _parts_of_open_sizes(node: OnnxNode, axis: int) -> tuple[Value, ...]:
    """Each part from where those before it end."""
    ends = CumSum()(node[1])
    starts = ends - node[1]
    cuts = [StridedSlice(starts=(i,), ends=(i + 1,)) for i in range(len(node.proto.output))]
    along = node.drawing.constant([axis], "int64")
    return tuple(StridedSlice()(node[0], cut(starts), cut(ends), along) for cut in cuts)
